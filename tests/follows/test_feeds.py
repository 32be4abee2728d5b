"""Feeds of everything and of each thing: three forms, two languages, asked for again and again."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from engage.outreach.follows import actions
from engage.outreach.follows.models import EventTag
from tests.consultations.factories import call, department
from tests.follows.builders import happened, of_topic

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def release(*keys: str, tag=None) -> None:
    for key in keys:
        happened(key, [tag] if tag else [])
    actions.release(now=timezone.now())


def test_three_forms_tell_the_same_in_both_languages(client):
    tag = of_topic()
    unit = department()
    child = unit.add_child(code="branch", name_zh="分处", name_en="Branch")
    consultation = call(opens=-timedelta(days=1))
    consultation.department = child
    consultation.save()
    consultation.topics.add(tag.ref)
    from consultations.plans.tasks import move_with_calls

    move_with_calls()
    actions.release(now=timezone.now())
    places = ("feed", "topic/elderly-care/feed", "department/culture/feed", "department/branch/feed")
    for place in places:
        rss = client.get(f"/zh/follow/{place}.rss")
        assert rss.headers["Content-Type"] == "application/rss+xml; charset=utf-8"
        (item,) = ElementTree.fromstring(rss.content).iter("item")
        assert "社区图书馆管理办法" in item.findtext("title") and item.find("guid").get("isPermaLink") == "false"
        atom = ElementTree.fromstring(client.get(f"/en/follow/{place}.atom").content)
        (entry,) = atom.iter(f"{ATOM}entry")
        assert entry.findtext(f"{ATOM}title").startswith("Open for comments: ")
        answer = client.get(f"/en/follow/{place}.json")
        assert answer.headers["Content-Type"].startswith("application/feed+json")
        feed = answer.json()
        assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["feed_url"].endswith(f"{place}.json")
        (told,) = feed["items"]
        assert told["id"] == entry.findtext(f"{ATOM}id") == item.findtext("guid")
        assert told["url"].endswith(f"/en/c/{consultation.slug}/") and told["date_published"]
        page = client.get(f"/en/follow/{place.removesuffix('feed')}").content.decode()
        assert f"/en/follow/{place}.atom" in page and 'rel="alternate"' in page
    for path in (
        "topic/none/feed.rss",
        "topic/elderly-care/feed.xml",
        "policy/1/feed.rss",
        "none/x/feed.rss",
        "feed.x",
    ):
        assert client.get(f"/en/follow/{path}").status_code == 404


def test_a_reader_that_has_it_already_gets_nothing(client):
    release("one")
    path = "/en/follow/feed.atom"
    first = client.get(path)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert first.status_code == 200 and etag.startswith('"') and modified.endswith("GMT")
    for given in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"other", W/{etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
    ):
        again = client.get(path, headers=given)
        assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == etag
    release("two")
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("If-None-Match", '"x", ' * 200_000),
        ("If-None-Match", '"' * 3_000),
        ("If-None-Match", "W/" * 2_000),
        ("If-None-Match", "\x00é\udcff".encode("utf-8", "surrogatepass").decode("latin-1")),
        ("If-Modified-Since", "Thu, 99 Nov 99999 08:05:00 GMT"),
        ("If-Modified-Since", "x" * 100_000),
        ("If-Modified-Since", "Fri, 31 Dec 9999 23:59:60 GMT"),
    ],
)
def test_no_condition_breaks_a_feed(client, name, value):
    release("one")
    assert client.get("/en/follow/feed.rss", headers={name: value}).status_code == 200


def test_a_feed_holds_the_newest_and_asks_little(client, django_assert_max_num_queries):
    tag = of_topic()
    release(*[f"n{number}" for number in range(60)], tag=tag)
    with django_assert_max_num_queries(6):
        items = client.get("/en/follow/topic/elderly-care/feed.json").json()["items"]
    assert [item["title"] for item in items] == [f"News n{number}" for number in range(59, 9, -1)]
    assert EventTag.objects.filter(kind="topic", number=None).count() == 0
