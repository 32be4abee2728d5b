"""Decisions of following."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engage.outreach.follows import rules
from engage.outreach.follows.rules import Due

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "daily", "weekly"),
    [
        (datetime(2026, 11, 26, 8, 0, tzinfo=CHINA), date(2026, 11, 26), date(2026, 11, 23)),
        (datetime(2026, 11, 26, 7, 59, 59, tzinfo=CHINA), date(2026, 11, 25), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 7, 0, tzinfo=CHINA), date(2026, 11, 22), date(2026, 11, 16)),
        (datetime(2026, 11, 23, 8, 0, tzinfo=CHINA), date(2026, 11, 23), date(2026, 11, 23)),
        (datetime(2026, 11, 26, 0, 30, tzinfo=UTC), date(2026, 11, 26), date(2026, 11, 23)),
    ],
)
def test_a_digest_is_due_from_its_local_hour_on(moment, daily, weekly):
    assert rules.due_digests(moment, CHINA, 8) == [Due("daily", daily), Due("weekly", weekly)]


def test_the_pauses_grow_and_end():
    waits = [rules.wait_seconds(tries) for tries in range(12)]
    assert waits[:4] == [15, 15, 30, 60] and waits == sorted(waits) and waits[-1] == 600


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "99999999999999999999"}, 86_400),
        ({"retry-after": "Thu, 26 Nov 2026 08:05:00 GMT"}, 300),
        ({"retry-after": "Thu, 26 Nov 2020 08:05:00 GMT"}, 0),
        ({"retry-after": "-5"}, 60),
        ({"retry-after": "tomorrow"}, 60),
        ({"retry-after": "Thu, 99 Nov 99999 08:05:00 GMT"}, 60),
        ({}, 60),
    ],
)
def test_a_service_says_how_long_to_wait(given, seconds):
    assert rules.retry_after(given, NOW, otherwise=60) == seconds


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        (550, "5.1.1 no such user", "hard"),
        (550, "5.2.1 mailbox disabled", "hard"),
        (550, "no such user", "soft"),
        (554, "5.7.1 blocked", "soft"),
        (552, "5.2.2 mailbox full", "soft"),
        (450, "4.2.1 try later", "wait"),
        (421, "closing", "wait"),
    ],
)
def test_only_a_mailbox_that_does_not_exist_is_a_hard_bounce(code, text, kind):
    assert rules.bounce_kind(code, text) == kind


def test_one_bounce_ends_nothing_and_old_ones_are_forgiven():
    points = rules.points_after(0, None, "hard", NOW)
    assert points < rules.POINTS_MOST <= rules.points_after(points, NOW, "hard", NOW)
    assert rules.points_after(3, NOW - timedelta(days=91), "soft", NOW) == 1


def test_an_address_is_shown_to_its_owner_only():
    assert rules.masked("li@example.org") == "l…@example.org" and rules.masked("x") == "…"
