"""States from dates and facts; periods as the law counts; extensions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from consultations import rules
from consultations.rules import CallState
from engage.errors import Refused

CHINA = ZoneInfo("Asia/Shanghai")
OPENS = datetime(2026, 12, 1, 9, 0, tzinfo=CHINA)
CLOSES = datetime(2027, 1, 1, 0, 0, tzinfo=CHINA)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "facts", "state"),
    [
        (OPENS - TICK, {}, CallState.PLANNED),
        (OPENS - TICK, {"announced_at": OPENS}, CallState.PLANNED),
        (OPENS - TICK, {"announced_at": OPENS - TICK}, CallState.ANNOUNCED),
        (OPENS, {}, CallState.OPEN),
        (CLOSES - TICK, {"answered": True}, CallState.OPEN),
        (CLOSES, {}, CallState.ANALYSING),
        (CLOSES, {"answered": True}, CallState.ANSWERED),
        (OPENS, {"withdrawn_at": OPENS + TICK}, CallState.OPEN),
        (OPENS + TICK, {"withdrawn_at": OPENS + TICK}, CallState.WITHDRAWN),
        (OPENS - TICK, {"withdrawn_at": OPENS - 2 * TICK, "announced_at": OPENS - 3 * TICK}, CallState.WITHDRAWN),
    ],
)
def test_the_state_is_computed_to_the_instant(now, facts, state):
    assert rules.call_state(OPENS, CLOSES, now, **facts) is state


@pytest.mark.parametrize(
    ("now", "withdrawn_at", "code"),
    [(OPENS - TICK, None, "call_planned"), (CLOSES, None, "call_closed"), (OPENS, OPENS, "call_withdrawn")],
)
def test_comments_are_refused_unless_the_call_is_open(now, withdrawn_at, code):
    with pytest.raises(Refused) as refused:
        rules.check_open(OPENS, CLOSES, now, withdrawn_at=withdrawn_at)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("closes", "days"),
    [
        (CLOSES, 30),
        (CLOSES - timedelta(minutes=1), 30),
        (CLOSES - timedelta(days=1), 29),
        (CLOSES + timedelta(minutes=1), 31),
        (OPENS + timedelta(hours=3), 0),
    ],
)
def test_the_day_of_the_opening_is_not_counted(closes, days):
    assert rules.period_days(OPENS, closes, CHINA) == days
    assert rules.is_short(OPENS, closes, CHINA, shortest=30) is (days < 30)


def test_days_are_counted_where_the_office_is():
    assert rules.period_days(OPENS.astimezone(UTC), CLOSES.astimezone(UTC), CHINA) == 30


def refusal(**changed) -> str:
    given = {"new_close": CLOSES + timedelta(days=15), "now": OPENS, "reasons": ("雪灾", "snow")} | changed
    with pytest.raises(Refused) as refused:
        rules.check_extension(OPENS, CLOSES, given.pop("new_close"), given.pop("now"), **given)
    return refused.value.code


def test_an_extension_is_later_reasoned_and_in_time():
    later = CLOSES + timedelta(days=15)
    rules.check_extension(OPENS, CLOSES, later, CLOSES - TICK, reasons=("雪灾", "snow"))
    rules.check_extension(OPENS, CLOSES, later, OPENS - TICK, reasons=("雪灾", "snow"))
    assert refusal(new_close=CLOSES) == "extension_not_later"
    assert refusal(reasons=("雪灾", "  ")) == "public_reason_missing"
    assert refusal(now=CLOSES) == "call_closed"
    assert refusal(withdrawn_at=OPENS) == "call_withdrawn"
    assert refusal(now=OPENS - TICK, withdrawn_at=OPENS - TICK) == "call_withdrawn"
