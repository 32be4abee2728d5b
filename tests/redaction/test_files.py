"""Words go from office files, pictures and texts, with everything that is not seen."""

import io
import re
import zipfile

import docx
import openpyxl
import pytest
from PIL import Image

from engage.errors import Refused
from engage.publishing.documents import read_here
from engage.publishing.redaction import engine, texts
from engage.publishing.redaction.marks import Mark, normal, spans
from tests.redaction import builders
from tests.redaction.builders import CHINESE, SECRET

pytestmark = pytest.mark.sqlite_only

MARKS = [
    Mark("word", SECRET, basis="privacy"),
    Mark("word", CHINESE, basis="privacy"),
    Mark("personal", "mobile", basis="privacy"),
]
WORDS = (SECRET, CHINESE, "13800138000")


def redacted(content: bytes, name: str, *marks: Mark) -> engine.Redacted:
    return engine.redact_here(content, name, marks or MARKS, title="", language="en")


def parts(content: bytes) -> dict[str, bytes]:
    """Every part of a package, those of packages in it too."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            found[name] = part
            if part.startswith(b"PK\x03\x04"):
                found |= {f"{name}/{inner}": one for inner, one in parts(part).items()}
    return found


def assert_gone(content: bytes, name: str, *words: str) -> None:
    found = read_here(content, name)
    said = [found.text, *found.metadata.values(), *(trace.excerpt for trace in found.traces)]
    for word in words:
        assert not [text for text in said if normal(word).text in normal(text).text], word
        for part_name, part in parts(content).items():
            without_tags = re.sub(rb"<[^>]*>", b"", part)
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030"):
                assert word.encode(encoding).lower() not in part.lower(), (word, part_name)
                assert word.encode(encoding).lower() not in without_tags.lower(), (word, part_name)


def test_a_letter_keeps_its_form_and_loses_words_changes_comments_and_hidden_runs() -> None:
    made = redacted(builders.letter(), "letter.docx")
    assert_gone(made.content, made.name, *WORDS, "struck words", "hidden QUILL")
    document = docx.Document(io.BytesIO(made.content))
    said = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "The complaint of ■■ and of ■■\n is answered. Call ■■." in said
    assert "kept words" in said
    assert document.sections[0].header.paragraphs[0].text == "In confidence: ■■"
    assert document.tables[0].cell(0, 0).text == "■■"
    assert len(document.inline_shapes) == 1
    found = read_here(made.content, made.name)
    assert {trace.kind for trace in found.traces} <= {"author", "embedded"}
    assert {trace.excerpt for trace in found.traces if trace.kind == "author"} <= {"Author"}


def test_a_picture_inside_a_letter_can_be_blackened() -> None:
    survey = engine.find_here(builders.letter(), "letter.docx", [])
    [name] = survey.pictures
    made = redacted(builders.letter(), "letter.docx", Mark("picture", name, basis="privacy"))
    with Image.open(io.BytesIO(parts(made.content)[name])) as picture:
        assert picture.size == (240, 120)
        assert picture.convert("L").getextrema() == (0, 0)


def test_a_table_loses_words_numbers_formulas_hidden_sheets_rows_and_notes() -> None:
    made = redacted(builders.table(), "table.xlsx")
    assert_gone(made.content, made.name, *WORDS, "hidden row words", "sheet that nobody sees")
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    sheet = book["People"]
    cells = {cell: sheet[cell].value for cell in ("A1", "B1", "C1", "A2", "B2", "A3")}
    assert cells == {"A1": "■■", "B1": "■■", "C1": "■■", "A2": "■■先生", "B2": 42, "A3": None}
    assert sheet["A2"].comment is None
    assert sheet.oddHeader.center.text == "■■"


def test_slides_lose_words_notes_hidden_slides_and_the_workbook_of_a_chart() -> None:
    made = redacted(builders.slides(), "talk.pptx")
    assert_gone(made.content, made.name, *WORDS, "a slide nobody sees", "words for the speaker")
    found = parts(made.content)
    assert "ppt/slides/slide2.xml" not in found
    assert "Words of ■■" in read_here(made.content, made.name).text
    book = openpyxl.load_workbook(io.BytesIO(found["ppt/embeddings/book.xlsx"]))
    assert book["People"]["A1"].value == "■■"


@pytest.mark.parametrize("kind", ["odt", "ods", "odp"])
def test_an_open_document_loses_words_changes_remarks_and_what_is_hidden(kind: str) -> None:
    made = redacted(builders.open_document(kind), f"letter.{kind}")
    gone = ("struck", "a remark on", "unseen words", "row nobody sees", "page nobody sees")
    assert_gone(made.content, made.name, SECRET, CHINESE, *gone)
    said = read_here(made.content, made.name).text
    assert "Words of ■■" in said
    assert not any("Thumbnails" in name or "ObjectReplacements" in name for name in parts(made.content))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_pixels_of_a_picture_are_overwritten_and_its_data_goes(form: str) -> None:
    box = Mark("box", page=1, x=40 / 240, y=30 / 120, width=120 / 240, height=40 / 120, basis="privacy")
    made = redacted(builders.photograph(form), f"gate.{form.lower()}", box)
    with Image.open(io.BytesIO(made.content)) as picture:
        assert not picture.getexif()
        grey = picture.convert("L")
        assert grey.crop((44, 34, 156, 66)).getextrema()[1] < 30
        assert grey.getextrema()[1] < 60
        assert picture.convert("RGB").getpixel((10, 10))[2] > 100
    assert SECRET.encode() not in made.content
    assert made.proof["marks"][0]["places"] == 1


def test_texts_tables_of_text_and_pages_of_a_browser() -> None:
    text = f"Dear {SECRET},\n今天{CHINESE[0]}\u200b{CHINESE[1]} {CHINESE[2:]}来了，电话13800138000。".encode("gb18030")
    made = redacted(text, "note.txt")
    assert made.content.decode() == "Dear ■■,\n今天■■来了，电话■■。"
    made = redacted(f"name,call\n{SECRET.upper()},13800138000\n".encode(), "list.csv", *MARKS)
    assert made.content.decode() == "name,call\n■■,■■\n"
    page = (
        f"<title>{SECRET}</title><meta name=author content={SECRET}><!-- {SECRET} --><script>x='{SECRET}'</script>"
        f"<p>Open Quill<b>fea</b>ther &#27431;&#38451;雪莹<img alt='{CHINESE}' src='data:image/png;base64,AAAA'></p>"
        f"<p hidden>unseen</p><a href='/{SECRET}'>link</a>"
    )
    made = redacted(page.encode(), "page.html")
    assert 'Open ■■<b></b> ■■<img alt="■■"></p>' in made.content.decode()
    assert "unseen" not in made.content.decode()
    assert not re.search(SECRET, made.content.decode(), re.IGNORECASE)


def test_what_is_told_of_a_text_is_its_bases_in_order() -> None:
    done = texts.redact_text(f"{CHINESE}, then {SECRET}", MARKS[:1] + [Mark("word", CHINESE, basis="secret")])
    assert done == texts.RedactedText("■■, then ■■", ("secret", "privacy"))


@pytest.mark.parametrize(
    ("mark", "text", "found"),
    [
        (Mark("word", "li", whole=True), "Li likes Li-Wei, alibi; 李Li来", ["Li", "Li", "Li"]),
        (Mark("word", "ana"), "banana", ["ana", "ana"]),
        (Mark("word", "ＡＢＣ"), "a b\u00a0c", ["a b\u00a0c"]),
        (Mark("word", "straße"), "STRASSE", ["STRASSE"]),
        (Mark("word", "reading"), "read-\ning, re\u00ading", ["read-\ning"]),
        (Mark("pattern", "京A#####"), "车牌京A12345，京AB2345", ["京A12345"]),
        (Mark("pattern", "张??先生"), "张三丰先生和张先生", ["张三丰先生"]),
        (Mark("pattern", "case*end"), "case 17 b end, case " + "x" * 30 + " end", ["case 17 b end"]),
        (Mark("personal", "mobile"), "13800138000 13900139000", ["13800138000", "13900139000"]),
    ],
)
def test_words_are_found_however_they_are_written(mark: Mark, text: str, found: list[str]) -> None:
    assert [text[span.start : span.end] for span in spans(text, [mark])] == found


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "a.pdf", "empty"),
        (b"{\\rtf1 words}", "a.rtf", "not_redactable"),
        (b"MZ\0\0", "a.exe", "unknown_type"),
        (b"%PDF-1.7\n<html>words</html>", "a.pdf", "truncated"),
        (b"\xff\xd8\xff" + b"words" * 9, "a.jpg", "truncated"),
        (builders.photograph("PNG"), "a.docx", "type_mismatch"),
    ],
)
def test_what_is_no_file_to_redact_is_refused(content: bytes, name: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        engine.find(content, name, [Mark("word", "words")])
    assert refused.value.code == code


def test_a_word_of_the_format_itself_is_refused_rather_than_left() -> None:
    """The attribute is the program's own; whether it is a name of somebody's cannot be told."""
    made = builders.repacked(
        builders.letter(),
        {"word/styles.xml": lambda part: part.replace(b'w:styleId="Title"', f'w:styleId="{SECRET}"'.encode())},
    )
    with pytest.raises(Refused) as refused:
        redacted(made, "letter.docx")
    assert (refused.value.code, refused.value.values) == ("still_there", {"check": "streams"})
