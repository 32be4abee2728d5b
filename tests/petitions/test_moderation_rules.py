"""The pure decisions of moderation."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbox.petitions.moderating import rules

ZONE = ZoneInfo("Asia/Shanghai")
SINCE = date(2026, 11, 1)
BIKES = "在地铁口增设自行车停车位\n请在每个地铁口增设不少于一百个自行车停车位，并安装遮雨棚。"


@pytest.mark.parametrize(
    ("today", "state", "left"),
    [
        (date(2026, 11, 1), "ok", 14),
        (date(2026, 11, 11), "ok", 4),
        (date(2026, 11, 12), "warn", 3),
        (date(2026, 11, 15), "warn", 0),
        (date(2026, 11, 16), "bad", -1),
    ],
)
def test_the_clock_counts_calendar_days_and_the_fourteenth_is_in_time(today, state, left):
    waited = rules.waited(SINCE, today, days=14, near_days=11)
    assert (waited.state, waited.left, waited.due) == (state, left, date(2026, 11, 15))


@pytest.mark.parametrize(
    ("opened", "closes"),
    [
        # Nine in the evening in Shanghai, to the second; half a year on at the same time.
        (datetime(2026, 5, 24, 13, 0, 7, 900, tzinfo=UTC), datetime(2026, 11, 24, 13, 0, 7, tzinfo=UTC)),
        # The end of a shorter month.
        (datetime(2026, 8, 31, 1, 0, tzinfo=UTC), datetime(2027, 2, 28, 1, 0, tzinfo=UTC)),
        # It is the next day already where the house is.
        (datetime(2026, 8, 30, 16, 30, tzinfo=UTC), datetime(2027, 2, 27, 16, 30, tzinfo=UTC)),
    ],
)
def test_it_closes_months_later_at_the_same_second_of_the_clock_on_the_wall(opened, closes):
    assert rules.closing_moment(opened, 6, ZONE) == closes


@pytest.mark.parametrize(
    ("act", "states"),
    [
        ("open", {"waiting", "flagged", "dormant"}),
        ("reject", {"collecting", "waiting", "flagged", "dormant"}),
        ("edit", {"collecting", "waiting", "flagged", "dormant"}),
        ("ask_hide", {"collecting", "waiting", "flagged", "dormant"}),
        ("flag", {"waiting", "dormant"}),
        ("dormant", {"waiting", "flagged"}),
        ("back", {"flagged", "dormant"}),
        ("ask_remove", {"open", "closed", "rejected"}),
    ],
)
def test_each_act_has_its_states(act, states):
    every = [
        "pending",
        "collecting",
        "waiting",
        "flagged",
        "dormant",
        "open",
        "closed",
        "rejected",
        "hidden",
        "stopped",
        "removed",
        "withdrawn",
    ]
    assert {one for one in every if rules.may(act, one, was_open=False, asked=False)} == states


def test_while_a_second_person_is_asked_nothing_else_is_done():
    for act in rules.FROM:
        assert not any(rules.may(act, state, was_open=True, asked=True) for state in ("waiting", "open"))
    assert rules.may("agree", "waiting", was_open=False, asked=True)
    assert not rules.may("agree", "waiting", was_open=False, asked=False)


def test_what_was_withdrawn_before_it_was_open_is_public_nowhere_and_not_taken_down():
    assert rules.may("ask_remove", "withdrawn", was_open=True, asked=False)
    assert not rules.may("ask_remove", "withdrawn", was_open=False, asked=False)


def test_the_same_words_are_whole_near_and_other_matters_are_not():
    others = [
        "延长图书馆开放时间\n请把市图书馆的开放时间延长到晚上十点，周末不闭馆。",
        BIKES,
        "地铁口需要更多自行车停车位\n请在地铁口增设自行车停车位，早高峰时根本停不下。",
        "清理河道垃圾\n请每周清理城北河道两岸的垃圾。",
    ]
    near = rules.nearest(BIKES, others)
    assert [one.place for one in near] == [1, 2]
    assert near[0].share == pytest.approx(1.0) and 0.25 < near[1].share < 1


def test_english_words_meet_in_their_stems():
    near = rules.nearest(
        "More bicycle parking at metro stations\nBuild bicycle parking at every station.",
        [
            "Parking for bicycles at stations\nPlease build parking for bicycles at metro stations.",
            "Longer library hours",
        ],
    )
    assert [one.place for one in near] == [0]


def test_nothing_is_near_to_nothing():
    assert rules.nearest("", ["", "a"]) == [] and rules.nearest("词", []) == []


@pytest.mark.parametrize(("waits", "median"), [([], 0.0), ([1], 1.0), ([1, 4], 2.5), ([9, 1, 2], 2.0)])
def test_the_lag_is_a_median(waits, median):
    assert rules.median_days([timedelta(days=n) for n in waits]) == median


@pytest.mark.parametrize(
    ("typed", "tag"),
    [("  Bikes \n and\tcars ", "bikes and cars"), ("\x00", ""), ("自行车", "自行车"), ("a" * 90, "a" * 40)],
)
def test_a_tag_is_one_line_in_lower_case(typed, tag):
    assert rules.clean_tag(typed) == tag
