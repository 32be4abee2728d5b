"""The pure decisions of the shell."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from engage.desk import rules

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_an_undo_stays_good_a_little_longer_than_it_says():
    assert rules.undo_until(NOON, 10) == NOON + timedelta(seconds=15)


@given(st.lists(st.text()))
def test_ids_are_kept_once_in_order_and_never_too_many(raw):
    kept = rules.clean_ids(raw)
    assert kept == [each for each in dict.fromkeys(raw) if each in kept]
    assert len(kept) <= rules.MAX_SELECTED + 1
    assert all(0 < len(each) <= rules.ID_MAX_LENGTH and each.isprintable() for each in kept)


def test_one_id_more_than_allowed_shows_that_there_were_too_many():
    assert len(rules.clean_ids(str(n) for n in range(5_000))) == rules.MAX_SELECTED + 1


@given(st.text())
def test_a_search_is_one_printable_line(raw):
    cleaned = rules.clean_search(raw)
    assert cleaned.isprintable() and len(cleaned) <= rules.SEARCH_MAX_LENGTH
    assert cleaned == rules.clean_search(cleaned) or len(cleaned) == rules.SEARCH_MAX_LENGTH


def test_filters_that_do_not_exist_any_more_are_left_out():
    known = {"kind": ["letter", "enquiry"], "region": ["north"]}
    assert rules.known_filters({"kind": "letter", "region": "south", "other": "x"}, known) == {"kind": "letter"}


def test_an_empty_list_has_one_page():
    assert [rules.page_count(total, 25) for total in (0, 1, 25, 26, 50, 51)] == [1, 1, 1, 2, 2, 3]
