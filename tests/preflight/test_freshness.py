"""What has grown old: read live, tried in the background, told to editors, gone when it is mended."""

import http.server
import threading
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.documents.models import Document
from wagtail.models import ReferenceIndex

from consultations.models import ConsultationPage
from engage.accounts.actors import Role
from engage.errors import Refused
from engage.outreach.delivery import net
from engage.publishing.preflight import actions, freshness
from engage.publishing.preflight.models import Link, LinkUse, Watched
from tests.accounts.people import person, sign_in
from tests.consultations.factories import call
from tests.consultations.outcomes.builders import published as publish_outcome
from tests.preflight.builders import article, release

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def items(code: str = "", **when) -> list[freshness.Item]:
    with translation.override("en"):
        found = freshness.items(actor=person(Role.EDITOR), now=when.get("now", timezone.now()))
        return freshness.narrowed(found, code=code)


def look(now=None) -> None:
    now = now or timezone.now()
    actions.scan(most=100, now=now)
    actions.check_internal(most=100, now=now)


# --- outcomes that are owed (S34) --------------------------------------------------------------------------------


def test_an_outcome_that_is_owed_is_told_in_public_and_to_editors_until_it_comes():
    late = call(opens=-90 * DAY, closes=-30 * DAY, slug="late-library")
    late.answer_days = 20
    late.save()
    recent = call(opens=-90 * DAY, closes=-29 * DAY, slug="recent-library")
    editor = sign_in(Client(headers={"accept-language": "en"}), person(Role.EDITOR))
    page = Client().get("/en/awaiting-outcome/").content.decode()
    assert "10 days late" in page
    assert "/en/c/late-library/" in page
    assert "Culture unit" in page
    assert f"{timezone.localtime(late.closes_at - timedelta(microseconds=1)):%Y}" in page
    # Within its promised time a call is in public from the close on; a task it becomes after thirty days.
    assert "/en/c/recent-library/" in page
    builder = reverse("outcome_builder", args=[late.slug])
    assert [item.fix_url for item in items("outcome_awaited")] == [builder]
    assert [item.fix_url for item in items("outcome_awaited", now=timezone.now() + DAY)] == [
        builder, reverse("outcome_builder", args=[recent.slug]),
    ]  # fmt: skip
    home = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert builder in home
    assert builder in editor.get(reverse("freshness_desk")).content.decode()
    publish_outcome(late)
    for url in ("/en/awaiting-outcome/?again", "/zh/awaiting-outcome/?again"):
        assert "late-library" not in Client().get(url).content.decode()
    assert builder not in editor.get(reverse("wagtailadmin_home")).content.decode()
    assert items("outcome_awaited") == []


def test_the_public_list_asks_the_database_as_often_for_thirty_calls_as_for_three(django_assert_max_num_queries):
    for number in range(3):
        call(opens=-90 * DAY, closes=-70 * DAY, slug=f"a-{number}", english="")
    Client().get("/en/awaiting-outcome/?warm")
    with django_assert_max_num_queries(3):
        Client().get("/en/awaiting-outcome/?few")
    for number in range(6):
        call(opens=-90 * DAY, closes=-70 * DAY, slug=f"b-{number}", english="")
    with django_assert_max_num_queries(3):
        assert Client().get("/en/awaiting-outcome/?more").content.decode().count("days late") == 9


# --- links -------------------------------------------------------------------------------------------------------


def test_a_link_that_broke_is_told_and_is_gone_when_it_is_mended():
    pages = article(bodies={"en": '<p><a href="/en/c/none/">Library rules</a> <a href="/en/c/">Calls</a></p>'})
    look()
    assert [(item.title, item.key) for item in items("link_broken")] == [
        ("Opening hours", str(pages["en"].translation_key))
    ]
    assert "/en/c/none/" in items("link_broken")[0].note
    call(slug="none")
    later = timezone.now() + timedelta(minutes=11)
    actions.check_internal(most=100, now=later)
    assert items("link_broken") == []
    # Taken out of the page, an address is not tried any more.
    pages["en"].body = pages["en"].body.stream_block.to_python([{"type": "paragraph", "value": "<p>None</p>"}])
    release(pages["en"])
    actions.scan(most=100, now=timezone.now() + DAY)
    assert not LinkUse.objects.filter(link__address="/en/c/none/").exists()
    assert not Link.objects.filter(address="/en/c/none/").exists()


def test_reading_public_pages_goes_round_and_leaves_out_what_is_hidden():
    first, second = article("first"), article("second")
    article("hidden", live=False)
    now = timezone.now() + timedelta(hours=1)
    assert actions.scan(most=1, now=now) == 1
    assert actions.scan(most=100, now=now) >= 1
    assert actions.scan(most=100, now=now) == 0
    keys = set(Watched.objects.filter(kind="page").values_list("key", flat=True))
    assert {str(pages["en"].translation_key) for pages in (first, second)} <= keys
    second["en"].unpublish()
    second["zh-hans"].unpublish()
    actions.scan(most=100, now=now)
    assert not Watched.objects.filter(key=str(second["en"].translation_key)).exists()


class Other(http.server.BaseHTTPRequestHandler):
    """Another site: it answers by the path, and counts who asked with a tag it knows."""

    asked: list[tuple[str, str, str]] = []

    def do_HEAD(self) -> None:
        tag = self.headers.get("If-None-Match", "")
        self.asked.append((self.command, self.path, tag))
        status = 304 if tag == '"one"' else int(self.path.strip("/").partition("-")[0])
        if status == 405 and self.command == "GET":
            status = 200
        self.send_response(status)
        self.send_header("ETag", '"one"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def other(settings) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    settings.OUTBOUND_HTTP, settings.OUTBOUND_HOSTS = True, [f"127.0.0.1:{port}"]
    Other.asked.clear()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


def try_all(now) -> None:
    while actions.check_external(most=1, fetch=net.fetch, now=now):
        pass


def test_addresses_of_other_sites_are_tried_with_care(other):
    paths = ("200", "404", "405", "500", "403")
    article(bodies={"en": "".join(f'<p><a href="{other}/{path}#part">Law {path}</a></p>' for path in paths)})
    now = timezone.now()
    actions.scan(most=100, now=now)
    # One address of each host in a round.
    assert actions.check_external(most=10, fetch=net.fetch, now=now) == 1
    try_all(now)
    states = {link.address.rpartition("/")[2]: link.state for link in Link.objects.filter(internal=False)}
    assert states == {"200": "well", "404": "broken", "405": "well", "500": "unsure", "403": "unsure"}
    assert [item.note for item in items("link_broken")] == [f"{other}/404: it answers with error 404"]
    # A week later what is known is asked for by its tag, and what answers again is whole.
    Link.objects.filter(address__endswith="/404").update(address=f"{other}/200-now")
    try_all(now + 8 * DAY)
    assert ("HEAD", "/200", '"one"') in Other.asked
    assert items("link_broken") == []


def test_a_site_that_is_away_for_a_day_is_no_broken_link():
    def away(url: str, **how: object) -> object:
        raise Refused("outbound_unreachable", host="a.example")

    article(bodies={"en": '<p><a href="https://a.example/">A law</a></p>'})
    now = timezone.now()
    actions.scan(most=100, now=now)
    actions.check_external(most=9, fetch=away, now=now)
    assert items("link_broken") == []
    actions.check_external(most=9, fetch=away, now=now + DAY)
    assert [item.code for item in items("link_broken")] == ["link_broken"]
    actions.check_external(most=9, fetch=lambda url, **how: SimpleNamespace(status=200, headers={}), now=now + 2 * DAY)
    assert items("link_broken") == []


@pytest.mark.parametrize("code", ["outbound_scheme", "outbound_port", "outbound_too_large", "outbound_redirect_scheme"])
def test_what_our_own_rules_refuse_says_nothing_about_a_page(code):
    def refuse(url: str, **how: object) -> object:
        raise Refused(code)

    article(bodies={"en": '<p><a href="https://a.example/">A law</a></p>'})
    now = timezone.now()
    actions.scan(most=100, now=now)
    for days in range(3):
        actions.check_external(most=9, fetch=refuse, now=now + days * 8 * DAY)
    assert items("link_broken") == []


def test_the_worker_leaves_other_sites_alone_unless_it_is_told(settings, monkeypatch):
    from engage.publishing.preflight import tasks

    assert settings.CHECK_OUTSIDE_LINKS is False
    monkeypatch.setattr(net, "fetch", lambda *a, **k: pytest.fail("the network was used"))
    article(bodies={"en": '<p><a href="https://a.example/">A law</a></p>'})
    tasks.keep_fresh()
    assert Link.objects.get(internal=False).state == "untried"


# --- pages -------------------------------------------------------------------------------------------------------


def test_a_page_nobody_looked_at_for_a_year_is_told_until_somebody_did():
    pages = article()
    key, now = str(pages["en"].translation_key), timezone.now()
    assert key not in {item.key for item in items("review_due", now=now + 364 * DAY)}
    assert key in {item.key for item in items("review_due", now=now + 366 * DAY)}
    client = sign_in(Client(), person(Role.EDITOR))
    answer = client.post(reverse("freshness_reviewed"), {"kind": "page", "key": key, "view": "review_due"})
    assert answer.headers["Location"] == reverse("freshness_desk") + "?view=review_due"
    row = Watched.objects.get(kind="page", key=key)
    assert row.reviewed_by is not None
    Watched.objects.filter(pk=row.pk).update(reviewed_at=now + 300 * DAY)
    assert key not in {item.key for item in items("review_due", now=now + 366 * DAY)}


def test_only_editors_review_and_only_what_is_public():
    pages = article(live=False)
    data = {"kind": "page", "key": str(pages["en"].translation_key)}
    for role, status in ((Role.OFFICER, 404), (Role.CITIZEN, 404), (Role.EDITOR, 404)):
        assert sign_in(Client(), person(role)).post(reverse("freshness_reviewed"), data).status_code == status
    assert not Watched.objects.exists()
    with pytest.raises(Refused, match="not_allowed"):
        actions.mark_reviewed("page", data["key"], now=timezone.now(), actor=person(Role.OFFICER))


def test_a_page_that_still_leads_to_a_closed_call_is_told_until_it_is_looked_at():
    closes = timezone.now() + 5 * DAY
    open_call = call(opens=-10 * DAY, closes=5 * DAY, slug="library")
    pages = article(bodies={"en": '<p><a href="/en/c/library/">Say what you think of the library rules</a></p>'})
    key = str(pages["en"].translation_key)
    look()
    assert items("call_over") == []
    later = closes + DAY
    assert items("call_over", now=later) == []  # not read since
    look(later)
    assert [item.key for item in items("call_over", now=later)] == [key]
    actions.mark_reviewed("page", key, now=later, actor=person(Role.EDITOR))
    assert items("call_over", now=later) == []
    assert open_call.closes_at < later


def test_what_is_public_in_one_language_only_is_told():
    article("both")
    pages = article("one", languages=("zh-hans",))
    consultation = call()
    consultation.pages.filter(locale__language_code="en").update(live=False)
    told = {(item.kind, item.key) for item in items("translation_missing")}
    assert told == {("page", str(pages["zh-hans"].translation_key)), ("call", str(consultation.pk))}


def test_a_document_that_nothing_leads_to_is_told_after_a_week(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    linked, alone = (Document(title=name, file=ContentFile(b"x", f"{name}.txt")) for name in ("linked", "alone"))
    linked.save()
    alone.save()
    link = f'<p><a linktype="document" id="{linked.pk}">The study</a></p>'
    ReferenceIndex.create_or_update_for_object(article(bodies={"en": link})["en"])
    assert items("document_unlinked") == []
    told = items("document_unlinked", now=timezone.now() + 8 * DAY)
    assert [(item.title, item.fix_url) for item in told] == [("alone", reverse("wagtaildocs:edit", args=[alone.pk]))]


# --- the desk ----------------------------------------------------------------------------------------------------


def test_the_desk_narrows_and_asks_the_database_as_often_for_many_as_for_few(django_assert_max_num_queries):
    client = sign_in(Client(headers={"accept-language": "en"}), person(Role.EDITOR))
    article("one", languages=("zh-hans",))
    call(opens=-90 * DAY, closes=-70 * DAY, slug="late")
    url = reverse("freshness_desk")
    client.get(url)
    with django_assert_max_num_queries(20):
        few = client.get(url).content.decode()
    assert "Outcomes awaited" in few
    for number in range(5):
        article(f"more-{number}", languages=("zh-hans",))
        call(opens=-90 * DAY, closes=-70 * DAY, slug=f"late-{number}")
    with django_assert_max_num_queries(20):
        many = client.get(url).content.decode()
    assert "12 things to see to" in many
    assert "6 things to see to" in client.get(f"{url}?view=translation_missing").content.decode()
    assert "Nothing of this sort" in client.get(f"{url}?kind=call&view=translation_missing").content.decode()
    assert "6 things to see to" in client.get(f"{url}?q=library").content.decode()
    assert client.get(f"{url}?view=%00&kind=x&q=%27&page=-1").status_code == 200


@pytest.mark.parametrize("role", [Role.CITIZEN, Role.OFFICER, Role.REVIEWER_LEGAL])
def test_the_desk_is_for_editors(role):
    assert sign_in(Client(), person(role)).get(reverse("freshness_desk")).status_code == 404
    assert freshness.items(actor=person(role), now=timezone.now()) == []


def test_no_page_of_a_hidden_call_is_watched():
    consultation = call(live=False)
    look()
    assert not Watched.objects.filter(kind="call").exists()
    assert not ConsultationPage.objects.filter(consultation=consultation, live=True).exists()
