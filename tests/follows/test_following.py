"""Who follows what: asked, confirmed from the address alone, changed, rested, stopped; one message an event."""

import email
import re
from datetime import timedelta

import pytest
from django.core import mail, signing
from django.test import Client
from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.follows import actions, links, tasks
from engage.outreach.follows.models import Event, Follow, Follower, Mailing
from engage.outreach.follows.registry import Tag
from engage.participation.actions import delete_expired_contacts
from engage.participation.models import AboutOption, Contact, OutgoingMail
from tests.consultations.factories import call, department
from tests.follows.builders import EVERYTHING, asked_link, follower, happened, link, of_topic, sent, topic
from tests.publishing.signing import release_call

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


def boxes(*tags: Tag) -> list[str]:
    return [f"{tag.kind}-{tag.ref}" for tag in tags]


def ask(client, *tags: Tag, path: str = "/en/follow/", **values):
    given = {"follow": boxes(*tags), "rhythm": "at_once", "language": "en", "email": "li@example.org"} | values
    return client.post(path, given)


def press(client, path: str):
    """Press the button of the page about confirming: what is on it is what is sent."""
    page = client.get(path).content.decode()
    return client.post(path, {"row": re.findall(r'name="row" value="(\d+)"', page)})


def told_for_calls() -> list:
    from consultations.plans.tasks import move_with_calls

    move_with_calls()
    return sent()


def test_a_follower_of_a_topic_hears_once_of_a_matching_consultation_and_of_no_other(client):
    care, fees = of_topic(), of_topic("fees", zh="收费", en="Fees")
    region = AboutOption.objects.create(kind="region", code="east", label_zh="城东", label_en="East")
    unit = department()
    everywhere = [care, Tag("region", region.pk), Tag("department", unit.pk), EVERYTHING]
    follower(everywhere, "several@example.org")
    follower(care, "one@example.org", language="zh-hans")
    follower(fees, "other@example.org")
    matching, other = call(opens=-DAY), call(opens=-DAY)
    other.department = type(unit).add_root(code="else", name_zh="别处", name_en="Elsewhere")
    other.save()
    matching.topics.add(topic())
    matching.concerns.add(region)
    letters = told_for_calls()
    assert told_for_calls() == []
    by_address = {letter.to[0]: letter for letter in letters if matching.slug in letter.body}
    assert sorted(by_address) == ["one@example.org", "several@example.org"]
    assert sorted(letter.to[0] for letter in letters) == [
        "one@example.org",
        "several@example.org",
        "several@example.org",
    ]
    assert "开始征求意见" in by_address["one@example.org"].subject
    assert "Open for comments" in by_address["several@example.org"].subject
    feed = client.get("/en/follow/topic/elderly-care/feed.json").json()
    assert [item["url"].rpartition("/c/")[2] for item in feed["items"]] == [f"{matching.slug}/"]
    assert client.get("/en/follow/topic/fees/feed.json").json()["items"] == []
    assert len(client.get("/en/follow/region/east/feed.json").json()["items"]) == 1


def test_somebody_chooses_confirms_hears_changes_and_stops(client):
    care, fees = of_topic(), of_topic("fees", zh="收费", en="Fees")
    assert "Elderly care" in client.get("/en/follow/").content.decode()
    assert ask(client, care, email="nobody").status_code == 422
    assert ask(client).status_code == 422  # nothing chosen
    assert ask(client, care, rhythm="hourly").status_code == 422
    assert ask(client, Tag("topic", 999_999)).status_code == 422
    assert "li@example.org" in ask(client, care, language="zh-hans").content.decode()
    confirm = asked_link()
    assert confirm.startswith("/zh/follow/confirm/")
    happened("early", [care])
    client.get(confirm)  # a link scanner
    client.head(confirm)
    client.post(confirm)  # one that posts an empty form
    assert sent() == [] and Follower.objects.get().confirmed_at is None
    assert press(client, confirm).status_code == 200
    happened("one", [care, fees])
    (letter,) = sent()
    assert letter.to == ["li@example.org"] and "/en/news/one/" in letter.body and sent() == []
    manage = link(letter)
    page = client.get(manage).content.decode()
    assert "l…@example.org" in page and "li@example.org" not in page
    assert client.post(manage, {"rhythm": "at_once", "language": "en"}).status_code == 422
    changed = client.post(manage, {"follow": boxes(fees), "rhythm": "at_once", "language": "en"})
    assert changed.url.startswith("/en/follow/manage/")
    happened("two", [care])
    assert sent() == []
    happened("three", [fees])
    (letter,) = sent()
    stop = link(letter).replace("/manage/", "/stop/")
    client.get(stop)
    assert Follower.objects.count() == 1
    assert client.post(stop).status_code == 200
    for rows in (Follower, Follow, Contact, OutgoingMail):
        assert not rows.objects.exists()
    for path in (manage, stop, confirm):
        assert client.get(path).status_code == 410
    verbs = JournalRow.objects.filter(verb__startswith="follow.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["follow.asked", "follow.confirmed", "follow.changed", "follow.ended"]


def test_the_page_does_not_tell_who_follows_and_nobody_chooses_for_another(client):
    care, fees = of_topic(), of_topic("fees", zh="收费", en="Fees")
    follower(care)
    answers = [
        ask(client, fees, email=address, rhythm="weekly", language="zh-hans").content.decode().replace(address, "")
        for address in ("li@example.org", "wang@example.org")
    ]
    strip = [re.sub(r"[\w-]{20,}", "", page) for page in answers]
    assert strip[0] == strip[1]
    known = Follower.objects.get(confirmed_at__isnull=False)
    assert (known.rhythm, known.language) == ("at_once", "en")
    happened("fees", [fees])
    assert sent() == []
    OutgoingMail.objects.filter(contact__follower__confirmed_at=None).delete()
    press(client, asked_link())
    known.refresh_from_db()
    assert (known.rhythm, known.language) == ("weekly", "zh-hans")
    assert known.follows.filter(confirmed_at__isnull=False).count() == 2
    ask(client, fees)
    assert "You follow this already" in OutgoingMail.objects.latest("pk").body
    assert links.follower_of(asked_link("manage").rstrip("/").rpartition("/")[2]) == known


def test_what_nobody_confirms_is_forgotten_after_a_week():
    care, now = of_topic(), timezone.now()
    actions.ask_to_follow([care], email="li@example.org", language="en", now=now, actor=ANYONE)
    again = actions.ask_to_follow([care], email="li@example.org", language="zh-hans", now=now + 6 * DAY, actor=ANYONE)
    delete_expired_contacts(now=now + 8 * DAY, actor=SYSTEM)
    assert Follower.objects.get() == again and again.language == "zh-hans"
    known = follower(care, "wang@example.org")
    actions.ask_to_follow([EVERYTHING], email="wang@example.org", language="en", now=now, actor=ANYONE)
    late = [row.pk for row in known.follows.all()]
    actions.confirm(known.pk, follows=late, language="en", rhythm="daily", now=now + 8 * DAY, actor=ANYONE)
    assert known.follows.filter(confirmed_at__isnull=False).count() == 1
    actions.forget_unconfirmed(now=now + 14 * DAY)
    assert known.follows.count() == 1
    delete_expired_contacts(now=now + 14 * DAY, actor=SYSTEM)
    assert Follower.objects.get() == known


def test_one_address_is_not_flooded_with_questions_and_one_network_asks_seldom(client):
    for number in range(25):
        tag = of_topic(f"topic-{number}", zh=f"话题{number}", en=f"Topic {number}")
        ask(client, tag, email="Li@example.org", path="/en/follow/")
        client.defaults["REMOTE_ADDR"] = f"10.0.{number}.1"
    assert OutgoingMail.objects.count() == 20
    client.defaults["REMOTE_ADDR"] = "10.1.1.1"
    statuses = [ask(client, of_topic(), email=f"reader{number}@example.org").status_code for number in range(11)]
    assert statuses == [200] * 10 + [429]


@pytest.mark.parametrize("signed", ["forged", "x" * 3_000, "eyJ4IjoxfQ:1:abc", "%00", "é"])
def test_forged_links_are_over(client, signed):
    for name in ("confirm", "manage", "stop"):
        assert client.get(f"/en/follow/{name}/{signed}/").status_code == 410
    assert client.post(f"/en/follow/manage/{signed}/rest/", {"days": "14"}).status_code == 410
    assert client.post(f"/follow/stop/{signed}/at-once/", {"List-Unsubscribe": "One-Click"}).status_code == 410


def test_a_link_of_an_earlier_follower_opens_nothing_of_a_later_one():
    first = follower(EVERYTHING)
    old = links.managing(first)
    other = signing.dumps([first.pk, "0" * 16], salt="follow")
    assert links.follower_of(other) is None and links.follower_of(old) == first
    assert links.follower_of(links.confirming(first, language="en", rhythm="daily")) is None
    actions.stop(first.pk, actor=ANYONE)
    assert follower(EVERYTHING).pk != first.pk and links.follower_of(old) is None


def test_letters_rest_and_go_on(client):
    care = of_topic()
    row = follower(care)
    signed = links.managing(row)
    client.post(f"/en/follow/manage/{signed}/rest/", {"days": "30"})
    happened("meanwhile", [care])
    assert sent() == []
    assert "Nothing is sent until" in client.get(f"/en/follow/manage/{signed}/").content.decode()
    client.post(f"/en/follow/manage/{signed}/rest/", {"days": "999"})
    assert Follower.objects.get().rests_until is None
    happened("after", [care])
    assert [letter.subject for letter in sent()] == ["News after"]


def test_a_mail_program_stops_the_letters_by_itself():
    row = follower(EVERYTHING)
    happened("one", [])
    (message,) = sent()
    letter = email.message_from_bytes(message.message().as_bytes())
    assert letter["List-Unsubscribe-Post"] == ONE_CLICK and letter["Auto-Submitted"] and letter["List-Id"]
    path = re.sub(r"^https?://[^/]+", "", re.sub(r"\s+", "", letter["List-Unsubscribe"])[1:-1])
    robot = Client(enforce_csrf_checks=True)
    opened = robot.get(path)
    assert (opened.status_code, opened.url.endswith(path.removesuffix("at-once/"))) == (302, True)
    for wrong in ("", "x=1"):
        assert robot.post(path, wrong, content_type=FORM).status_code == 410
    assert Follower.objects.filter(pk=row.pk).exists()
    for _press in range(2):
        answer = robot.post(path, ONE_CLICK, content_type=FORM)
        assert answer.status_code == 200 and not answer.cookies
    assert not Follower.objects.exists() and not Contact.objects.exists()
    ended = JournalRow.objects.filter(verb="follow.ended").values_list("target_pk", flat=True)
    assert list(ended) == [str(row.pk)]
    follower(EVERYTHING)
    assert robot.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200  # multipart, and of the one before
    assert Follower.objects.count() == 1


def test_the_same_key_is_one_event_and_what_is_hidden_waits():
    consultation = call(opens=-DAY, live=False)
    follower(EVERYTHING)
    assert told_for_calls() == []
    release_call(consultation)
    assert len(told_for_calls()) == 1
    consultation.pages.update(live=False)
    assert Client().get("/en/follow/feed.json").json()["items"] == []
    event = Event.objects.get()
    again = actions.announce("call.opened", consultation, key=event.key, now=timezone.now())
    assert again == event and Event.objects.count() == 1 and told_for_calls() == []


def test_an_event_that_nobody_follows_leaves_no_mailing():
    follower(of_topic())
    happened("other", [of_topic("fees", zh="收费", en="Fees")])
    assert sent() == [] and not Mailing.objects.exists()
    with pytest.raises(KeyError):
        actions.announce("no.such", topic(), key="x", now=timezone.now())
    with pytest.raises(Refused):
        actions.ask_to_follow([], email="li@example.org", language="en", now=timezone.now(), actor=ANYONE)


def test_an_address_is_kept_while_it_is_written_to():
    row = follower(EVERYTHING, now=timezone.now() - 200 * DAY)
    before = row.contact.delete_after
    happened("one", [])
    sent()
    row.contact.refresh_from_db()
    assert row.contact.delete_after > before
    with_index = Contact.objects.extra(select={"raw": "email"}).values_list("raw", flat=True)
    assert "li@example.org" not in str(list(with_index)) and mail.outbox


def test_the_worker_knows_the_room():
    assert tasks.release() == 0 and tasks.begin_digests() == 2 and tasks.carry() == 0 and tasks.forget() == 0
