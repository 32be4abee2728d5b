"""Reading a file: what anybody could find in it."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from engage.errors import Refused
from engage.publishing import documents
from engage.publishing.documents import read_document, read_here
from tests.redaction import builders
from tests.redaction.builders import CHINESE, SECRET
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only


def kinds(found: documents.DocumentText) -> set[str]:
    return {trace.kind for trace in found.traces}


def said(found: documents.DocumentText) -> str:
    return "\n".join([found.text, *found.metadata.values(), *(trace.excerpt for trace in found.traces)])


def test_a_pdf_says_its_layers_its_annotations_its_files_and_what_it_was_before() -> None:
    content = builders.changed(
        builders.typeset("Open words", CHINESE),
        builders.layer("LAYERED", 40, 200, shown=False),
        builders.covered("COVERED", 40, 100),
        builders.annotated("/Text", "REMARK", (10, 10, 30, 30)),
        builders.attached("inner.txt", b"ENCLOSED words"),
        builders.described(Author="WRITER", Title="About"),
    )
    found = read_document(content, "notice.pdf")
    for word in ("Open words", CHINESE, "LAYERED", "COVERED", "REMARK", "ENCLOSED"):
        assert word in found.text, word
    assert found.metadata["Author"] == "WRITER"
    assert found.metadata["XMP author"] == "WRITER"
    assert kinds(found) == {"hidden", "comment", "embedded", "author"}
    assert "inner.txt" in {trace.where for trace in found.traces}


def test_an_earlier_state_of_a_pdf_is_read() -> None:
    first = builders.changed(builders.typeset("Open words"), builders.drawn(builders.words("BEFORE", 40, 300)))

    def emptied(writer: builders.PdfWriter) -> None:
        page = writer.pages[0]
        stream = builders.DecodedStreamObject()
        stream.set_data(b"")
        page[builders.NameObject("/Contents")] = writer._add_object(stream)

    found = read_here(builders.changed(first, emptied, incremental=True), "notice.pdf")
    assert "BEFORE" in found.text
    assert [trace.where for trace in found.traces if trace.kind == "hidden"] == ["earlier state"]


def test_a_letter_says_its_header_changes_comments_hidden_words_and_authors() -> None:
    found = read_here(builders.letter(), "letter.docx")
    assert f"The complaint of {SECRET} and of" in found.text
    for word in ("In confidence", "kept words", "struck words", "hidden QUILL", f"{SECRET} at the gate", CHINESE):
        assert word in found.text, word
    assert kinds(found) == {"tracked_change", "comment", "hidden", "author", "location"}
    assert found.metadata["creator"] == SECRET


def test_a_table_says_its_hidden_sheets_rows_and_notes() -> None:
    found = read_here(builders.table(), "table.xlsx")
    assert "13800138000" in found.text
    hidden = {trace.excerpt for trace in found.traces if trace.kind == "hidden"}
    assert f"{SECRET} notes" in hidden
    assert len(hidden) == 2
    assert f"{CHINESE} called" in {trace.excerpt for trace in found.traces if trace.kind == "comment"}


def test_slides_say_hidden_ones_and_the_speakers_notes() -> None:
    found = read_here(builders.slides(), "talk.pptx")
    assert SECRET in found.text
    assert "words for the speaker" in found.text
    assert {trace.where for trace in found.traces if trace.kind == "hidden"} >= {
        "ppt/slides/slide2.xml",
        "ppt/notesSlides/notesSlide1.xml",
    }


@pytest.mark.parametrize("kind", ["odt", "ods", "odp"])
def test_an_open_document_says_deleted_and_hidden_words(kind: str) -> None:
    found = read_here(builders.open_document(kind), f"letter.{kind}")
    assert SECRET in found.text
    assert {"tracked_change", "comment", "hidden", "author"} <= kinds(found)
    assert found.metadata["initial-creator"] == SECRET


def test_a_picture_says_who_took_it_and_where() -> None:
    found = read_here(builders.photograph(), "gate.jpg")
    assert found.metadata["Artist"] == SECRET
    assert kinds(found) == {"author", "location"}


def test_rich_text_and_pages_of_a_browser_are_read() -> None:
    rich = (
        r"{\rtf1\ansi\ansicpg936{\info{\author " + SECRET + r"}}{\fonttbl{\f0 SimSun;}}Dear \'c5\'b7\'d1\'f4 "
        r"{\v under cover}{\deleted gone}\par \u38634?\u33721?{\*\annotation a remark}{\object{\*\objdata "
        + b"inner words".hex()
        + "}}}"
    )
    found = read_here(rich.encode(), "letter.rtf")
    assert "Dear 欧阳" in found.text
    assert "雪莹" in found.text
    assert "inner words" in found.text
    assert "SimSun" not in found.text
    assert kinds(found) == {"author", "hidden", "tracked_change", "comment", "embedded"}
    page = (
        f"<html><head><meta name=author content={SECRET}></head><body><!-- aside --><p>Open <b>wor</b>ds</p>"
        f"<img alt='{CHINESE}'><p hidden>unseen</p></body></html>"
    )
    found = read_here(page.encode(), "page.html")
    assert "Open words" in found.text
    assert CHINESE in found.text
    assert kinds(found) == {"author", "comment", "hidden"}


def test_files_in_an_archive_are_read_and_boxes_in_boxes_are_refused() -> None:
    def boxed(content: bytes, name: str) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(name, content)
        return target.getvalue()

    box = boxed(b"inner words", "a.txt")
    assert "inner words" in read_here(box, "files.zip").text
    for _ in range(4):
        box = boxed(box, "files.zip")
    with pytest.raises(Refused) as refused:
        read_here(box, "files.zip")
    assert refused.value.code == "too_complex"


REFUSED = {
    "empty.docx": "empty",
    "empty.pdf": "empty",
    "encrypted.xlsx": "encrypted",
    "entity-bomb.docx": "entity_bomb",
    "external-entity.docx": "entity_bomb",
    "html-as.jpg": "type_mismatch",
    "many-entries.zip": "too_many_parts",
    "not-a-docx.docx": "type_mismatch",
    "nul.txt": "type_mismatch",
    "path-escape.zip": "path_escape",
    "pixel-bomb.png": "pixel_bomb",
    "polyglot.pdf": "truncated",
    "script.pdf": "truncated",
    "truncated.docx": "truncated",
    "zip-bomb.docx": "zip_bomb",
}


def test_bad_files_are_refused_by_their_fault(tmp_path: Path) -> None:
    maker = shared_file("data", "badinput", "make_files.py")
    subprocess.run([sys.executable, str(maker), str(tmp_path)], check=True, stdout=subprocess.DEVNULL)
    codes = {}
    for path in sorted(tmp_path.iterdir()):
        try:
            read_here(path.read_bytes(), path.name)
        except Refused as refused:
            codes[path.name] = refused.code
    assert {name: codes.get(name) for name in REFUSED} == REFUSED
    locked = builders.changed(builders.typeset("words"), lambda writer: writer.encrypt("secret", algorithm="AES-256"))
    with pytest.raises(Refused) as refusal:
        read_document(locked, "locked.pdf")
    assert refusal.value.code == "encrypted"
