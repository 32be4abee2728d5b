"""Answers as an author types them."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from engage.errors import Refused
from surveys.studio.option_lines import read_lines, write_lines

LANGUAGES = ("zh-hans", "en")


def test_a_line_has_a_value_and_words_for_each_language():
    assert read_lines("a | 甲 | A\n\nb|乙", LANGUAGES) == [
        {"value": "a", "label": {"zh-hans": "甲", "en": "A"}},
        {"value": "b", "label": {"zh-hans": "乙"}},
    ]


def test_a_mark_is_understood_in_both_languages():
    with translation.override("zh-hans"):
        chinese = write_lines([{"value": "x", "other": True, "fixed": True}], LANGUAGES)
    for line in ("x | | | other stays", chinese):
        assert read_lines(line, LANGUAGES) == [{"value": "x", "other": True, "fixed": True}]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a | 甲\n | 乙", "survey_option_value"),
        ("a|1|2|other|more", "survey_option_cells"),
        ("a|1|2|x", "survey_option_cells"),
    ],
)
def test_a_line_that_says_nothing_is_refused_with_its_number(text, code):
    with pytest.raises(Refused) as refused:
        read_lines(text, LANGUAGES)
    assert refused.value.code == code
    assert refused.value.values["line"] == text.count("\n") + 1


def test_what_a_line_cannot_say_is_kept():
    before = [{"value": "a", "label": {"fr": "A", "en": "old"}, "relevant": "1 = 1", "exclusive": True}]
    assert read_lines("a | 甲 | new", LANGUAGES, before) == [
        {"value": "a", "label": {"fr": "A", "zh-hans": "甲", "en": "new"}, "relevant": "1 = 1"}
    ]


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("|\\\n"), max_size=12)


@given(st.lists(st.tuples(words, words, words), max_size=5, unique_by=lambda each: each[0].strip()))
def test_what_is_written_reads_back(rows):
    options = []
    for value, chinese, english in rows:
        label = {language: said.strip() for language, said in zip(LANGUAGES, (chinese, english), strict=True)}
        option = {"value": value.strip()}
        if label := {language: said for language, said in label.items() if said}:
            option["label"] = label
        if option["value"]:
            options.append(option)
    assert read_lines(write_lines(options, LANGUAGES), LANGUAGES) == options
