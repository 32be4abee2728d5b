"""Pure decisions: which decision holds, what may be shown of small counts, what is missing."""

import itertools
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consultations.outcomes import rules
from consultations.outcomes.rules import Decided, Facts, Undecided

pytestmark = pytest.mark.sqlite_only
ADOPTED, REFUSED = Decided(1, "adopted"), Decided(2, "not_adopted")
WORDS = {code: dict.fromkeys(rules.FIELDS, "words") for code in ("zh-hans", "en")}


def facts(**values) -> Facts:
    return Facts(**({"languages": ("zh-hans", "en"), "texts": WORDS} | values))


def codes(found: list[rules.Missing]) -> list[str]:
    return [gap.code for gap in found]


# --- decisions


def test_a_points_own_decision_goes_before_its_themes():
    assert rules.in_force(REFUSED, [5], {5: None}, {5: ADOPTED}) == [(REFUSED, [5])]


def test_a_theme_without_a_decision_takes_the_nearest_above():
    parents = {5: 6, 6: 7, 7: None}
    assert rules.in_force(None, [5], parents, {6: ADOPTED, 7: REFUSED}) == [(ADOPTED, [5])]


def test_a_point_of_two_themes_gets_two_answers_or_one_that_both_share():
    parents = {5: 7, 6: 7, 7: None}
    assert rules.in_force(None, [5, 6], parents, {5: ADOPTED, 6: REFUSED}) == [(ADOPTED, [5]), (REFUSED, [6])]
    assert rules.in_force(None, [5, 6], parents, {7: ADOPTED}) == [(ADOPTED, [5, 6])]


def test_a_point_is_open_while_one_of_its_themes_is():
    assert rules.in_force(None, [5, 6], {5: None, 6: None}, {5: ADOPTED}) is None
    assert rules.in_force(None, [], {}, {}) is None


@pytest.mark.parametrize(
    ("dispositions", "word"),
    [
        ([], ""),
        (["adopted", "adopted"], "adopted"),
        (["adopted", "not_adopted"], "in_part"),
        (["in_part", "covered"], "in_part"),
        (["covered", "not_adopted"], "covered"),
        (["not_adopted", "out_of_scope"], "not_adopted"),
    ],
)
def test_several_decisions_have_one_word(dispositions, word):
    assert rules.headline(dispositions) == word


# --- small counts


def marked(counts: dict[str, int]) -> tuple | None:
    shown = rules.mask_counts(counts)
    return None if shown is None else tuple(shown[code] for code in counts)


def test_nothing_is_hidden_where_nothing_is_small():
    assert rules.mask_counts({"a": 5, "b": 0, "c": 900}) == {"a": 5, "b": 0, "c": 900}


def test_a_single_small_count_hides_a_second_one_with_it():
    assert rules.mask_counts({"a": 3, "b": 40, "c": 900}) == {"a": rules.SMALL, "b": rules.PROTECTING, "c": 900}


def test_the_smallest_count_protects_only_when_it_is_large_enough_to():
    # With 5 hidden, 1 + 5 = 6 would leave 1 as the only small value: the next one goes too.
    assert rules.mask_counts({"a": 1, "b": 5, "c": 90, "d": 900}) == {
        "a": rules.SMALL,
        "b": rules.PROTECTING,
        "c": rules.PROTECTING,
        "d": 900,
    }


def test_a_table_that_cannot_be_protected_is_withheld():
    assert rules.mask_counts({"a": 3}) is None
    assert rules.mask_counts({"a": 1, "b": 1}) is None
    assert rules.mask_counts({"a": 1, "b": 5}) is None


def test_several_small_counts_protect_one_another_when_each_stays_open():
    assert rules.mask_counts({"a": 2, "b": 3, "c": 90}) == {"a": rules.SMALL, "b": rules.SMALL, "c": 90}
    # 4 + 4 = 8 can only be 4 and 4.
    assert rules.mask_counts({"a": 4, "b": 4, "c": 90, "d": 95}) == {
        "a": rules.SMALL,
        "b": rules.SMALL,
        "c": rules.PROTECTING,
        "d": 95,
    }


@pytest.mark.parametrize(("cells", "top"), [(2, 40), (3, 24), (4, 13)])
def test_no_hidden_count_can_be_worked_out_even_by_who_knows_the_rule(cells, top):
    """Invert the rule by brute force: of all tables that would be shown the same, no hidden cell has one value only."""
    groups = defaultdict(list)
    for counts in itertools.product(range(top + 1), repeat=cells):
        shown = marked(dict(zip("abcd", counts, strict=False)))
        if shown is not None:
            groups[sum(counts), shown].append(counts)
    hidden = 0
    for (total, shown), tables in groups.items():
        if total > top:  # tables with larger cells would belong to the group too
            continue
        for place, value in enumerate(shown):
            if isinstance(value, str):
                hidden += 1
                assert len({table[place] for table in tables}) > 1, (shown, tables)
    assert hidden > 100


@settings(deadline=None)
@given(st.lists(st.integers(0, 60), max_size=7))
def test_every_small_count_is_hidden_and_what_is_shown_is_true(numbers):
    counts = {str(place): n for place, n in enumerate(numbers)}
    shown = rules.mask_counts(counts)
    if shown is None:
        return
    for code, n in counts.items():
        if 0 < n < rules.LEAST:
            assert shown[code] == rules.SMALL
        else:
            assert shown[code] in (n, rules.PROTECTING)
    hidden = {code for code, value in shown.items() if isinstance(value, str)}
    assert not hidden or rules.is_safe(counts, hidden)


# --- what is missing


def test_a_complete_outcome_lacks_nothing():
    assert rules.missing(facts(comments_on_version=3)) == []


def test_every_text_is_asked_for_in_each_language():
    texts = {"zh-hans": {"summary": "有", "method": " ", "next_steps": "有"}}
    found = rules.missing(facts(texts=texts))
    assert [(gap.code, gap.values["language"]) for gap in found] == [
        ("method_missing", "zh-hans"),
        ("summary_missing", "en"),
        ("method_missing", "en"),
        ("next_steps_missing", "en"),
    ]
    assert found[0].where == ("text", "zh-hans", "method")


def test_an_open_call_and_held_comments_block():
    assert codes(rules.missing(facts(closed=False, held=2))) == ["call_open", "comments_held"]


def test_each_undecided_point_is_named_and_the_rest_is_counted():
    many = [Undecided(f"C-2026-{n:06d}-K", n, "Article 2", "words") for n in range(rules.NAMED)]
    found = rules.missing(facts(undecided=many, undecided_total=rules.NAMED + 7))
    assert codes(found) == ["undecided"] * rules.NAMED + ["undecided_more"]
    assert found[0].values["reference"] == "C-2026-000000-K"
    assert found[0].where == ("comment", 0)
    assert found[-1].values == {"n": 7}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"comments_on_version": 0, "comments_elsewhere": 4}, "other_version"),
        ({"after_number": 2, "after_same_draft": False}, "after_other_draft"),
        ({"version_number": 2, "after_number": 2}, "after_not_later"),
        ({"after_number": 2, "after_published": False}, "after_unpublished"),
    ],
)
def test_an_outcome_for_another_version_is_blocked(values, code):
    assert codes(rules.missing(facts(**values))) == [code]


def test_a_total_that_differs_between_page_and_export_is_named():
    (gap,) = rules.missing(facts(page_totals={"points": 5, "adopted": 2}, export_totals={"points": 4, "adopted": 2}))
    assert (gap.code, gap.values) == ("totals_differ", {"figure": "points", "page": 5, "export": 4})


def test_reasons_and_names_of_themes_are_asked_for_where_they_stand():
    found = rules.missing(facts(unreasoned=[("art_2", "Article 2", "en")], unnamed=[(7, "周末", "en")]))
    assert [(gap.code, gap.where) for gap in found] == [
        ("reason_missing", ("row", "art_2")),
        ("theme_unnamed", ("theme", 7)),
    ]


# --- the promise


def test_a_promise_is_late_from_the_day_after():
    due = datetime(2026, 12, 20, 15, 59, tzinfo=UTC)
    assert rules.days_late(due, due, UTC) == 0
    assert rules.days_late(due, due + timedelta(hours=9), UTC) == 1
    assert rules.days_taken(due, due + timedelta(days=41), UTC) == 41
