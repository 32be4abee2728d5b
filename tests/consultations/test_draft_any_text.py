"""Whatever is given, a draft or a refusal comes out, and the tree keeps its promises to those who store it."""

from xml.sax.saxutils import escape

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from consultations.drafts import LEVELS, parse_file, parse_html, parse_text
from consultations.drafts.messages import doubt_message
from engage.errors import Refused
from tests.consultations.test_draft_odt import odt

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
        # Under this name what begins as a container of Office can only be a protected document.
        assert refused.code in ("empty", "no_text", "wrong_encoding", "not_a_document", "broken_file", "encrypted")
    else:
        check_promises(draft, len(data) + 1)


TAGS = [
    "<p>", "</p>", "<ol>", "<ol type=a>", "<li>", "</li>", "</ol>", "<table>", "<tr>", "<td>", "</table>", "<h2>",
    "</h2>", "<br>", "<del>", "</del>", "<ins>", "</ins>", "<div style='mso-element:footnote' id=f>", "</div>",
    "<a href=#f>", "</a>", "<span hidden>", "</span>", "<nav>", "</nav>", "<p data-clause='words' data-label='（一）'>",
    "<script>",
    "</script>",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from([*PIECES, *TAGS]), st.text(max_size=4)), max_size=60).map("".join),
    st.sampled_from(["accept", "reject"]),
)
def test_any_page_gives_a_tree_or_a_refusal(page, changes):
    try:
        draft = parse_html(page, changes=changes)
    except Refused as refused:
        assert refused.code in ("empty", "no_text")
    else:
        check_promises(draft, len(page) + 1)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["p", "h", "list", "list-item", "span", "note", "note-body", "s", "tab"]), max_size=30),
       MIXTURES)  # fmt: skip
def test_any_open_document_gives_a_tree_or_a_refusal(names, text):
    words = escape("".join(character for character in text if character >= " " or character in "\t\n"))
    body = "".join(f"<text:{name}>{words}" for name in names) + "".join(f"</text:{name}>" for name in reversed(names))
    try:
        draft = parse_file(odt(body), name="draft.odt")
    except Refused as refused:
        assert refused.code in ("no_text", "broken_file")
    else:
        check_promises(draft, 1_000)


ELEMENTS = ["part", "chapter", "section", "article", "paragraph", "list", "point", "intro", "content", "p", "num",
            "heading", "blockList", "item", "wrapUp", "hcontainer", "crossHeading",
            "table", "tr", "td", "ins", "del"]  # fmt: skip


@st.composite
def akoma_ntoso(draw, depth=4):
    name = draw(st.sampled_from(ELEMENTS))
    inner = "".join(draw(st.lists(akoma_ntoso(depth=depth - 1), max_size=3))) if depth else ""
    words = draw(st.sampled_from(["", "Words.", "(a)", "Article 1", "1.", "第二条"]))
    return f"<{name}>{words}{inner}</{name}>"


@settings(max_examples=200, deadline=None)
@given(st.lists(akoma_ntoso(), max_size=4).map("".join))
def test_any_akoma_ntoso_gives_a_tree_or_a_refusal(body):
    space = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
    try:
        draft = parse_file(f'<akomaNtoso xmlns="{space}"><act><body>{body}</body></act></akomaNtoso>'.encode())
    except Refused as refused:
        assert refused.code == "no_text"
    else:
        check_promises(draft, 2)


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
