"""When a questionnaire is open, whose results may be seen, how answers are kept apart; pure."""

from datetime import UTC, datetime, timedelta

import pytest

from engage.errors import Refused
from surveys.answering import rules
from surveys.answering.private import apart, joined, private_names
from surveys.definition import model
from tests.surveys.answering.definitions import definition, page, question

pytestmark = pytest.mark.sqlite_only

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("opens", "closes", "state"),
    [
        (None, None, "open"),
        (NOON, None, "open"),
        (NOON + HOUR, None, "planned"),
        (None, NOON, "closed"),
        (NOON - HOUR, NOON + HOUR, "open"),
    ],
)
def test_the_state_follows_from_the_moment(opens, closes, state):
    assert rules.Period(opens, closes).state(NOON) == state


def test_a_refusal_says_when():
    with pytest.raises(Refused) as early:
        rules.check_open(rules.Period(NOON + HOUR, None), NOON)
    assert (early.value.code, early.value.values) == ("survey_not_open", {"opens_at": NOON + HOUR})
    with pytest.raises(Refused) as late:
        rules.check_open(rules.Period(None, NOON), NOON)
    assert (late.value.code, late.value.values) == ("survey_closed", {"closed_at": NOON})


@pytest.mark.parametrize(
    ("shown", "closed", "answered", "seen"),
    [
        ("never", True, True, False),
        ("at_once", False, True, True),
        ("at_once", False, False, False),
        ("at_once", True, False, True),
        ("at_close", False, True, False),
        ("at_close", True, False, True),
    ],
)
def test_results_are_under_embargo(shown, closed, answered, seen):
    period = rules.Period(None, NOON if closed else NOON + HOUR)
    assert rules.may_see_results(shown, period, NOON, has_answered=answered) is seen


def test_a_period_is_only_made_longer_once_it_was_told():
    told = rules.Period(None, NOON + HOUR)
    rules.check_period(rules.Period(None, NOON + 2 * HOUR), told, NOON)
    rules.check_period(rules.Period(None, None), told, NOON)
    for wanted in (rules.Period(None, NOON), rules.Period(NOON - HOUR, NOON + HOUR)):
        with pytest.raises(Refused, match="survey_period_told"):
            rules.check_period(wanted, told, NOON)
    with pytest.raises(Refused, match="survey_period_told"):
        rules.check_period(told, rules.Period(None, None), NOON)
    rules.check_period(rules.Period(NOON + 3 * HOUR, NOON + 4 * HOUR), rules.Period(NOON + HOUR, None), NOON)
    with pytest.raises(Refused, match="survey_period_wrong"):
        rules.check_period(rules.Period(NOON, NOON), None, NOON)


def test_what_says_who_somebody_is_is_found_also_behind_calculations():
    parsed = model.parse(
        definition(
            page(
                "p",
                question("name", "text", personal=True),
                question("mail", "email"),
                question("age", "number"),
                question("greeting", "calculation", calculation="concat('Hi ', ${name})"),
                question("loud", "calculation", calculation="concat(${greeting}, '!')"),
                question("older", "calculation", calculation="${age} + 1"),
                question("home", "location", precision="point"),
                question("area", "location"),
            )
        )
    )
    assert private_names(parsed) == {"name", "mail", "greeting", "loud", "home"}


ANSWERS = [
    {},
    {"a": 1, "a#other": "own", "x": "字"},
    {"people": [{"a": 1, "b": 2}, {}, {"a#other": "own", "c": 3}], "b": ["v", "w"]},
    {"people": [{"c": 1}], "a": {"lat": 1.5, "lon": 2.5}},
    {"people": []},
]


@pytest.mark.parametrize("private", [set(), {"a"}, {"b", "c"}, {"a", "b", "c", "x"}])
@pytest.mark.parametrize("whole", ANSWERS)
def test_both_parts_make_the_whole_again_and_no_private_name_stays_in_the_open(whole, private):
    open_part, private_part = apart(whole, private)
    assert joined(open_part, private_part) == whole
    rows = [open_part, *open_part.get("people", [])]
    assert not private & {name.removesuffix("#other") for row in rows for name in row}
