"""How texts and questions become terms: no database."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.search.terms import (
    QUERY_MAX_LENGTH,
    TERMS_MAX_BYTES,
    WORD_END,
    fold,
    fold_with_offsets,
    haystack,
    read_question,
    stem,
    storable,
    terms_in,
)


def test_a_chinese_run_is_indexed_as_its_characters_and_overlapping_pairs():
    assert terms_in("社会救助") == {"社", "会", "救", "助", "社会", "会救", "救助"}


def test_no_pair_crosses_punctuation_a_space_or_a_line():
    for gap in ("，", "。", " ", "\n", "（", "、", "A"):
        assert "会救" not in terms_in(haystack("", f"社会{gap}救助"))


def test_rare_characters_outside_the_basic_plane_are_characters_like_others():
    assert terms_in("𠮷野家") == {"𠮷", "野", "家", "𠮷野", "野家"}


def test_english_is_indexed_by_its_stem_and_numbers_as_they_are():
    assert terms_in(fold("Applications were PUBLISHED in 2026")) == {"applic", "were", "publish", "in", "2026"}
    assert stem("2026") == "2026"
    assert stem("ii2s") == "ii2s"


def test_an_apostrophe_does_not_split_a_word_whichever_it_is():
    assert terms_in(fold("The ministry’s")) == terms_in(fold("the ministry's")) == {"the", "ministri"}


def test_mixed_text_gives_terms_of_both_kinds():
    assert terms_in(haystack("", "用5G网络办事")) == {"用", "5g", "网", "络", "办", "事", "网络", "络办", "办事"}


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("（试行）", "(试行)"),
        ("ﾊﾝｶｸ ｶﾞ", "ハンカク ガ"),
        ("か\u3099", "が"),
        ("ﬁle", "file"),
        ("ＳTRAßE", "strasse"),
        ("İstanbul", "istanbul"),
        ("Cafe\u0301", "café"),
        ("Ⅷ①㎡", "viii1m2"),
        ("a\u200bb\u200fc\u00ad\ufeffd", "abcd"),
        ("a\x00b\x1b", "a b "),
        ("Z\u0351\u036b\u0343algo", "zalgo"),
        ("한국", "한국"),
        (unicodedata.normalize("NFD", "한국"), "한국"),
    ],
)
def test_what_looks_alike_is_folded_alike(written, folded):
    assert fold(written) == folded


@given(st.text(max_size=60))
def test_folding_with_offsets_gives_the_same_text_and_offsets_that_grow(text):
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded) + 1
    assert list(offsets) == sorted(offsets)
    assert offsets[len(folded)] == len(text)


@given(st.text(max_size=60))
def test_no_term_holds_a_sign_that_means_something_to_a_database(text):
    signs = {chr(code) for code in range(128) if not chr(code).isalnum()}
    assert all(term and not signs & set(term) for term in terms_in(haystack(text, text)))


@given(st.text(max_size=QUERY_MAX_LENGTH))
def test_any_question_is_answered_by_the_text_it_was_copied_from(text):
    """What is typed is found in the same text, unless its quotes ask for a sequence."""
    question = read_question(text.replace('"', " "))
    hay = haystack("", text.replace('"', " "))
    assert question.terms <= terms_in(hay)
    if not question.cut and '"' not in fold(text).translate({ord(c): '"' for c in "“”„‟«»「」『』﹁﹂"}):
        assert all(phrase in hay for phrase in question.phrases)


def test_one_character_asks_for_the_character_and_more_for_its_pairs():
    assert read_question("法").terms == {"法"}
    assert read_question("救助").terms == {"救助"}
    assert read_question("社会救助").terms == {"社会", "会救", "救助"}


def test_only_a_run_of_three_or_more_needs_a_look_at_the_text():
    assert read_question("法 救助 aid").phrases == ()
    assert read_question("救助法").phrases == ("救助法",)


def test_quotes_of_every_kind_ask_for_a_phrase():
    for opening, closing in ('""', "“”", "「」", "«»", "＂＂"):
        assert read_question(f"{opening}Open data{closing}").phrases == (
            f"{WORD_END}open{WORD_END} {WORD_END}data{WORD_END}",
        )


def test_an_unpaired_quote_is_a_gap():
    question = read_question('"open data')
    assert (question.terms, question.phrases) == ({"open", "data"}, ())


def test_signs_between_chinese_words_are_gaps_and_inside_references_are_kept():
    assert read_question("救助，申请：材料-清单").phrases == ()
    assert [p.replace(WORD_END, "") for p in read_question("C-2026-004217-K").phrases] == ["c-2026-004217-k"]
    assert [p.replace(WORD_END, "") for p in read_question("1,284件").phrases] == ["1,284件"]
    assert read_question("state-of-the-art").phrases == ()


def test_operators_are_words_or_gaps():
    assert read_question("OR NOT").terms == {"or", "not"}
    assert read_question("a* NEAR( ^b col:x -y +z ~1 [ {").terms == {"a", "near", "b", "col", "x", "y", "z", "1"}


@pytest.mark.parametrize("signs", ["(", '"""', "👍🏽", "，。；", "* - +", "\x01\x02\x1f", "\u202e\u202c"])
def test_signs_alone_ask_for_nothing(signs):
    question = read_question(signs)
    assert question.asked
    assert not question.terms


def test_nothing_typed_is_not_a_question():
    assert not read_question(" \u3000\n").asked


def test_a_long_question_is_cut_and_says_so():
    question = read_question("养老" * 5_000_000)
    assert question.cut
    assert question.terms == {"养老", "老养"}


def test_terms_stop_where_postgresql_would_refuse_them():
    characters = "".join(chr(0x20000 + number) for number in range(40_000))
    terms = terms_in(characters + characters[::2] + characters[::3] + characters[::-1])
    assert 800_000 < sum(len(term.encode()) for term in terms) <= TERMS_MAX_BYTES


def test_only_what_databases_refuse_is_taken_from_stored_text():
    assert storable("a\x00b\ud800c\u200b\n") == "abc\u200b\n"
