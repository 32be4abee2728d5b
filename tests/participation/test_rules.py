from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.participation.rules import (
    CHECK_LETTERS,
    CODE_ALPHABET,
    Reference,
    Window,
    check_letter,
    code_digest,
    format_code,
    looks_automatic,
    parse_code,
    parse_reference,
    retry_after,
    sliding_count,
    tracking_code,
)

pytestmark = pytest.mark.sqlite_only
references = st.builds(
    Reference,
    letter=st.sampled_from("CLEGFPS"),
    year=st.integers(2000, 2099),
    number=st.integers(1, 10**11),
)


@given(references)
def test_a_printed_reference_reads_back(reference):
    assert parse_reference(str(reference)) == reference


@given(references)
def test_a_reference_is_read_as_people_type_it(reference):
    printed = str(reference)
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in printed)
    for typed in (printed.lower(), printed.replace("-", ""), f"  {printed} ", printed.replace("-", "－"), full_width):
        assert parse_reference(typed) == reference


@given(references, st.data())
def test_one_wrong_digit_is_noticed(reference, data):
    printed = str(reference)
    place = data.draw(st.sampled_from([place for place, char in enumerate(printed) if char.isdigit()]))
    wrong = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != printed[place]]))
    assert parse_reference(printed[:place] + wrong + printed[place + 1 :]) is None


@given(references, st.data())
def test_two_swapped_digits_are_noticed(reference, data):
    printed = str(reference)
    places = [
        place
        for place in range(len(printed) - 1)
        if printed[place].isdigit() and printed[place + 1].isdigit() and printed[place] != printed[place + 1]
    ]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    swapped = printed[:place] + printed[place + 1] + printed[place] + printed[place + 2 :]
    assert parse_reference(swapped) is None


@given(st.text(max_size=200))
def test_any_text_is_answered_without_error(typed):
    parse_reference(typed)
    parse_code(typed)


def test_a_very_long_text_is_refused_at_once():
    assert parse_reference("C" * 10_000_000) is None


def test_check_letters_leave_out_what_looks_alike():
    assert not set("IOQ") & set(CHECK_LETTERS)
    assert check_letter("C", 2026, 4217) in CHECK_LETTERS


@given(st.binary(min_size=16, max_size=16))
def test_a_code_has_twelve_readable_characters_and_depends_on_the_key(token):
    code = tracking_code(token, "key one")
    assert len(code) == 12
    assert set(code) <= set(CODE_ALPHABET)
    assert code == tracking_code(token, "key one")
    assert code != tracking_code(token, "key two")


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_read_as_people_type_it(token):
    code = tracking_code(token, "key")
    for typed in (format_code(code), code.lower(), f" {format_code(code)} ", format_code(code).replace("-", " ")):
        assert parse_code(typed) == code


def test_letters_that_look_like_digits_are_folded():
    assert parse_code("oOiIlL") == "001111"


def test_the_stored_hash_tells_nothing_without_the_key():
    assert code_digest("7KQM3XHD9RWA", "a") != code_digest("7KQM3XHD9RWA", "b")
    assert len(code_digest("7KQM3XHD9RWA", "a")) == 64


@given(st.integers(0, 100), st.integers(0, 100), st.floats(0, 59.9))
def test_the_sliding_count_never_exceeds_both_buckets(previous, current, elapsed):
    assert current <= sliding_count(previous, current, elapsed, 60) <= previous + current


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, 59.9))
def test_after_the_wait_one_more_event_fits(previous, current, elapsed):
    window = Window(20, 60)
    if sliding_count(previous, current, elapsed, window.seconds) + 1 <= window.limit:
        return
    later = elapsed + retry_after(previous, current, elapsed, window)
    if later < window.seconds:
        assert sliding_count(previous, current, later, window.seconds) + 1 <= window.limit + 0.5


NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("honeypot", "opened_at", "expected"),
    [
        ("", NOW - timedelta(seconds=30), False),
        ("http://spam.example", NOW - timedelta(seconds=30), True),
        ("", NOW - timedelta(seconds=1), True),
        ("", None, True),
    ],
)
def test_a_form_filled_by_a_program_is_noticed(honeypot, opened_at, expected):
    found = looks_automatic(honeypot=honeypot, opened_at=opened_at, now=NOW, minimum=timedelta(seconds=2))
    assert found is expected
