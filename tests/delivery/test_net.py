"""Requests to typed addresses never reach our own network, whatever the address looks like."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from engage.errors import Refused
from engage.outreach.delivery import net
from engage.pages.messages import refusal_message
from tests.delivery.receivers import Receiver, receiver

pytestmark = pytest.mark.sqlite_only


@pytest.fixture(autouse=True)
def _strict(settings: Any) -> None:
    settings.OUTBOUND_HOSTS, settings.OUTBOUND_PORTS, settings.OUTBOUND_HTTP = [], [443, 8443], False


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    with receiver() as told:
        settings.OUTBOUND_HOSTS, settings.OUTBOUND_HTTP = [told.host], True
        yield told


def refused(url: str, **options: Any) -> str:
    with pytest.raises(Refused) as caught:
        net.fetch(url, **options)
    assert refusal_message(caught.value)
    return caught.value.code


def nobody(host: str, port: int) -> list[str]:
    raise AssertionError(f"{host} was looked up")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("", "outbound_address_wrong"),
        ("example.org/hook", "outbound_address_wrong"),
        ("//example.org/hook", "outbound_address_wrong"),
        ("https://", "outbound_address_wrong"),
        ("https:///path", "outbound_address_wrong"),
        ("https://exa mple.org/", "outbound_address_wrong"),
        ("https://example.org/\r\nHost: a", "outbound_address_wrong"),
        ("https://example.org\t/", "outbound_address_wrong"),
        ("https://example.org\\@127.0.0.1/", "outbound_address_wrong"),
        ("https://[::1", "outbound_address_wrong"),
        ("https://[v1.a]/", "outbound_address_wrong"),
        ("https://[fe80::1%25eth0]/", "outbound_address_wrong"),
        ("https://exa..mple.org/", "outbound_address_wrong"),
        ("https://-example.org/", "outbound_address_wrong"),
        ("https://" + "a" * 64 + ".org/", "outbound_address_wrong"),
        ("https://example.org/" + "a" * 2_000, "outbound_address_wrong"),
        ("http://example.org/", "outbound_scheme"),
        ("ftp://example.org/", "outbound_scheme"),
        ("file://localhost/etc/passwd", "outbound_scheme"),
        ("gopher://example.org/", "outbound_scheme"),
        ("https://user@example.org/", "outbound_credentials"),
        ("https://user:word@example.org/", "outbound_credentials"),
        ("https://example.org@127.0.0.1/", "outbound_credentials"),
        ("https://@example.org/", "outbound_credentials"),
        ("https://example.org:22/", "outbound_port"),
        ("https://example.org:0/", "outbound_port"),
        ("https://example.org:99999/", "outbound_port"),
        ("https://example.org:-1/", "outbound_port"),
        ("https://example.org:4 43/", "outbound_address_wrong"),
        # The loopback in every notation a C library or a browser would read.
        ("https://127.0.0.1/", "outbound_host_closed"),
        ("https://127.255.255.254/", "outbound_host_closed"),
        ("https://2130706433/", "outbound_address_wrong"),
        ("https://0177.0.0.1/", "outbound_address_wrong"),
        ("https://017700000001/", "outbound_address_wrong"),
        ("https://0x7f000001/", "outbound_address_wrong"),
        ("https://0x7f.0.0.1/", "outbound_address_wrong"),
        ("https://0x7F.1/", "outbound_address_wrong"),
        ("https://127.1/", "outbound_address_wrong"),
        ("https://127.0.0.1./", "outbound_host_closed"),
        ("https://127.0.0.01/", "outbound_address_wrong"),
        ("https://127.0.0.1.0x/", "outbound_address_wrong"),
        ("https://①②⑦.⓪.⓪.①/", "outbound_host_closed"),
        ("https://１２７。０。０。１/", "outbound_host_closed"),
        ("https://0/", "outbound_address_wrong"),
        ("https://0.0.0.0/", "outbound_host_closed"),
        ("https://localhost/", "outbound_host_closed"),
        ("https://LOCALHOST./", "outbound_host_closed"),
        ("https://any.localhost/", "outbound_host_closed"),
        ("https://ⓛocalhost/", "outbound_host_closed"),
        ("https://metadata.google.internal/", "outbound_host_closed"),
        ("https://printer.local/", "outbound_host_closed"),
        ("https://10.0.0.1/", "outbound_host_closed"),
        ("https://172.16.0.1/", "outbound_host_closed"),
        ("https://172.31.255.255/", "outbound_host_closed"),
        ("https://192.168.1.1/", "outbound_host_closed"),
        ("https://100.64.0.1/", "outbound_host_closed"),
        ("https://100.100.100.200/", "outbound_host_closed"),
        ("https://169.254.169.254/latest/meta-data/", "outbound_host_closed"),
        ("https://168.63.129.16/", "outbound_host_closed"),
        ("https://192.0.0.192/", "outbound_host_closed"),
        ("https://192.0.2.1/", "outbound_host_closed"),
        ("https://198.18.0.1/", "outbound_host_closed"),
        ("https://224.0.0.1/", "outbound_host_closed"),
        ("https://240.0.0.1/", "outbound_host_closed"),
        ("https://255.255.255.255/", "outbound_host_closed"),
        ("https://[::]/", "outbound_host_closed"),
        ("https://[::1]/", "outbound_host_closed"),
        ("https://[0:0:0:0:0:0:0:1]/", "outbound_host_closed"),
        ("https://[::ffff:127.0.0.1]/", "outbound_host_closed"),
        ("https://[::ffff:7f00:1]/", "outbound_host_closed"),
        ("https://[::127.0.0.1]/", "outbound_host_closed"),
        ("https://[::ffff:8.8.8.8]/", "outbound_host_closed"),
        ("https://[64:ff9b::7f00:1]/", "outbound_host_closed"),
        ("https://[64:ff9b:1::1]/", "outbound_host_closed"),
        ("https://[2002:7f00:1::]/", "outbound_host_closed"),
        ("https://[2001:0:7f00:1::]/", "outbound_host_closed"),
        ("https://[fe80::1]/", "outbound_host_closed"),
        ("https://[fec0::1]/", "outbound_host_closed"),
        ("https://[fc00::1]/", "outbound_host_closed"),
        ("https://[fd00:ec2::254]/", "outbound_host_closed"),
        ("https://[ff02::1]/", "outbound_host_closed"),
        ("https://[2001:db8::1]/", "outbound_host_closed"),
    ],
)
def test_an_address_is_refused_before_anything_is_looked_up(url: str, code: str) -> None:
    assert refused(url, resolve=nobody) == code


@pytest.mark.parametrize(
    ("url", "host", "port", "path"),
    [
        ("https://example.org", "example.org", 443, "/"),
        ("HTTPS://Example.ORG./a?b=1#c", "example.org", 443, "/a?b=1"),
        ("https://example.org:8443/a", "example.org", 8443, "/a"),
        ("https://政务.中国/钩", "xn--zfr164b.xn--fiqs8s", 443, "/%E9%92%A9"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/"),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/"),
    ],
)
def test_an_open_address_is_read_in_one_form(url: str, host: str, port: int, path: str) -> None:
    assert net.check_url(url) == net.Target("https", host, port, path)


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2606:4700::1111", "::1"], ["fe80::1%eth0"], ["::ffff:10.0.0.1"]],
)
def test_a_name_that_leads_inside_is_refused(addresses: list[str]) -> None:
    assert refused("https://example.org/", resolve=lambda host, port: addresses) == "outbound_host_closed"


def test_a_name_that_leads_nowhere_is_told() -> None:
    def lost(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert refused("https://example.org/", resolve=lost) == "outbound_host_unknown"
    assert refused("https://example.org/", resolve=lambda host, port: []) == "outbound_host_unknown"


def test_a_name_that_turns_inside_after_it_was_checked_is_refused_at_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    def turning(host: str, port: int) -> list[str]:
        return next(answers)

    assert net.check("https://example.org/", resolve=turning).host == "example.org"
    assert refused("https://example.org/", resolve=turning) == "outbound_host_closed"


def test_one_request_looks_a_name_up_once_and_connects_to_what_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups: list[str] = []
    reached: list[Any] = []

    def once(host: str, port: int) -> list[str]:
        lookups.append(host)
        return ["93.184.216.34", "2606:2800::1"]

    def unreachable(address: Any, timeout: float) -> socket.socket:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(net.socket, "create_connection", unreachable)
    assert refused("https://example.org/", resolve=once) == "outbound_unreachable"
    assert (lookups, reached) == (["example.org"], [("93.184.216.34", 443), ("2606:2800::1", 443)])


def test_a_listed_host_may_lie_inside_and_gets_the_request_word_for_word(other: Receiver) -> None:
    reply = net.fetch(other.url + "/钩?a=1", method="POST", body=b'{"a": 1}', headers={"X-Mark": "m"})
    heard = other.heard[0]
    assert (reply.status, reply.body, reply.ok) == (200, b"ok", True)
    assert (heard.method, heard.path, heard.body) == ("POST", "/%E9%92%A9?a=1", b'{"a": 1}')
    assert (heard.headers["host"], heard.headers["x-mark"]) == (other.host, "m")


def test_only_the_listed_port_of_a_listed_host_is_open(other: Receiver) -> None:
    assert refused(f"http://127.0.0.1:{other.port + 1}/") == "outbound_port"
    assert refused("https://127.0.0.1/") == "outbound_host_closed"


def test_redirects_pass_the_same_door(other: Receiver, settings: Any) -> None:
    def lead(to: str, status: int = 307) -> None:
        other.answer = lambda heard: (status, {"Location": to}, b"")

    lead("http://169.254.169.254/latest/")
    settings.OUTBOUND_PORTS = [80, 443]
    assert refused(other.url) == "outbound_host_closed"
    lead("https://example.org/")
    assert refused(other.url) == "outbound_redirect_scheme"
    lead("http://u:p@example.org/")
    assert refused(other.url) == "outbound_credentials"
    lead("/again")
    assert refused(other.url) == "outbound_redirects"
    assert len(other.heard) == 3 + 4


def test_a_post_is_sent_on_whole_or_not_at_all(other: Receiver) -> None:
    other.answer = lambda heard: (308, {"Location": "/b"}, b"") if heard.path == "/a" else (200, {}, b"taken")
    assert net.fetch(other.url + "/a", method="POST", body=b"all").body == b"taken"
    assert [heard.body for heard in other.heard] == [b"all", b"all"]
    other.answer = lambda heard: (302, {"Location": "/b"}, b"")
    assert net.fetch(other.url + "/a", method="POST", body=b"all").status == 302


def test_what_was_meant_for_one_host_is_not_sent_on_to_another(other: Receiver, settings: Any) -> None:
    with receiver() as second:
        settings.OUTBOUND_HOSTS = [other.host, f"localhost:{second.port}"]
        other.answer = lambda heard: (307, {"Location": f"http://localhost:{second.port}/"}, b"")
        net.fetch(
            other.url, headers={"Authorization": "secret", "X-Mark": "m"}, resolve=lambda host, port: ["127.0.0.1"]
        )
        assert "authorization" not in second.heard[0].headers
        assert second.heard[0].headers["x-mark"] == "m"


def test_an_answer_has_a_size_and_a_time(other: Receiver) -> None:
    other.answer = lambda heard: (200, {}, b"a" * 1_001)
    assert refused(other.url, most_bytes=1_000) == "outbound_too_large"
    assert net.fetch(other.url, most_bytes=1_001).body == b"a" * 1_001
    wakes = threading.Event()

    def hang(heard: Any) -> None:
        wakes.wait(20)

    other.answer = hang
    assert refused(other.url, seconds=0.2) == "outbound_late"
    wakes.set()


def test_a_server_that_drips_is_cut_off(settings: Any) -> None:
    ends = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.OUTBOUND_HOSTS, settings.OUTBOUND_HTTP = [f"127.0.0.1:{port}"], True

        def drip() -> None:
            caller, _from = server.accept()
            with caller:
                caller.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                while not ends.wait(0.02):
                    try:
                        caller.sendall(b"a")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        assert refused(f"http://127.0.0.1:{port}/", seconds=0.3) == "outbound_late"
        ends.set()
        thread.join(5)


def test_a_break_off_is_told(other: Receiver) -> None:
    other.answer = lambda heard: None
    assert refused(other.url) == "outbound_unreachable"


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_the_name_not_the_pinned_address_is_certified(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _certificate(tmp_path, "hook.example")
    asked: list[str] = []
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(path)
    server_side.sni_callback = lambda sock, name, context: asked.append(name)
    trusting = ssl.create_default_context(cafile=str(path))
    monkeypatch.setattr(net, "_tls", lambda: trusting)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        settings.OUTBOUND_HOSTS = [f"hook.example:{port}", f"other.example:{port}"]

        def serve() -> None:
            for _turn in range(2):
                caller, _from = server.accept()
                try:
                    with server_side.wrap_socket(caller, server_side=True) as wrapped:
                        wrapped.recv(65536)
                        wrapped.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                except OSError:
                    continue  # the second caller turns away

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()

        def here(host: str, number: int) -> list[str]:
            return ["127.0.0.1"]

        assert net.fetch(f"https://hook.example:{port}/", resolve=here).status == 204
        assert refused(f"https://other.example:{port}/", resolve=here) == "outbound_tls"
        thread.join(5)
    assert asked == ["hook.example", "other.example"]
