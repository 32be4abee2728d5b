"""Web Push: encryption as the RFC's example has it, a browser that follows, a push service that answers everything."""

import hmac
import json
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone

from engage.errors import Refused
from engage.outreach.follows import actions
from engage.outreach.follows.carriers import webpush
from engage.outreach.follows.models import Follower, Mailing, PushSubscription, Recipient
from tests.follows.builders import EVERYTHING, happened, of_topic

# RFC 8291, section 5 and appendix A.
WORDS = b"When I grow up, I want to be a watermelon"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
RECEIVER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
RECEIVER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
    "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
    "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(webpush.padded(text), "big"), ec.SECP256R1())


def decrypt(body: bytes, private: ec.EllipticCurvePrivateKey, auth: str) -> bytes:
    """What a browser does, written from RFC 8291 and RFC 8188 by itself."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    assert len(body) <= size
    sender, sealed = body[21 : 21 + length], body[21 + length :]
    shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
    own = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    first = hmac.new(webpush.padded(auth), shared, sha256).digest()
    material = hmac.new(first, b"WebPush: info\0" + own + sender + b"\1", sha256).digest()
    second = hmac.new(salt, material, sha256).digest()
    key = hmac.new(second, b"Content-Encoding: aes128gcm\0\1", sha256).digest()[:16]
    nonce = hmac.new(second, b"Content-Encoding: nonce\0\1", sha256).digest()[:12]
    plain = AESGCM(key).decrypt(nonce, sealed, None)
    assert plain.endswith(b"\2")
    return plain[:-1]


def check_token(header: str, origin: str) -> dict[str, Any]:
    """Verify the signature of RFC 8292 with the key that comes along."""
    token, _comma, key = header.removeprefix("vapid t=").partition(", k=")
    head, claims, signature = token.split(".")
    raw = webpush.padded(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), webpush.padded(key))
    numbers = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(numbers, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    assert json.loads(webpush.padded(head)) == {"typ": "JWT", "alg": "ES256"}
    found = json.loads(webpush.padded(claims))
    assert found["aud"] == origin and 0 < found["exp"] - timezone.now().timestamp() <= 24 * 3600
    return found


def test_the_example_of_the_rfc_comes_out_byte_for_byte():
    made = webpush.encrypt(WORDS, RECEIVER_PUBLIC, AUTH, salt=webpush.padded(SALT), private=private_key(SENDER_PRIVATE))
    assert webpush.unpadded(made) == BODY
    assert decrypt(urlsafe_b64decode(BODY + "=="), private_key(RECEIVER_PRIVATE), AUTH) == WORDS
    other = webpush.encrypt(b"x" * webpush.PAYLOAD_MOST, RECEIVER_PUBLIC, AUTH)
    assert len(other) == webpush.RECORD and decrypt(other, private_key(RECEIVER_PRIVATE), AUTH).startswith(b"xx")


@pytest.mark.parametrize(
    ("key", "auth"),
    [
        ("", AUTH),
        (RECEIVER_PUBLIC, ""),
        (RECEIVER_PUBLIC, AUTH + "AA"),
        ("BA" + "A" * 85, AUTH),
        ("é", AUTH),
        ("B" * 87, AUTH),
    ],
)
def test_keys_that_no_browser_gives_are_refused(key, auth):
    with pytest.raises(Refused) as refused:
        webpush.read_keys(key, auth)
    assert refused.value.code == "push_keys_wrong"


class Service:
    """A push service on this machine: takes what is posted and answers what `answers` says, in their order."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str]]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.posted.append((self.path, dict(self.headers.items()), body))
                status, headers = service.answers.pop(0) if service.answers else (201, {})
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "0"}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_words: Any) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def service(settings) -> Iterator[Service]:
    made = Service()
    settings.OUTBOUND_HOSTS = [made.origin.removeprefix("http://")]
    settings.OUTBOUND_HTTP = True
    yield made
    made.close()


def subscribed(client, service: Service, name: str = "one", *tags: Any, language: str = "zh"):
    follow = [f"{tag.kind}-{tag.ref}" for tag in tags or [EVERYTHING]]
    given = {"endpoint": f"{service.origin}/{name}", "key": RECEIVER_PUBLIC, "auth": AUTH, "follow": follow}
    return client.post(f"/{language}/follow/push/", given, content_type="application/json")


def carry() -> None:
    actions.release(now=timezone.now())
    actions.carry()


@pytest.mark.django_db
def test_a_browser_follows_is_told_once_and_only_it_can_read_it(client, service):
    care = of_topic()
    answer = subscribed(client, service, "one", care, EVERYTHING)
    assert answer.status_code == 200
    happened("one", [care])
    carry()
    carry()
    ((path, headers, body),) = service.posted
    told = json.loads(decrypt(body, private_key(RECEIVER_PRIVATE), AUTH))
    assert (
        path == "/one" and told["title"] == "News one" and told["url"] == "/en/news/one/" and told["lang"] == "zh-hans"
    )
    assert headers["Content-Encoding"] == "aes128gcm" and headers["Urgency"] == "normal" and int(headers["TTL"]) > 0
    assert len(headers["Topic"]) <= 32
    assert check_token(headers["Authorization"], service.origin)["sub"].startswith("mailto:")
    mailing = Mailing.objects.get()
    assert (mailing.line, mailing.state, mailing.total, mailing.sent) == ("push", "done", 1, 1)
    manage = answer.json()["manage"]
    assert "browser" in client.get(manage.replace("/zh/", "/en/")).content.decode()
    found = client.post("/zh/follow/push/mine/", {"endpoint": f"{service.origin}/one"}, content_type="application/json")
    assert found.json()["manage"].startswith("/zh/follow/manage/")
    assert client.post("/zh/follow/push/mine/", {"endpoint": "x"}, content_type="application/json").json() == {}
    assert subscribed(client, service, "one", care).status_code == 200  # again: another choice, the same browser
    assert PushSubscription.objects.count() == 1
    client.post(manage.replace("/manage/", "/stop/"))
    assert not Follower.objects.exists() and not PushSubscription.objects.exists()


@pytest.mark.django_db
def test_what_a_push_service_answers_decides_what_happens_next(client, service):
    for name in ("a", "b", "c"):
        subscribed(client, service, name)
    service.answers = [(410, {}), (429, {"Retry-After": "120"}), (400, {})]
    happened("one", [])
    carry()
    assert PushSubscription.objects.count() == 2  # gone is gone
    mailing = Mailing.objects.get()
    assert (mailing.sent, mailing.failed, mailing.state) == (0, 2, "sending")
    (waiting,) = Recipient.objects.filter(state=Recipient.State.QUEUED)
    assert 60 < (waiting.until - timezone.now()).total_seconds() <= 120 and waiting.tries == 1
    carry()
    assert len(service.posted) == 3
    for status in (503, 500, 201):
        service.answers = [(status, {})]
        Recipient.objects.filter(state=Recipient.State.QUEUED).update(until=None)
        carry()
    mailing.refresh_from_db()
    assert (mailing.sent, mailing.failed, mailing.state) == (1, 2, "done") and len(service.posted) == 6
    assert len({headers["Topic"] for path, headers, _body in service.posted}) == 3  # the same one at every try
    service.answers = [(500, {})] * 20
    happened("two", [])
    for _turn in range(8):
        Recipient.objects.filter(state=Recipient.State.QUEUED).update(until=None)
        carry()
    last = Mailing.objects.latest("pk")
    assert (last.failed, last.state, PushSubscription.objects.count()) == (2, "done", 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "endpoint",
    [
        "", "x", "http://example.org/x", "https://127.0.0.1/x", "https://[::1]/", "https://169.254.169.254/latest",
        "https://user:secret@example.org/", "https://localhost/x", "https://example.org:22/", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_no_browser_is_posted_to_within_our_own_network(client, endpoint):
    given = {"endpoint": endpoint, "key": RECEIVER_PUBLIC, "auth": AUTH, "follow": ["everything-0"]}
    answer = client.post("/en/follow/push/", given, content_type="application/json")
    assert answer.status_code in (403, 422) and answer.json()["error"] and not Follower.objects.exists()


@pytest.mark.django_db
def test_a_subscription_that_leads_inside_later_is_over(client, service, settings):
    subscribed(client, service)
    settings.OUTBOUND_HOSTS = []
    happened("one", [])
    carry()
    assert service.posted == [] and not PushSubscription.objects.exists()
    assert Mailing.objects.get().failed == 1


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["", "[]", "null", "{", '{"endpoint": 1}', '{"follow": "everything-0"}'])
def test_what_no_browser_sends_is_refused(client, body):
    assert client.post("/en/follow/push/", body, content_type="application/json").status_code == 422
    assert client.post("/en/follow/push/mine/", body, content_type="application/json").json() == {}


@pytest.mark.django_db
def test_without_a_key_nobody_is_offered_pushes(client, settings):
    assert "data-push" in client.get("/en/follow/").content.decode()
    worker = client.get("/push.js")
    assert worker.headers["Content-Type"].startswith("text/javascript") and b"showNotification" in worker.content
    settings.PUSH_KEY = ""
    assert "data-push" not in client.get("/en/follow/").content.decode()
    given = {"endpoint": "https://example.org/x", "key": RECEIVER_PUBLIC, "auth": AUTH, "follow": ["everything-0"]}
    assert client.post("/en/follow/push/", given, content_type="application/json").status_code == 404
