"""What a channel's states mean; no database."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engage.outreach.health import rules
from engage.outreach.health.registry import Probe, Result, register
from engage.outreach.health.rules import Day, Run, State

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("seconds_ago", "due"), [(None, True), (0, False), (59, False), (60, True), (9_999, True), (-1, True)]
)
def test_a_channel_is_due_once_in_its_interval_and_when_the_clock_was_set_back(seconds_ago, due):
    at = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    assert rules.is_due(at, 60, NOW) is due


@pytest.mark.parametrize(("interval", "seconds_ago", "state"), [
    (60, 180, State.OK), (60, 181, State.UNKNOWN), (300, 900, State.OK), (300, 901, State.UNKNOWN), (5, 170, State.OK),
])  # fmt: skip
def test_what_nobody_has_looked_at_for_three_intervals_is_not_called_working(interval, seconds_ago, state):
    assert rules.stands("ok", NOW - timedelta(seconds=seconds_ago), interval, NOW) is state


def test_what_was_never_checked_is_unknown_and_of_several_the_gravest_counts():
    assert rules.stands("", None, 60, NOW) is State.UNKNOWN
    assert rules.worst([]) is State.UNKNOWN
    assert rules.worst([State.OK, State.UNKNOWN]) is State.UNKNOWN
    assert rules.worst([State.FAILING, State.UNKNOWN, State.SLOW]) is State.FAILING


def test_a_queue_is_slow_and_then_failing_by_its_oldest():
    judged = [rules.age_state(age, slow=60, failing=600) for age in (None, 0, 59, 60, 599, 600)]
    assert judged == [State.OK, State.OK, State.OK, State.SLOW, State.SLOW, State.FAILING]


def test_the_strip_has_ninety_days_and_its_table_says_the_same():
    known = {
        TODAY: Day(TODAY, ok=5),
        TODAY - timedelta(1): Day(TODAY - timedelta(1), ok=7, slow=1),
        TODAY - timedelta(2): Day(TODAY - timedelta(2), ok=3, slow=1, failing=2),
        TODAY - timedelta(3): Day(TODAY - timedelta(3), ok=9),
        TODAY - timedelta(4): Day(TODAY - timedelta(4), ok=9),
        TODAY - timedelta(90): Day(TODAY - timedelta(90), failing=1),
    }
    days = rules.strip(known, TODAY)
    assert (len(days), days[0].on, days[-1].on) == (90, TODAY - timedelta(89), TODAY)
    runs = rules.runs(days)
    assert runs[:4] == [
        Run(TODAY, TODAY, State.OK, 5, 0),
        Run(TODAY - timedelta(1), TODAY - timedelta(1), State.SLOW, 8, 0),
        Run(TODAY - timedelta(2), TODAY - timedelta(2), State.FAILING, 6, 2),
        Run(TODAY - timedelta(4), TODAY - timedelta(3), State.OK, 18, 0),
    ]
    assert sum((run.last - run.first).days + 1 for run in runs) == 90


def test_a_few_of_many_never_read_as_none():
    assert [rules.share_percent(part, whole) for part, whole in ((0, 0), (0, 9), (1, 1000), (5, 5))] == [0, 0, 1, 100]


@pytest.mark.parametrize(("code", "interval"), [("", 60), ("Mail", 60), ("mail", 60), ("fresh", 4)])
def test_a_probe_needs_a_free_code_and_a_sensible_interval(code, interval):
    with pytest.raises(ValueError, match="health probe"):
        register(Probe(code, "x", interval, lambda now: Result()))
