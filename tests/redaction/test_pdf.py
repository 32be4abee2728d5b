"""A word that was taken out of a PDF is nowhere in the new one: not for the tools, not in any stream, not in a byte."""

import io
import subprocess
import zlib
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, StreamObject

from engage.errors import Refused
from engage.publishing.reading.pdf import reachable
from engage.publishing.redaction import engine
from engage.publishing.redaction.marks import Mark
from tests.redaction import builders
from tests.redaction.builders import CHINESE, SECRET, pdftotext

pytestmark = pytest.mark.sqlite_only

MARKS = [Mark("word", SECRET, basis="privacy"), Mark("word", CHINESE, basis="privacy")]


def redacted(content: bytes, *marks: Mark, name: str = "notice.pdf") -> engine.Redacted:
    return engine.redact_here(content, name, marks or MARKS, title="A notice", language="en")


def everywhere(content: bytes) -> list[bytes]:
    """The raw bytes, and what every stream holds when it is unpacked; every string of every object."""
    found = [content]
    for item in reachable(PdfReader(io.BytesIO(content))):
        if isinstance(item, StreamObject):
            found.append(item._data if item.get("/Subtype") == "/Image" else item.get_data())
        found += [str(value).encode() for value in item.values() if not isinstance(value, DictionaryObject)]
    for start in range(len(content)):
        if content[start : start + 1] == b"x" and content[start + 1 : start + 2] in (b"\x01", b"\x9c", b"\xda", b"^"):
            try:
                found.append(zlib.decompressobj().decompress(content[start:]))
            except zlib.error:
                continue
    return found


def coded(word: str) -> list[bytes]:
    plain = [word.encode(encoding) for encoding in ("utf-8", "utf-16-be", "utf-16-le", "gb18030")]
    return [form.lower() for form in plain] + [form.hex().encode() for form in plain]


def assert_gone(content: bytes, *words: str) -> None:
    said = [pdftotext(content, *options) for options in ([], ["-layout"], ["-raw"])]
    squeezed = ["".join(text.split()).casefold() for text in said]
    haystack = [part.lower() for part in everywhere(content)]
    for word in words:
        assert not any("".join(word.split()).casefold() in text for text in squeezed), word
        for needle in coded(word):
            assert not any(needle in part for part in haystack), (word, needle)


def pages_as_pictures(content: bytes, tmp_path: Path) -> list[Image.Image]:
    """What pdfimages takes out of the file: for each page one picture."""
    (tmp_path / "a.pdf").write_bytes(content)
    subprocess.run([builders.tool("pdfimages"), "-png", tmp_path / "a.pdf", tmp_path / "page"], check=True)
    return [Image.open(path).convert("L") for path in sorted(tmp_path.glob("page*.png"))]


def secretive() -> bytes:
    return builders.changed(
        builders.typeset(
            f"Open words of {SECRET} here", f"今天 {' '.join(CHINESE)} 来了", "Quill-", "feather again", author=SECRET
        ),
        builders.layer(f"{SECRET} below", 40, 260, shown=False),
        builders.layer(f"{SECRET} above", 40, 230, shown=True),
        builders.covered(SECRET, 40, 150),
        builders.stamped(SECRET, (40, 300, 200, 330)),
        builders.drawn(builders.words(SECRET, 40, 100, mode=3)),
        builders.drawn("1 g " + builders.words(SECRET, 40, 60)),
        builders.drawn(builders.words(SECRET, -300, 60)),
        builders.annotated("/Text", SECRET, (300, 500, 320, 520)),
        builders.attached(f"{SECRET}.txt", SECRET.encode()),
        builders.described(Author=SECRET, Keywords=CHINESE),
    )


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_word_is_gone_from_a_turned_page_with_layers(degrees: int, tmp_path: Path) -> None:
    before = builders.changed(secretive(), builders.rotated(degrees))
    assert pdftotext(before).count(SECRET) > 3
    made = redacted(before)
    assert_gone(made.content, SECRET, CHINESE, "feather")
    text = "".join(pdftotext(made.content).split())
    assert "Openwordsof■■here" in text
    assert "今天" in text
    assert "above" in text
    assert "below" not in text
    [picture] = pages_as_pictures(made.content, tmp_path)
    assert (picture.width > picture.height) == (degrees in {90, 270})
    found = engine.find_here(before, "notice.pdf", MARKS)
    seen = [box for place in found.places if not place.hidden for box in place.boxes]
    assert len(seen) >= 6
    for x, y, width, height in seen:
        inner = (x * picture.width, y * picture.height, (x + width) * picture.width, (y + height) * picture.height)
        assert picture.crop(tuple(map(round, inner))).getextrema()[1] <= 4
    assert made.proof["hits"] == 0
    checks = {check["code"] for check in made.proof["checks"]}
    assert checks >= {"text", "metadata", "traces", "streams", "raw", "pixels", "structure", "pdftotext", "pdfimages"}


def test_nothing_of_the_old_file_is_in_the_new_one() -> None:
    older = builders.changed(secretive(), lambda writer: None)
    before = builders.changed(older, builders.drawn(builders.words("added later", 40, 400)), incremental=True)
    made = redacted(before).content
    reader = PdfReader(io.BytesIO(made))
    assert dict(reader.metadata) == {"/Title": "A notice", "/Producer": "Engage"}
    assert reader.root_object["/Lang"] == "en"
    assert made.count(b"%%EOF") == 1
    names = {str(key) for item in reachable(reader) for key in item}
    assert not names & {"/Annots", "/OCProperties", "/OCGs", "/Metadata", "/EmbeddedFiles", "/AcroForm", "/Prev", "/ID"}
    fonts = [item for item in reachable(reader) if item.get("/Type") == "/Font"]
    assert {font["/BaseFont"] for font in fonts} == {"/GlyphLess"}
    assert "added later" in pdftotext(made)


def test_what_lies_outside_the_shown_part_is_gone_and_the_rest_stands_at_its_place(tmp_path: Path) -> None:
    before = builders.changed(
        builders.typeset(f"Open words of {SECRET} here"),
        builders.drawn(builders.words("beyond the edge", 40, 20)),
        builders.cropped(30, 400, 400, 590),
        builders.rotated(90),
    )
    made = redacted(before, MARKS[0]).content
    assert_gone(made, SECRET, "beyond the edge")
    [page] = PdfReader(io.BytesIO(made)).pages
    assert [round(float(value)) for value in page.mediabox] == [0, 0, 190, 370]
    boxes = pdftotext(made, "-bbox")
    assert 'pageWidth="190' in boxes.replace("width=", "pageWidth=")
    assert "Open" in boxes


def test_letters_in_any_order_and_ligatures_and_old_signs_are_found() -> None:
    scattered = " ".join(
        builders.words(letter, 40 + 12 * place, 300) for place, letter in reversed(list(enumerate(SECRET)))
    )
    before = builders.changed(builders.typeset("The oﬃce ⻢ 全角ＡＢＣ１２３ end"), builders.drawn(scattered))
    made = redacted(
        before, Mark("word", SECRET), Mark("word", "office"), Mark("word", "abc123"), Mark("word", "马全角")
    )
    assert_gone(made.content, SECRET, "oﬃce", "office", "ＡＢＣ１２３", "⻢")
    assert "end" in pdftotext(made.content)


def test_a_word_that_goes_on_over_the_end_of_a_page_is_gone() -> None:
    before = builders.typeset(f"{CHINESE[2:]}起 {'甲' * 20} {CHINESE[:2]}", pages=2)
    made = redacted(before, MARKS[1])
    assert_gone(made.content, CHINESE)
    assert {mark["number"]: mark["pages"] for mark in made.proof["marks"]} == {1: {"1": 1, "2": 1}}


def test_boxes_and_single_places_go_and_the_rest_stays() -> None:
    before = builders.typeset("alpha beta", "alpha gamma")
    survey = engine.find_here(before, "notice.pdf", [Mark("word", "alpha")])
    first, second = survey.places
    x, y, width, height = second.boxes[0]
    made = redacted(
        before,
        Mark("range", page=1, start=first.start, end=first.end, basis="process"),
        Mark("box", page=1, x=x, y=y, width=width, height=height, basis="other", note="agreed"),
    )
    text = pdftotext(made.content)
    assert "alpha" not in text
    assert "beta" in text
    assert "gamma" in text
    assert [mark["places"] for mark in made.proof["marks"]] == [1, 1]


def test_personal_data_is_found_and_goes() -> None:
    before = builders.typeset("Call 138 0013 8000 or write to li@example.org", "居民身份证 11010519491231002X")
    survey = engine.find_here(before, "notice.pdf", [])
    assert {place.words for place in survey.personal} == {"138 0013 8000", "li@example.org", "11010519491231002X"}
    made = redacted(before, *(Mark("personal", kind) for kind in ("mobile", "email", "resident_id")))
    assert_gone(made.content, "13800138000", "138 0013 8000", "li@example.org", "11010519491231002X")
    assert [mark["what"] for mark in made.proof["marks"]] == ["mobile", "email", "resident_id"]


def test_marks_that_nobody_carried_out_are_carried_out() -> None:
    before = builders.changed(
        builders.typeset("Open words", "alpha"),
        builders.drawn(builders.words(SECRET, 40, 300)),
        builders.annotated("/Redact", "", (35, 290, 200, 320)),
        builders.drawn(builders.words("Underneath", 40, 200)),
        builders.annotated("/Square", "", (35, 190, 200, 220)),
    )
    assert_gone(redacted(before, Mark("word", "alpha")).content, SECRET, "Underneath")


def test_the_proof_holds_no_word_and_a_word_that_is_nowhere_is_told() -> None:
    made = redacted(secretive())
    assert SECRET.lower() not in str(made.proof).lower()
    assert CHINESE not in str(made.proof)
    assert made.name == "notice_redacted.pdf"
    assert engine.result_name(f"{SECRET} 的信.pdf", "pdf", MARKS) == "的信_redacted.pdf"
    box = Mark("box", page=1, width=0.1, height=0.1)
    assert engine.result_name(f"{SECRET}.pdf", "pdf", [box]) == "redacted.pdf", (
        "what a box covers may stand in the name"
    )
    with pytest.raises(Refused) as refused:
        redacted(builders.typeset("Open words"))
    assert refused.value.code == "nothing_found"


def test_a_result_in_which_something_is_left_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks do not trust what redacts."""
    from engage.publishing.redaction import pdf

    whole = pdf.redact
    before = builders.typeset(f"Open words of {SECRET}")
    leaks = {
        "text": lambda made: builders.typeset(SECRET),
        "metadata": lambda made: builders.changed(made, builders.described(Author="Somebody")),
        "structure": lambda made: builders.changed(made, builders.drawn("q Q"), incremental=True),
        "raw": lambda made: made + f"\n% {SECRET.encode('utf-16-be').hex()}\n".encode(),
        "traces": lambda made: builders.changed(made, builders.annotated("/Text", "a remark", (1, 1, 9, 9))),
        "pixels": lambda made: builders.typeset("Open words of"),
    }
    for code, leak in leaks.items():
        monkeypatch.setattr(
            pdf, "redact", lambda *a, leak=leak, **k: (lambda made: (leak(made[0]), made[1]))(whole(*a, **k))
        )
        with pytest.raises(Refused) as refused:
            pytest.fail(f"{code}: {redacted(before, MARKS[0]).proof}")
        assert refused.value.code == "still_there", code
        found = refused.value.values["check"]
        assert found == code or (code in {"structure", "pixels"} and found in {"metadata", "structure", "pixels"}), code


@pytest.mark.parametrize(
    ("marks", "code"),
    [
        ([], "no_marks"),
        ([Mark("word", "a")], "mark_too_short"),
        ([Mark("word", " ­　 ")], "mark_too_short"),
        ([Mark("word", "a" * 201)], "mark_too_long"),
        ([Mark("pattern", "*?*")], "mark_too_short"),
        ([Mark("personal", "shoe size")], "mark_unknown"),
        ([Mark("box", page=1, x=0.5, y=0.5)], "box_outside"),
        ([Mark("word", "ab")] * 201, "too_many_marks"),
    ],
)
def test_marks_that_mean_nothing_are_refused(marks: list[Mark], code: str) -> None:
    with pytest.raises(Refused) as refused:
        engine.redact(builders.typeset("Open words"), "notice.pdf", marks)
    assert refused.value.code == code


def test_it_runs_confined_and_draws_pages() -> None:
    before = builders.typeset(f"Open words of {SECRET}")
    made = engine.redact(before, "notice.pdf", [Mark("word", SECRET)], title="A notice", language="zh-Hans")
    assert_gone(made.content, SECRET)
    with Image.open(io.BytesIO(engine.page_picture(made.content, made.name, 1, side=400))) as picture:
        assert max(picture.size) in range(395, 406)
    with pytest.raises(Refused) as refused:
        engine.page_picture(made.content, made.name, 2)
    assert refused.value.code == "no_page"
    assert engine.find(before, "notice.pdf", [Mark("word", SECRET)]).places[0].words == SECRET
