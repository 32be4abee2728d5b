"""Which waves share answers, and how shares of a population are read."""

from __future__ import annotations

from datetime import date

import pytest

from engage.errors import Refused
from surveys.studies.rules import Part, check_part, overlap, read_percent, read_shares

pytestmark = pytest.mark.sqlite_only

MARCH, JUNE, JULY = date(2026, 3, 1), date(2026, 6, 30), date(2026, 7, 1)
VALUES = ("young", "old", "none")
NAMES = {"young": ("Under 40", "四十岁以下"), "old": ("40 and older",), "none": ("Rather not say",)}


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (Part(), Part(), True),
        (Part(version=1), Part(version=2), False),
        (Part(version=1), Part(), True),
        (Part(invitations=1), Part(invitations=2), False),
        (Part(version=1, last_day=JUNE), Part(version=1, first_day=JULY), False),
        (Part(last_day=JUNE), Part(first_day=JUNE), True),
        (Part(first_day=MARCH, last_day=JUNE), Part(first_day=MARCH), True),
    ],
)
def test_waves_share_answers_unless_something_parts_them(one, other, shared):
    assert overlap(one, other) is shared and overlap(other, one) is shared


def test_a_last_day_before_the_first_is_refused():
    check_part(Part(first_day=MARCH, last_day=MARCH))
    with pytest.raises(Refused, match="study_days_wrong"):
        check_part(Part(first_day=JUNE, last_day=MARCH))


@pytest.mark.parametrize(("text", "percent"), [("12.5", 12.5), (" 40 % ", 40), ("", None), ("–", None), ("0", 0)])
def test_a_percentage_is_read_as_people_write_it(text, percent):
    assert read_percent(text) == percent


@pytest.mark.parametrize("text", ["-1", "101", "nan", "1e999", "half", "12,5"])
def test_what_is_no_percentage_is_refused(text):
    with pytest.raises(ValueError):
        read_percent(text)


def test_groups_are_known_by_value_or_by_their_words_in_any_language():
    lines = [(2, "四十岁以下", "55.2%"), (3, "OLD", "44.8"), (4, "rather not say", "-")]
    assert read_shares(lines, VALUES, NAMES) == [("young", 55.2), ("old", 44.8), ("none", None)]


@pytest.mark.parametrize(
    ("lines", "code", "values"),
    [
        ([(2, "young", "50"), (3, "middle", "50")], "study_group_unknown", {"line": 3, "group": "middle"}),
        ([(2, "young", "50"), (3, "Under 40", "50")], "study_group_twice", {"line": 3, "group": "Under 40"}),
        ([(2, "young", "much")], "study_share_wrong", {"line": 2, "group": "young"}),
        ([(2, "young", "50"), (3, "old", "50")], "study_group_missing", {"group": "Rather not say"}),
        ([(2, "young", "50"), (3, "old", "40"), (4, "none", "")], "study_shares_sum", {"sum": "90"}),
        ([(2, "young", "100"), (3, "old", "-"), (4, "none", "")], "study_shares_few", {}),
    ],
)
def test_what_is_wrong_with_shares_is_said_with_its_line(lines, code, values):
    with pytest.raises(Refused, match=code) as refused:
        read_shares(lines, VALUES, NAMES)
    assert refused.value.values == values
