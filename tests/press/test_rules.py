"""How long a release is, what its text is made of, and what it lacks: pure decisions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from engage.outreach.press import rules
from tests.press.builders import WORDS

NOW = datetime(2026, 3, 2, tzinfo=UTC)


def lacks(kind=rules.ROUTINE, words=None, **given):
    usual = {"embargo_until": None, "now": NOW, "corrects": False, "correction": {}, "nameless_pictures": 0}
    return [(lack.code, lack.language, lack.named) for lack in rules.lacks(kind, words or WORDS, **(usual | given))]


def changed(language, **fields):
    return {**WORDS, language: {**WORDS[language], **fields}}


@pytest.mark.parametrize(
    ("text", "language", "n"),
    [
        ("每份 12 元。", "zh-hans", 6),
        ("", "zh-hans", 0),
        ("A lunch costs 12 yuan - no more.", "en", 7),
        ("Don’t stop; e-mail us", "en", 4),
    ],
)
def test_chinese_is_counted_in_characters_and_english_in_words(text, language, n):
    assert rules.length(text, language) == n


def test_the_marks_of_headings_lists_and_quotations_do_not_count():
    assert rules.counted("一二", "## 三\n\n- 四\n- 五\n\n> 六", "zh-hans") == 6


def test_a_text_is_read_as_headings_paragraphs_lists_and_quotations():
    text = "One\ntwo\n\n## Head\nafter\n\n- a\n- b\n\n> said\n\n- mixed\nwith text\n\n## \n"
    assert [(block.kind, block.lines) for block in rules.blocks(text)] == [
        ("paragraph", ("One", "two")),
        ("heading", ("Head",)),
        ("paragraph", ("after",)),
        ("list", ("a", "b")),
        ("quote", ("said",)),
        ("paragraph", ("- mixed", "with text")),
        ("paragraph", ("##",)),
    ]


def test_facts_are_parted_by_the_first_colon_of_either_script():
    assert rules.facts("价格：12元：八折\nTime: 11:00\n\nfree") == [
        ("价格", "12元：八折"),
        ("Time", "11:00"),
        ("", "free"),
    ]


@pytest.mark.parametrize("text", ["<p>x</p>", "a<br/>b", "<STRONG class='x'>", "<!-- x", "a&nbsp;b", "</div>"])
def test_the_source_of_a_page_is_told(text):
    assert rules.holds_html(text)


@pytest.mark.parametrize("text", ["3 < 5 and 7 > 2", "A & B", "<<办法>>", "x <= y", "AT&T;"])
def test_ordinary_signs_are_no_html(text):
    assert not rules.holds_html(text)


def test_a_whole_release_lacks_nothing():
    assert lacks() == []


def test_a_language_that_is_missing_is_said_once():
    assert lacks(words={"zh-hans": WORDS["zh-hans"]}) == [("language_missing", "en", {})]


@pytest.mark.parametrize(("kind", "most"), [(rules.SHORT, 300), (rules.EMERGENCY, 500), (rules.ROUTINE, 2000)])
def test_each_kind_has_its_length_and_the_excess_is_told(kind, most):
    lead = WORDS["zh-hans"]["lead"]
    fits = "字" * (most - len(lead))
    assert lacks(kind, changed("zh-hans", body=fits)) == []
    over = lacks(kind, changed("zh-hans", body=fits + "字字字"))
    assert over == [("body_long", "zh-hans", {"n": most + 3, "most": most, "over": 3})]


def test_a_long_title_an_empty_field_and_html_are_told():
    words = changed("en", title="x" * 121, contact=" ", body="<p>x</p>")
    assert {code for code, _language, _values in lacks(words=words)} == {"title_long", "field_missing", "html"}


def test_an_embargo_lies_ahead_and_an_emergency_has_none():
    assert lacks(embargo_until=NOW) == [("embargo_past", "", {})]
    assert lacks(embargo_until=NOW + timedelta(minutes=1)) == []
    assert lacks(rules.EMERGENCY, embargo_until=NOW + timedelta(hours=1)) == [("emergency_embargo", "", {})]


def test_a_correction_says_in_both_languages_what_changed():
    assert lacks(corrects=True, correction={"zh-hans": "改了价格"}) == [("correction_missing", "en", {})]


def test_months():
    assert rules.month_of(date(2024, 2, 9)) == (date(2024, 2, 1), date(2024, 2, 29))
    assert rules.month_before(date(2026, 1, 31)) == date(2025, 12, 1)
