"""Digests: one letter with all since the last one, nothing when nothing happened, each event once whatever changes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.utils import timezone

from engage.accounts.actors import ANYONE
from engage.outreach.follows import actions
from engage.outreach.follows.models import Follower, Mailing
from tests.follows.builders import EVERYTHING, follower, happened, of_topic, sent

pytestmark = pytest.mark.django_db
CHINA = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=CHINA)
DAY = timedelta(days=1)


def digests(now: datetime) -> list[list[str]]:
    """Let the worker do its turn at a moment; return of each letter the events that it tells, in order."""
    before = len(mail.outbox)
    actions.release(now=now)
    actions.begin_digests(now=now)
    actions.carry()
    actions.carry()
    letters = mail.outbox[before:]
    lines = [line for letter in letters for line in letter.body.split("\n") if line.startswith("News ")]
    assert len(letters) <= 1 or len({letter.to[0] for letter in letters}) == len(letters)
    return (
        [[line.removeprefix("News ") for line in lines]]
        if len(letters) == 1
        else [
            [line.removeprefix("News ") for line in letter.body.split("\n") if line.startswith("News ")]
            for letter in letters
        ]
    )


def change(row: Follower, rhythm: str, *tags) -> None:
    actions.change(row.pk, tags or [EVERYTHING], language="en", rhythm=rhythm, now=timezone.now(), actor=ANYONE)


def test_one_letter_a_day_with_all_that_matches_and_none_when_nothing_happened():
    care, fees = of_topic(), of_topic("fees", zh="收费", en="Fees")
    follower([care, EVERYTHING], rhythm="daily")
    follower(fees, "fees@example.org", rhythm="daily", language="zh-hans")
    follower(care, "weekly@example.org", rhythm="weekly")
    assert digests(MONDAY) == []
    happened("one", [care])
    happened("two", [care])
    assert sent() == []  # nobody wants it at once
    assert digests(MONDAY + timedelta(hours=1)) == []  # this day is done
    assert digests(MONDAY + DAY) == [["one", "two"]]
    letter = mail.outbox[-1]
    assert letter.subject == "Today: 2 pieces of news" and letter.extra_headers["List-Unsubscribe-Post"]
    assert digests(MONDAY + DAY) == [] and digests(MONDAY + 2 * DAY) == []
    happened("three", [fees])
    found = digests(MONDAY + 3 * DAY)
    assert found == [["three"], ["three"]]
    assert "今日消息 1 条" in {one.subject for one in mail.outbox[-2:]}
    assert digests(MONDAY + 7 * DAY) == [["one", "two"]]  # the weekly one
    assert mail.outbox[-1].subject == "This week: 2 pieces of news"
    assert Mailing.objects.filter(total=0).count() >= 3  # each of those days is done


def test_who_changes_the_rhythm_hears_of_each_event_once():
    row = follower(EVERYTHING, rhythm="daily")
    digests(MONDAY)
    happened("in the digest", [])
    actions.release(now=timezone.now())
    change(row, "at_once")
    happened("at once", [])
    assert [letter.subject for letter in sent()] == ["News at once"]
    assert digests(MONDAY + DAY) == [["in the digest"]]
    happened("at once again", [])
    actions.release(now=timezone.now())
    change(row, "weekly")  # released before: still told at once
    assert [letter.subject for letter in sent()] == ["News at once again"]
    happened("weekly", [])
    assert sent() == [] and digests(MONDAY + 2 * DAY) == []
    change(row, "daily")
    assert digests(MONDAY + 3 * DAY) == [["weekly"]]
    assert digests(MONDAY + 7 * DAY) == []


def test_a_digest_tells_only_what_came_after_the_choice_and_is_still_public():
    care, fees = of_topic(), of_topic("fees", zh="收费", en="Fees")
    happened("before", [care])
    actions.release(now=timezone.now())
    row = follower(care, rhythm="daily")
    digests(MONDAY)
    happened("fees early", [fees])
    actions.release(now=timezone.now())
    change(row, "daily", care, fees)
    happened("both", [care, fees])
    assert digests(MONDAY + DAY) == [["both"]]
    actions.rest(row.pk, days=30, now=timezone.now(), actor=ANYONE)
    happened("resting", [care])
    assert digests(MONDAY + 2 * DAY) == []


def test_a_worker_that_was_away_writes_the_newest_digest_alone():
    follower(EVERYTHING, rhythm="daily")
    digests(MONDAY)
    for key in ("one", "two", "three"):
        happened(key, [])
    assert digests(MONDAY + 5 * DAY - timedelta(hours=2)) == [["one", "two", "three"]]
    assert digests(MONDAY + 5 * DAY) == []
