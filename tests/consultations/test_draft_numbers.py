"""Numbers, labels and citations in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consultations.drafts.labels import CHINESE, ENGLISH, citation, label
from consultations.drafts.numerals import (
    from_chinese,
    from_letters,
    from_roman,
    from_words,
    number_key,
    to_chinese,
    to_chinese_digits,
    to_chinese_formal,
    to_letters,
    to_roman,
)
from consultations.drafts.sequence import sequence_problem

pytestmark = pytest.mark.sqlite_only


@given(st.integers(0, 99_999_999))
def test_a_chinese_number_reads_back(value):
    assert from_chinese(to_chinese(value)) == value


@given(st.integers(0, 10**11))
def test_digit_by_digit_and_arabic_numbers_read_back(value):
    assert from_chinese(to_chinese_digits(value)) == value
    assert from_chinese(str(value)) == value


@given(st.integers(1, 9_999))
def test_the_formal_form_reads_back(value):
    assert from_chinese(to_chinese_formal(value)) == value


@given(st.integers(1, 4_999))
def test_a_roman_number_reads_back_in_both_cases(value):
    assert from_roman(to_roman(value)) == from_roman(to_roman(value).lower()) == value


@given(st.integers(1, 300))
def test_a_letter_label_reads_back(value):
    assert from_letters(to_letters(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10), ("十二", 12), ("二十", 20), ("一百零五", 105), ("一百一十", 110), ("百一", 101), ("两百", 200),
        ("廿三", 23), ("卅", 30), ("一千二百六十", 1260), ("一万零一", 10_001), ("二〇二四", 2024), ("二○", 20),
        ("壹佰贰拾", 120), ("１２", 12), ("七百九十二", 792),
    ],
)  # fmt: skip
def test_the_forms_met_in_laws_are_read(text, value):
    assert from_chinese(text) == value


@pytest.mark.parametrize("text", ["", "条", "一百二二", "十百", "12a", "-3", "第一", "IV"])
def test_what_is_no_chinese_number_is_none(text):
    assert from_chinese(text) is None


@pytest.mark.parametrize("text", ["", "IIII", "VX", "IC", "ABC", "CIVIL"])
def test_what_is_no_roman_number_is_none(text):
    assert from_roman(text) is None


def test_number_words_are_read():
    assert [from_words(word) for word in ("One", "TWENTY-ONE", "Third", "ninety", "Applies")] == [1, 21, 3, 90, None]


def test_inserted_numbers_sort_between_their_neighbours():
    numbers = ["11", "12", "12A", "12B", "13", "15", "15.1", "15.2", "16", "120.1", "121"]
    shuffled = ["121", "12B", "16", "15.2", "12", "120.1", "11", "15", "13", "15.1", "12A"]
    assert sorted(shuffled, key=number_key) == numbers


@pytest.mark.parametrize(
    ("level", "number", "chinese", "english"),
    [
        ("part", "2", "第二编", "Part 2"),
        ("subpart", "1", "第一分编", "Subpart 1"),
        ("chapter", "3", "第三章", "Chapter 3"),
        ("section", "11", "第十一节", "Section 11"),
        ("article", "12", "第十二条", "Article 12"),
        ("article", "15.1", "第十五条之一", "Article 15-1"),
        ("article", "12A", "第12A条", "Article 12A"),
        ("paragraph", "2", "", ""),
        ("item", "1", "（一）", "(1)"),
        ("item", "a", "（a）", "(a)"),
        ("subitem", "2", "2.", "(2)"),
        ("subitem", "iv", "（iv）", "(iv)"),
        ("annex", "1", "附件1", "Annex 1"),
        ("article", "", "", ""),
    ],
)
def test_a_clause_is_labelled_in_both_languages(level, number, chinese, english):
    assert label(level, number, CHINESE) == chinese
    assert label(level, number, ENGLISH) == english


def test_a_clause_is_cited_as_lawyers_do():
    steps = [("article", "12"), ("paragraph", "2"), ("item", "3"), ("subitem", "1")]
    assert citation(steps, CHINESE) == "第十二条第二款第三项第一目"
    assert citation(steps, ENGLISH) == "Article 12(2)(3)(1)"


@pytest.mark.parametrize(
    ("before", "number", "problem"),
    [
        ("", "1", ""), ("", "5", "not_from_one"), ("1", "2", ""), ("1", "3", "missing_numbers"),
        ("3", "2", "out_of_order"), ("12", "12A", ""), ("12A", "12B", ""), ("12", "12B", "missing_numbers"),
        ("12B", "13", ""), ("15", "15.1", ""),
        ("15.1", "15.2", ""), ("15", "15.2", "missing_numbers"), ("15.2", "16", ""), ("15.2", "15.1", "out_of_order"),
        ("A", "B", ""), ("12", "12ZA", ""),
    ],
)  # fmt: skip
def test_a_break_in_the_numbers_is_noticed(before, number, problem):
    assert sequence_problem(before, number) == problem
