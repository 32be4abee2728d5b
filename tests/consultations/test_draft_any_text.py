"""Whatever is given, a draft or a refusal comes out, and the tree keeps its promises to those who store it."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consultations.drafts import LEVELS, parse_file, parse_text
from consultations.drafts.messages import doubt_message
from engage.errors import Refused

pytestmark = pytest.mark.sqlite_only

# Pieces that mean something to the readers, in any order and any number.
PIECES = [
    "第一编", "第一分编 甲", "第二章", "第一章 总则", "第一节", "第一条", "第二条之一", "第三条第二款", "第四条【甲】",
    "（一）", "（1）", "一、", "1.", "①", "附件一", "附则", "目录", "序言", "应当公开", "甲", "。", "；", "：", "“",
    "”", "　", "Part 1", "TITLE II", "Chapter 1", "Section 2", "Article 3", "Article 4a", "5.", "6", "2.1", "(1)",
    "(a)", "(i)", "(ii)", "(A)", "Schedule 1", "Contents", "Whereas:", "Done at Ghent, today", "The body shall decide",
    ".", ";", " ", "[chapter]", "[title] x", "[article 9]", "\\", "# ", "## ", "> ", "- ", "| a | b |", "---", "<b>",
    "**", "\t", "\n", "\n", "\n", "\n\n", "\u200b", "\x00", "👩\u200d👧",
]  # fmt: skip
MIXTURES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=60).map("".join)


def check_promises(draft, source_lines):
    seen = set()
    for clause in draft.clauses:
        assert clause.level in LEVELS
        assert clause.id not in seen
        assert clause.parent is None or clause.parent in seen
        assert len(clause.id) <= 120
        assert len(clause.number) <= 24
        assert len(clause.label) <= 60
        assert "\x00" not in clause.text
        assert 1 <= clause.line <= source_lines
        seen.add(clause.id)
    for doubt in draft.doubts:
        assert doubt_message(doubt.code, doubt.values)
        assert 1 <= doubt.line <= source_lines
    assert sum(draft.counts.values()) <= len(draft.clauses)


@settings(max_examples=300, deadline=None)
@given(MIXTURES, st.sampled_from([None, "zh-hans", "en"]))
def test_any_text_gives_a_tree_or_a_refusal(text, language):
    try:
        draft = parse_text(text, language=language)
    except Refused as refused:
        assert refused.code in ("empty", "no_text")
    else:
        check_promises(draft, len(text) + 1)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data)))
def test_any_bytes_give_a_tree_or_a_refusal(data):
    try:
        draft = parse_file(data, name="draft.docx")
    except Refused as refused:
        assert refused.code in ("empty", "no_text", "wrong_encoding", "not_a_document", "broken_file")
    else:
        check_promises(draft, len(data) + 1)


def letters_of(text):
    return [character for character in text if character.isalpha()]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([piece for piece in PIECES if not set(piece) & set("\x00#>|<*[]\\-")]), max_size=40))
def test_no_letter_of_a_plain_text_is_lost(pieces):
    text = "".join(pieces)
    try:
        draft = parse_text(text)
    except Refused:
        assert not text.replace("\u200b", "").strip()
        return
    assume(not any(doubt.code.startswith("contents_") for doubt in draft.doubts))  # left out, and told
    kept = draft.title + draft.note + "".join(clause.label + clause.heading + clause.text for clause in draft.clauses)
    assert sorted(letters_of(kept)) == sorted(letters_of(text))


@pytest.mark.parametrize("mark", ["(1) ", "（一）", "1. ", "> ", "“", "（", "第一条 ", "[", "\\"])
def test_a_mark_repeated_without_end_is_survived(mark):
    draft = parse_text("Rules\nArticle 1\n" + mark * 5_000 + "x")
    assert any(clause.text.endswith("x") for clause in draft.clauses)


def test_a_markdown_file_nested_without_end_loses_nothing():
    draft = parse_text("# Rules\n\n" + "> " * 5_000 + "kept words\n")
    assert any(clause.text.endswith("kept words") for clause in draft.clauses)
    assert "nested_too_deep" in {doubt.code for doubt in draft.doubts}
