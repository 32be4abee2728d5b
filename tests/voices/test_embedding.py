import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from consultations.models import Comment
from consultations.voices import embedding
from consultations.voices.models import EmbedHost
from engage.accounts.actors import SYSTEM, Role
from engage.errors import Refused
from engage.pages.framing import parse_hosts
from engage.participation.models import Submission
from tests.accounts.people import person, staff_client
from tests.consultations.factories import call

pytestmark = pytest.mark.django_db
WORDS = "开放五天太少，周末也应当开放到晚上九点。"


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


def framed(*hosts: str, **values):
    consultation = call(**values)
    embedding.set_hosts(consultation.pk, list(hosts or ["www.example.org"]), actor=SYSTEM)
    return consultation


def address(consultation, site: str = "www.example.org", prefix: str = "zh") -> str:
    return f"/{prefix}/embed/{consultation.slug}/?site={site}"


def body(response) -> str:
    return response.content.decode()


def ticket(page: str) -> str:
    return re.search(r'name="ticket" value="([^"]+)"', page)[1]


def send(client: Client, consultation, **values):
    given = {"ticket": ticket(body(client.get(address(consultation)))), "stance": "change", "text": WORDS} | values
    return client.post(address(consultation), given)


def test_the_frame_shows_days_left_count_and_a_form_and_keeps_no_cookie():
    client = Client()
    consultation = framed()
    response = client.get(address(consultation, prefix="en"))
    page = body(response)
    assert "days left" in page
    assert "0 comments" in page
    assert "<form" in page
    assert not response.cookies
    assert "<script" not in page


def test_only_the_named_sites_may_frame_it():
    consultation = framed("www.example.org", "other.example.net:8443")
    response = Client().get(address(consultation))
    policy = response.headers["Content-Security-Policy"]
    ancestors = re.search(r"frame-ancestors ([^;]+)", policy)[1].split()
    assert {"https://www.example.org", "https://other.example.net:8443"} <= set(ancestors)
    assert "'none'" not in ancestors
    assert "X-Frame-Options" not in response.headers
    assert Client().get(f"/zh/c/{consultation.slug}/").headers["X-Frame-Options"] == "DENY"


def test_production_lets_no_plain_http_site_frame_it(settings):
    settings.PRODUCTION = True
    policy = Client().get(address(framed())).headers["Content-Security-Policy"]
    assert "http://www.example.org" not in policy


def test_a_call_without_sites_has_no_frame():
    assert Client().get(address(call())).status_code == 404


def test_a_comment_from_the_frame_carries_its_channel_and_gets_a_receipt():
    client = Client(enforce_csrf_checks=True)
    consultation = framed()
    page = body(send(client, consultation))
    submission = Submission.objects.get()
    assert submission.channel == "embed:www.example.org"
    assert submission.reference in page
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)[0]
    tracked = Client()
    assert tracked.post("/zh/track/", {"reference": submission.reference, "code": code}).status_code == 302
    assert "sent from www.example.org" in body(Client().get(f"/en/c/{consultation.slug}/comments/"))


def test_pressing_twice_makes_one_comment():
    client = Client()
    consultation = framed()
    given = {"ticket": ticket(body(client.get(address(consultation)))), "stance": "change", "text": WORDS}
    first, second = (client.post(address(consultation), given) for _ in range(2))
    assert Submission.objects.get().reference in body(first)
    assert Submission.objects.get().reference in body(second)


def test_an_error_keeps_the_text_and_the_ticket():
    client = Client()
    consultation = framed()
    response = send(client, consultation, stance="", text=WORDS)
    assert response.status_code == 422
    assert WORDS in body(response)
    given = {"ticket": ticket(body(response)), "stance": "change", "text": WORDS}
    assert client.post(address(consultation), given).status_code == 200
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("forged", ["", "x", "a:b:c"])
def test_a_forged_ticket_sends_nothing_and_keeps_the_text(forged):
    consultation = framed()
    response = send(Client(), consultation, ticket=forged)
    assert response.status_code in (400, 409, 422)
    assert WORDS in body(response)
    assert not Comment.objects.exists()


def test_the_ticket_of_another_call_sends_nothing():
    one, other = framed(), framed()
    foreign = ticket(body(Client().get(address(one))))
    send(Client(), other, ticket=foreign)
    assert not Comment.objects.exists()


def test_a_site_that_is_not_named_gets_the_link_and_no_form():
    page = body(Client().get(address(framed(), site="evil.example")))
    assert "<form" not in page
    assert 'target="_blank"' in page


def test_a_closed_call_shows_no_form():
    consultation = framed(opens=timedelta(days=-9), closes=timedelta(days=-1))
    page = body(Client().get(address(consultation)))
    assert "<form" not in page


def test_what_comes_too_late_is_refused_and_kept():
    client = Client()
    consultation = framed()
    given = {"ticket": ticket(body(client.get(address(consultation)))), "stance": "change", "text": WORDS}
    consultation.opens_at = timezone.now() - timedelta(days=9)
    consultation.closes_at = timezone.now() - timedelta(days=1)
    consultation.save()
    response = client.post(address(consultation), given)
    assert response.status_code == 403
    assert WORDS in body(response)
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("typed", "hosts"),
    [
        ("www.example.org", ["www.example.org"]),
        (
            "https://WWW.Example.org/about\nexample.net:8443\n\nexample.net:8443",
            ["www.example.org", "example.net:8443"],
        ),
        ("", []),
    ],
)
def test_hosts_are_read_as_people_copy_them(typed, hosts):
    assert parse_hosts(typed) == hosts


@pytest.mark.parametrize("typed", ["*", "a b;c", "https://", "x" * 300, "例子.中国", "'none'", "*.example.org", "a..b"])
def test_what_is_no_host_is_refused(typed):
    with pytest.raises(Refused, match="host_wrong"):
        parse_hosts(typed)


@pytest.mark.parametrize("typed", ["example.org:0", "example.org:65536", "https://example.org:99999/page"])
def test_a_port_that_is_none_is_refused_with_what_to_write(typed):
    with pytest.raises(Refused, match="host_port") as refusal:
        parse_hosts(typed)
    assert refusal.value.values["most"] == 65_535
    assert parse_hosts("example.org:65535 example.org:1") == ["example.org:65535", "example.org:1"]


def test_editors_name_the_sites_and_get_the_lines_to_copy():
    consultation = call()
    editor = staff_client(Role.EDITOR)
    editor.post("/desk/embeds/", {"call": consultation.slug, "hosts": "www.example.org\nexample.net"})
    assert set(EmbedHost.objects.values_list("host", flat=True)) == {"www.example.org", "example.net"}
    page = body(editor.get("/desk/embeds/"))
    assert f"/embed/{consultation.slug}/?site=www.example.org" in page
    wrong = editor.post("/desk/embeds/", {"call": consultation.slug, "hosts": "*"})
    assert wrong.status_code == 422 or wrong.status_code == 400
    assert EmbedHost.objects.count() == 2
    editor.post("/desk/embeds/", {"call": consultation.slug, "hosts": ""})
    assert not EmbedHost.objects.exists()


def test_others_do_not_name_sites():
    consultation = call()
    with pytest.raises(Refused, match="not_allowed"):
        embedding.set_hosts(consultation.pk, ["example.net"], actor=person(Role.OFFICER))
    assert staff_client(Role.OFFICER).get("/desk/embeds/").status_code == 404
