"""What the public gets of campaigns: the page and what it collects, feeds, calendars, the API, search, receipts."""

import json
import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.calendars.observances import OBSERVANCES, observances_of
from engage.outreach.campaigns import actions, queries
from engage.outreach.campaigns.models import Campaign, PageRead
from engage.pages.campaigning import one_article
from engage.pages.gate import release_page
from engage.pages.models import ArticlePage
from engage.pages.structure import ensure_structure
from engage.search.queries import search
from tests.accounts.people import person
from tests.campaigns.builders import NINTH, published, revision, soon, topic, voice, write, written
from tests.consultations.factories import call

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
PEOPLE = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}


def read(path: str, status: int = 200, **headers) -> str:
    cache.clear()
    response = Client(headers=headers).get(path)
    assert response.status_code == status, (path, response.status_code)
    return response.content.decode()


def test_a_new_call_on_a_topic_of_the_campaign_appears_without_editing_it():
    campaign = published()
    path = f"/zh/campaigns/{campaign.slug}/"
    assert "这些主题下还没有别的公开内容" in read(path)
    hidden = call(live=False)
    hidden.topics.add(topic())
    assert f"/zh/c/{hidden.slug}/" not in read(path)
    shown, other = call(), call()
    shown.topics.add(topic())
    page = read(path)
    assert f'href="/zh/c/{shown.slug}/"' in page
    assert f"/zh/c/{other.slug}/" not in page
    assert f'href="/en/c/{shown.slug}/"' in read(f"/en/campaigns/{campaign.slug}/")
    assert Campaign.objects.get(pk=campaign.pk).content == campaign.content


def test_an_article_about_the_topic_is_collected_once_it_is_released_in_its_own_language():
    campaign, homes = published(), ensure_structure()
    article = ArticlePage(
        title="助餐点地图", slug="canteens", intro="离家最近的食堂。", locale=homes["zh-hans"].locale, live=False
    )
    article.topics = [topic()]
    homes["zh-hans"].add_child(instance=article)
    path = f"campaigns/{campaign.slug}/"
    assert "助餐点地图" not in read(f"/zh/{path}")
    release_page(article)
    assert "助餐点地图" in read(f"/zh/{path}")
    assert "助餐点地图" not in read(f"/en/{path}")
    found = one_article(str(article.translation_key), actor=ANYONE, language="zh-hans")
    assert (found.title, found.url) == ("助餐点地图", "/zh/canteens/")
    for key in ("nonsense", str(uuid.uuid4())):
        assert one_article(key, actor=ANYONE, language="zh-hans") is None


def test_the_page_does_not_cost_more_with_more_of_everything(django_assert_max_num_queries):
    campaign = published(kinds=("case", "link", "audience"))
    for _time in range(3):
        call().topics.add(topic())
        voice(campaign, public=True)
    read("/zh/campaigns/")
    cache.clear()
    with django_assert_max_num_queries(20):
        assert Client().get(f"/zh/campaigns/{campaign.slug}/").status_code == 200


def test_nothing_of_an_unreleased_campaign_is_anywhere():
    campaign = written(
        kinds=("audience",),
        slug="hidden-campaign",
        texts={code: {"title": "Zitterpappel", "summary": "Zitterpappel"} for code in ("zh-hans", "en")},
    )
    for language in ("zh", "en"):
        for path in ("", "event.ics", "say/"):
            read(f"/{language}/campaigns/hidden-campaign/{path}", 404)
        for path in ("", "feed.rss", "feed.atom", "calendar.ics"):
            page = read(f"/{language}/campaigns/{path}")
            assert "Zitterpappel" not in page
            assert "hidden-campaign" not in page
    assert "Zitterpappel" not in read("/api/v1/campaigns/")
    read("/api/v1/campaigns/hidden-campaign", 404)
    assert "hidden-campaign" not in read("/sitemap.xml")
    # Somebody who works here reads no more on the public page either.
    client = Client()
    client.force_login(person(Role.EDITOR), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/zh/campaigns/{campaign.slug}/").status_code == 404


def test_a_link_to_something_that_was_hidden_since_is_left_out():
    author, shown = person(Role.EDITOR), call()
    campaign = written(author, kinds=("link",))
    part = campaign.parts.get(kind="link")
    actions.link_part(part.pk, source="call", key=shown.slug, revision=revision(campaign), actor=author)
    from engage.publishing import gate

    gate.release_by_platform(actions.KIND, Campaign.objects.get(pk=campaign.pk), now=timezone.now(), actor=SYSTEM)
    path = f"/zh/campaigns/{campaign.slug}/"
    assert f'href="/zh/c/{shown.slug}/"' in read(path)
    shown.pages.update(live=False)
    assert shown.slug not in read(path)


def test_past_campaigns_stand_apart_and_say_that_they_are_over():
    past = published(slug="past", dates=actions.Dates(day=soon(-60)))
    now = published(slug="now", dates=actions.Dates(day=soon(3)))
    listed = read("/en/campaigns/")
    assert listed.index("/en/campaigns/now/") < listed.index("Past campaigns") < listed.index("/en/campaigns/past/")
    assert "This campaign is over" in read(f"/en/campaigns/{past.slug}/")
    assert "This campaign is over" not in read(f"/en/campaigns/{now.slug}/")


def test_shared_on_another_site_the_page_says_what_it_is():
    campaign = published()
    page = read(f"/en/campaigns/{campaign.slug}/")
    assert '<meta property="og:title" content="Double Ninth">' in page
    assert '<meta property="og:description" content="Community care explained.">' in page
    assert f'/en/campaigns/{campaign.slug}/"><meta name="description"' in page
    assert f"/share/en/campaign/{campaign.slug}.png" in page


@pytest.mark.parametrize(("language", "title"), [("zh", "重阳节敬老"), ("en", "Double Ninth")])
def test_the_calendar_is_read_back_with_every_observance_once_and_names_that_stay(language, title):
    campaign = published(dates=NINTH)
    first, second = (read(f"/{language}/campaigns/calendar.ics") for _time in range(2))
    assert first == second
    calendar = Calendar.from_ical(first)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    year = timezone.localdate().year
    assert len(events) == 4 * len(OBSERVANCES) + 1
    for key, day in observances_of(year).items():
        event = next(event for uid, event in events.items() if uid.startswith(f"observance-{key}-{year}@"))
        assert event.decoded("dtstart") == day
        assert type(event.decoded("dtstart")) is date
    mine = next(event for uid, event in events.items() if uid.startswith(f"campaign-{campaign.slug}@"))
    assert (str(mine["summary"]), mine.decoded("dtstart")) == (title, date(2026, 10, 18))
    assert mine.decoded("dtstamp").replace(tzinfo=UTC) == campaign.published_at.replace(microsecond=0)
    (alone,) = Calendar.from_ical(read(f"/{language}/campaigns/{campaign.slug}/event.ics")).walk("VEVENT")
    assert alone["uid"] == mine["uid"]
    assert str(alone["url"]).endswith(f"/{language}/campaigns/{campaign.slug}/")


def test_feeds_and_the_api_say_what_the_page_says():
    campaign = published(at=datetime(2026, 9, 1, tzinfo=UTC), kinds=("expert", "audience"))
    for name in ("feed.rss", "feed.atom"):
        feed = read(f"/en/campaigns/{name}")
        assert "Double Ninth" in feed
        assert f"campaign-{campaign.slug}" in feed
    (entry,) = json.loads(read("/api/v1/campaigns/?language=en"))
    assert (entry["slug"], entry["day"], entry["topics"]) == (campaign.slug, "2026-10-18", ["elderly-care"])
    found = json.loads(read(f"/api/v1/campaigns/{campaign.slug}"))
    assert found["title"] == "重阳节敬老"
    expert = next(part for part in found["parts"] if part["kind"] == "expert")
    assert (expert["affiliation"], expert["interest"]) == ("示范大学", "无")


def test_what_was_signed_is_what_goes_out():
    """The forms at the gate are made by the code that makes the page, the calendar and the API."""
    campaign = published()
    forms = {form.name: form.content.decode() for form in queries.building.outgoing_forms(campaign)}
    page = read(f"/en/campaigns/{campaign.slug}/")
    assert forms["page:en"].strip() in page
    event = read(f"/en/campaigns/{campaign.slug}/event.ics")
    without_stamp = "".join(line for line in event.splitlines(keepends=True) if not line.startswith("DTSTAMP"))
    assert without_stamp == forms["event:en"]
    data = json.loads(read(f"/api/v1/campaigns/{campaign.slug}?language=en"))
    signed = json.loads(forms["api:en"])
    assert {name: value for name, value in data.items() if name != "published_at"} == {
        name: value for name, value in signed.items() if name != "published_at"
    }


def test_reads_are_counted_without_a_cookie_also_of_a_kept_page_and_not_of_programs():
    campaign = published()
    path = f"/zh/campaigns/{campaign.slug}/"
    client = Client(headers=PEOPLE)
    cache.clear()
    for _time in range(2):
        response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies
    client.head(path)
    Client(headers={"user-agent": "ExampleBot/2.0"}).get(path)
    Client(headers=PEOPLE).get("/zh/campaigns/nothing/")
    assert PageRead.objects.filter(campaign=campaign, language="zh-hans").count() == 2
    assert PageRead.objects.count() == 2


def test_somebody_says_something_and_follows_it_by_the_receipt(settings):
    settings.FASTEST_PERSON_SECONDS = 0
    campaign = published()
    client = Client()
    path = f"/zh/campaigns/{campaign.slug}/say/"
    token = client.get(path).context["token"]
    short = client.post(path, {"text": "好", "token": token})
    assert (short.status_code, "至少" in short.content.decode()) == (422, True)
    sent = client.post(path, {"text": "食堂能不能开到三点？", "token": token, "signature": ""})
    assert sent.status_code == 302
    receipt = client.get(sent.headers["Location"]).content.decode()
    assert "你的话我们收到了" in receipt
    assert client.post(path, {"text": "食堂能不能开到三点？", "token": token}).status_code == 302
    assert campaign.voices.count() == 1
    assert "食堂能不能" not in read(f"/zh/campaigns/{campaign.slug}/")


def test_a_released_campaign_is_found_and_a_changed_word_only_after_the_next_release():
    author = person(Role.EDITOR)
    campaign = published(author=author)
    assert [hit.url for hit in search("重阳节敬老", language="zh-hans").items] == [f"/zh/campaigns/{campaign.slug}/"]
    write(campaign.parts.first(), author=author, texts={"zh-hans": {"body": "绿孔雀"}})
    assert search("绿孔雀", language="zh-hans").items == []
