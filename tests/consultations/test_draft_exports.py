"""HTML, Word and PDF: what is printed reads back as the draft it came from."""

import io
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from pypdf import PdfReader

from consultations.drafts import Note, parse_file, parse_text
from consultations.drafts.exports import to_docx, to_html, to_pdf
from consultations.drafts.labels import CHINESE, ENGLISH
from tests.consultations.drafts import labelled, noted_drafts
from tests.consultations.test_draft_canonical import EUROPEAN, PLANS, POLICY, UNITED_KINGDOM, drafts
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

LAWS = [
    "zh-charity-v1-2016.txt", "zh-charity-v2-2023.txt", "zh-openinfo-2019.txt", "zh-relief-shanghai-v1-2018.txt",
    "zh-relief-shanghai-v2-2024.txt", "zh-volunteer-2017.txt", "zh-volunteer-2017-autonumbered.docx",
    "zh-relief-shanghai-tracked-changes.docx",
]  # fmt: skip
WRITERS = [to_html, to_docx]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", LAWS)
def test_a_real_law_comes_back_as_it_was(name, write):
    draft = parse_file(shared_file("data", "drafts", name))
    assert parse_file(write(draft, about=["第2稿"])) == draft


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("source", [UNITED_KINGDOM, EUROPEAN, PLANS, POLICY])
def test_a_draft_of_every_tradition_comes_back_as_it_was(source, write):
    draft = parse_text(source)
    assert parse_file(write(draft)) == draft


def spaced(clause):
    """Web pages show any run of spaces as one."""
    return clause.id, clause.heading, " ".join(clause.text.split())


@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
@pytest.mark.parametrize("write", WRITERS)
def test_any_tree_comes_back_clause_by_clause(write, language):
    @settings(max_examples=25, deadline=None)
    @given(draft=drafts(language).map(labelled))
    def survives(draft):
        read = parse_file(write(draft), language=language)
        assert list(map(spaced, read.clauses)) == list(map(spaced, draft.clauses))
        assert read.counts == draft.counts

    survives()


def notes_of(draft):
    return {
        clause.id: [" ".join(note.text.split()) for note in clause.notes] for clause in draft.clauses if clause.notes
    }


@settings(max_examples=25, deadline=None)
@given(draft=noted_drafts(CHINESE))
def test_every_footnote_stays_with_its_clause(draft):
    for write in WRITERS:
        assert notes_of(parse_file(write(draft), language=CHINESE)) == notes_of(draft)


def with_note(source: str, clause_id: str, note: Note):
    draft = parse_text(source)
    clauses = tuple(replace(clause, notes=(note,)) if clause.id == clause_id else clause for clause in draft.clauses)
    return replace(draft, clauses=clauses)


def test_a_footnote_is_a_real_one_in_word_and_a_linked_one_on_the_page():
    draft = with_note("Rules\nArticle 1 The body shall decide.\n", "art_1__para_1", Note(8, "1", "Any <body> & all."))
    with zipfile.ZipFile(io.BytesIO(to_docx(draft))) as archive:
        assert b"Any &lt;body&gt; &amp; all." in archive.read("word/footnotes.xml")
        assert b'<w:footnoteReference w:id="2"/>' in archive.read("word/document.xml")
    page = to_html(draft).decode()
    assert 'href="#note-1"' in page
    assert '<li id="note-1" value="1">Any &lt;body&gt; &amp; all.' in page
    assert "Any <body> & all." in "".join(leaf.extract_text() for leaf in PdfReader(io.BytesIO(to_pdf(draft))).pages)
    for write in WRITERS:
        assert parse_file(write(draft)) == draft


def test_the_word_file_has_outline_headings_fonts_for_both_scripts_and_page_numbers():
    draft = parse_text("示范法\n第一编 总编\n第一章 总则\n第一条 甲：\n（一）乙。\n")
    document = docx.Document(io.BytesIO(to_docx(draft, about=["第2稿"])))
    assert [(paragraph.style.name, paragraph.text) for paragraph in document.paragraphs] == [
        ("Title", "示范法"), ("Heading 1", "第一编　总编"), ("Heading 2", "第一章　总则"), ("Normal", "第一条　甲："),
        ("Normal", "（一）乙。"),
    ]  # fmt: skip
    fonts = document.styles["Heading 1"].element.rPr.rFonts
    assert (fonts.get(docx.oxml.ns.qn("w:ascii")), fonts.get(docx.oxml.ns.qn("w:eastAsia"))) == (
        "Times New Roman",
        "SimHei",
    )
    footer = document.sections[0].footer.paragraphs[0]
    assert "第2稿" in footer.text
    assert "PAGE" in footer._p.xml
    assert document.core_properties.title == "示范法"
    assert [paragraph.paragraph_format.left_indent is not None for paragraph in document.paragraphs][-1]


def test_the_page_names_its_language_and_escapes_what_people_wrote():
    page = to_html(parse_text("Rules <script>\nArticle 1 a <b> & c.\n"), about=["<i>"]).decode()
    assert '<html lang="en">' in page
    assert "<title>Rules &lt;script&gt;</title>" in page
    assert "a &lt;b&gt; &amp; c." in page
    assert "<footer><p>&lt;i&gt;</p></footer>" in page
    assert 'lang="zh-Hans"' in to_html(parse_text("示范法\n第一条 甲。\n")).decode()


def test_the_pdf_has_the_words_the_title_and_bookmarks():
    draft = parse_file(shared_file("data", "drafts", "zh-volunteer-2017.txt"))
    reader = PdfReader(io.BytesIO(to_pdf(draft, about=["第2稿"])))
    assert reader.metadata.title == draft.title
    assert [entry.title for entry in reader.outline if not isinstance(entry, list)] == [draft.title]
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))
    assert all(re.sub(r"\s", "", clause.text)[:12] in text for clause in draft.clauses if clause.text)
    assert "第2稿" in text


def test_what_people_wrote_is_no_markup_in_the_pdf():
    text = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(to_pdf(parse_text('Rules\nArticle 1 #eval("1") *b* $x$ @y \\ end.\n')))).pages
    )
    assert '#eval("1") *b* $x$ @y \\ end.' in " ".join(text.split())


def test_characters_a_format_cannot_hold_do_not_stop_it():
    draft = replace(parse_text("Rules\nArticle 1 Text.\n"), title="A\ufffe\ud800")
    for write in (*WRITERS, to_pdf):
        assert write(draft)


def test_writing_a_draft_needs_no_django():
    root = Path(__file__).resolve().parents[2]
    program = (
        "import sys, consultations.drafts.exports, consultations.drafts.akomantoso; sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
