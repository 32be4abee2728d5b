"""Files with a secret in every corner that a format has."""

from __future__ import annotations

import functools
import io
import json
import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import typst
from docx import Document
from openpyxl.comments import Comment
from PIL import Image, ImageDraw
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    RectangleObject,
    TextStringObject,
)

from engage import fonts

SECRET = "Quillfeather"
CHINESE = "欧阳雪莹"


def tool(name: str) -> str:
    """Return the path of a program of poppler; where it is required its absence is a failure."""
    path = shutil.which(name)
    if path is None:
        reason = f"no {name} found (Debian: apt install poppler-utils; macOS: brew install poppler)"
        if os.environ.get("CI") == "true" or os.environ.get("ENGAGE_REQUIRE"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def pdftotext(content: bytes, *options: str) -> str:
    """Read a PDF as the tool does."""
    done = subprocess.run([tool("pdftotext"), *options, "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


# --- PDF ------------------------------------------------------------------------------------------------------------


@functools.cache
def typeset(*paragraphs: str, pages: int = 1, title: str = "", author: str = "") -> bytes:
    """Return a PDF with these paragraphs on each page."""
    source = (
        "#let d = json(bytes(sys.inputs.data))\n#set document(title: d.title, author: d.author)\n"
        '#set page(paper: "a5")\n#set text(font: d.family, size: 14pt)\n'
        "#for n in range(d.pages) { if n > 0 { pagebreak() }; for p in d.paragraphs [#p #parbreak()] }"
    )
    data = {"paragraphs": paragraphs, "pages": pages, "title": title, "author": author, "family": fonts.CJK_FAMILY}
    return typst.compile(
        source.encode(), font_paths=[str(fonts.FOLDER)], sys_inputs={"data": json.dumps(data)}, format="pdf"
    )


def changed(content: bytes, *changes: Callable[[PdfWriter], None], incremental: bool = False) -> bytes:
    """Return the PDF after the changes."""
    writer = PdfWriter(io.BytesIO(content), incremental=incremental) if incremental else PdfWriter()
    if not incremental:
        writer.clone_document_from_reader(PdfReader(io.BytesIO(content)))
    for change in changes:
        change(writer)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def rotated(degrees: int) -> Callable[[PdfWriter], None]:
    """Turn every page."""

    def change(writer: PdfWriter) -> None:
        for page in writer.pages:
            page[NameObject("/Rotate")] = NumberObject(degrees)

    return change


def cropped(left: float, lower: float, right: float, upper: float) -> Callable[[PdfWriter], None]:
    """Show a part of every page."""

    def change(writer: PdfWriter) -> None:
        for page in writer.pages:
            page.cropbox = RectangleObject((left, lower, right, upper))

    return change


def drawn(operators: str, **resources: dict[str, Any]) -> Callable[[PdfWriter], None]:
    """Add operators to the first page; /H is Helvetica."""

    def change(writer: PdfWriter) -> None:
        page = writer.pages[0]
        own = page["/Resources"].get_object()
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
                NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
            }
        )
        _into(writer, own, "/Font", "/H", font)
        for kind, entries in resources.items():
            for name, value in entries.items():
                _into(writer, own, f"/{kind}", f"/{name}", value)
        stream = DecodedStreamObject()
        stream.set_data(f"q {operators} Q".encode())
        contents = page["/Contents"]
        before = list(contents) if isinstance(contents, ArrayObject) else [page.raw_get("/Contents")]
        opening, closing = DecodedStreamObject(), DecodedStreamObject()
        opening.set_data(b"q\n")
        closing.set_data(b"\nQ\n")
        added = [writer._add_object(part) for part in (opening, closing, stream)]
        page[NameObject("/Contents")] = ArrayObject([added[0], *before, added[1], added[2]])

    return change


def _into(writer: PdfWriter, resources: DictionaryObject, kind: str, name: str, value: Any) -> None:
    if kind not in resources:
        resources[NameObject(kind)] = DictionaryObject()
    resources[kind].get_object()[NameObject(name)] = writer._add_object(value)


def words(text: str, x: float, y: float, *, size: float = 14, mode: int = 0) -> str:
    """Return the operators of a line of words in Helvetica."""
    return f"BT /H {size} Tf {mode} Tr {x} {y} Td ({text}) Tj ET"


def layer(text: str, x: float, y: float, *, shown: bool) -> Callable[[PdfWriter], None]:
    """Add words on a layer of their own."""

    def change(writer: PdfWriter) -> None:
        group = writer._add_object(
            DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): TextStringObject("drafts")})
        )
        drawn(f"/OC /L{int(shown)} BDC {words(text, x, y)} EMC", Properties={f"L{int(shown)}": group.get_object()})(
            writer
        )
        own = writer.pages[0]["/Resources"].get_object()["/Properties"].get_object()
        own[NameObject(f"/L{int(shown)}")] = group
        known = writer.root_object.get("/OCProperties")
        if known is None:
            default = DictionaryObject({NameObject("/ON"): ArrayObject(), NameObject("/OFF"): ArrayObject()})
            known = DictionaryObject({NameObject("/OCGs"): ArrayObject(), NameObject("/D"): default})
            writer.root_object[NameObject("/OCProperties")] = known
        known["/OCGs"].append(group)
        known["/D"]["/ON" if shown else "/OFF"].append(group)

    return change


def covered(text: str, x: float, y: float) -> Callable[[PdfWriter], None]:
    """Add words and a picture over them."""
    picture = DecodedStreamObject()
    picture.set_data(bytes([200, 220, 240]) * 4)
    for name, value in {"/Type": "/XObject", "/Subtype": "/Image", "/ColorSpace": "/DeviceRGB"}.items():
        picture[NameObject(name)] = NameObject(value)
    for name, number in {"/Width": 2, "/Height": 2, "/BitsPerComponent": 8}.items():
        picture[NameObject(name)] = NumberObject(number)
    return drawn(f"{words(text, x, y)} q 160 0 0 40 {x - 5} {y - 10} cm /I Do Q", XObject={"I": picture})


def annotated(subtype: str, contents: str, rect: tuple[int, int, int, int], **more: Any) -> Callable[[PdfWriter], None]:
    """Add an annotation to the first page."""

    def change(writer: PdfWriter) -> None:
        annotation = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Annot"),
                NameObject("/Subtype"): NameObject(subtype),
                NameObject("/Contents"): TextStringObject(contents),
                NameObject("/T"): TextStringObject(contents),
                NameObject("/F"): NumberObject(4),
                NameObject("/Rect"): ArrayObject(map(FloatObject, rect)),
                **{NameObject(f"/{name}"): value for name, value in more.items()},
            }
        )
        page = writer.pages[0]
        known = page["/Annots"] if "/Annots" in page else ArrayObject()
        page[NameObject("/Annots")] = ArrayObject([*known, writer._add_object(annotation)])

    return change


def stamped(text: str, rect: tuple[int, int, int, int]) -> Callable[[PdfWriter], None]:
    """Add words as an annotation that has its own drawing, as a stamp or a filled field has."""

    def change(writer: PdfWriter) -> None:
        drawing = DecodedStreamObject()
        drawing.set_data(words(text, 2, 8).encode())
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        drawing[NameObject("/Type")] = NameObject("/XObject")
        drawing[NameObject("/Subtype")] = NameObject("/Form")
        drawing[NameObject("/BBox")] = ArrayObject(map(NumberObject, (0, 0, rect[2] - rect[0], rect[3] - rect[1])))
        drawing[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/H"): writer._add_object(font)})}
        )
        appearance = DictionaryObject({NameObject("/N"): writer._add_object(drawing)})
        annotated("/FreeText", text, rect, AP=appearance)(writer)

    return change


def attached(name: str, content: bytes) -> Callable[[PdfWriter], None]:
    """Put a file inside."""
    return lambda writer: writer.add_attachment(name, content) and None


def described(**values: str) -> Callable[[PdfWriter], None]:
    """Write properties, as /Info and as XMP."""

    def change(writer: PdfWriter) -> None:
        writer.add_metadata({f"/{name}": value for name, value in values.items()})
        said = "".join(f"<dc:{name.lower()}>{value}</dc:{name.lower()}>" for name, value in values.items())
        packet = DecodedStreamObject()
        packet.set_data(
            f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            f'<r:Description xmlns:dc="http://purl.org/dc/elements/1.1/">{said}</r:Description></r:RDF>'
            f"</x:xmpmeta>".encode()
        )
        packet[NameObject("/Type")] = NameObject("/Metadata")
        packet[NameObject("/Subtype")] = NameObject("/XML")
        writer.root_object[NameObject("/Metadata")] = writer._add_object(packet)

    return change


# --- pictures -------------------------------------------------------------------------------------------------------


def photograph(form: str = "JPEG", *, said: str = SECRET) -> bytes:
    """Return a picture of a white field at (40, 30) to (160, 70), signed and with a place in its EXIF."""
    picture = Image.new("RGB", (240, 120), "navy")
    ImageDraw.Draw(picture).rectangle((40, 30, 159, 69), fill="white")
    exif = Image.Exif()
    exif[0x013B] = said
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (29.0, 33.0, 7.0)
    target = io.BytesIO()
    picture.save(target, form, exif=exif)
    return target.getvalue()


# --- office ---------------------------------------------------------------------------------------------------------


def repacked(
    content: bytes, changes: dict[str, Callable[[bytes], bytes]], added: dict[str, bytes] | None = None
) -> bytes:
    """Return a package with parts changed and added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, changes.get(name, bytes)(source.read(name)))
    return target.getvalue()


def letter() -> bytes:
    """Return a DOCX with the secret cut over runs, in header, note, comment, changes, hidden, and properties."""
    document = Document()
    document.core_properties.author = SECRET
    document.core_properties.title = f"About {CHINESE}"
    line = document.add_paragraph("The complaint of ")
    for run in ("Quill", "fea", "ther"):
        line.add_run(run).bold = run == "fea"
    line.add_run(f" and of {CHINESE[:2]}")
    document.add_paragraph(f"{CHINESE[2:]} is answered. Call 13800138000.")
    document.add_paragraph("hidden QUILLFEATHER").runs[0].font.hidden = True
    document.sections[0].header.paragraphs[0].text = f"In confidence: {SECRET}"
    document.add_table(1, 2).cell(0, 0).text = CHINESE
    document.add_picture(io.BytesIO(photograph("PNG")))
    document.add_comment(line.runs, text=f"{CHINESE} again", author=SECRET, initials="Q")
    target = io.BytesIO()
    document.save(target)
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    tracked = (
        f'<w:p xmlns:w="{word}"><w:ins w:id="91" w:author="{SECRET}"><w:r><w:t>kept words</w:t></w:r></w:ins>'
        f'<w:del w:id="92" w:author="{SECRET}"><w:r><w:delText>struck words {SECRET}</w:delText></w:r></w:del></w:p>'
    ).encode()
    return repacked(
        target.getvalue(),
        {
            "word/document.xml": lambda part: part.replace(b"<w:sectPr", tracked + b"<w:sectPr").replace(
                b'name="Picture 1"', f'name="Picture 1" descr="{SECRET} at the gate"'.encode()
            )
        },
    )


def table() -> bytes:
    """Return an XLSX with the secret in cells, formulas, numbers, names, a hidden sheet, a hidden row, a note."""
    book = openpyxl.Workbook()
    book.properties.creator = SECRET
    sheet = book.active
    sheet.title = "People"
    sheet["A1"], sheet["B1"], sheet["C1"] = SECRET, 13800138000, f'="{SECRET} & " & "son"'
    sheet["A2"], sheet["B2"] = f"{CHINESE}先生", 42
    sheet["A2"].comment = Comment(f"{CHINESE} called", SECRET)
    sheet["A3"] = "hidden row words"
    sheet.row_dimensions[3].hidden = True
    sheet.oddHeader.center.text = SECRET
    hidden = book.create_sheet(f"{SECRET} notes")
    hidden["A1"] = "sheet that nobody sees"
    hidden.sheet_state = "veryHidden"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PML = "http://schemas.openxmlformats.org/presentationml/2006/main"
_DML = "http://schemas.openxmlformats.org/drawingml/2006/main"
_OOXML = "application/vnd.openxmlformats-officedocument"


def _relations(**targets: tuple[str, str]) -> bytes:
    rows = "".join(
        f'<Relationship Id="{key}" Type="{_REL}/{word}" Target="{target}"/>' for key, (word, target) in targets.items()
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rows}</Relationships>'.encode()


def _types(**parts: str) -> bytes:
    rows = "".join(f'<Override PartName="/{name}" ContentType="{_OOXML}.{kind}"/>' for name, kind in parts.items())
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xlsx" ContentType="application/octet-stream"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    ).encode()


def _slide(words: str, *, root: str = "sld", show: str = "1") -> bytes:
    runs = "".join(f"<a:r><a:t>{run}</a:t></a:r>" for run in words.split("|"))
    shown = f' show="{show}"' if root == "sld" else ""
    return (
        f'<p:{root} xmlns:p="{_PML}" xmlns:a="{_DML}" xmlns:r="{_REL}"{shown}><p:cSld><p:spTree><p:sp><p:txBody>'
        f"<a:p>{runs}</a:p></p:txBody></p:sp></p:spTree></p:cSld></p:{root}>"
    ).encode()


def slides() -> bytes:
    """Return a PPTX of two slides, the second hidden, with the secret in runs, notes, a chart and its workbook."""
    chart = (
        f'<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:r="{_REL}"><c:chart>'
        f'<c:strCache><c:pt idx="0"><c:v>{SECRET}</c:v></c:pt></c:strCache></c:chart>'
        f'<c:externalData r:id="rId1"/></c:chartSpace>'
    ).encode()
    parts = {
        "[Content_Types].xml": _types(
            **{
                "ppt/presentation.xml": "presentationml.presentation.main+xml",
                "ppt/slides/slide1.xml": "presentationml.slide+xml",
                "ppt/slides/slide2.xml": "presentationml.slide+xml",
                "ppt/notesSlides/notesSlide1.xml": "presentationml.notesSlide+xml",
                "ppt/charts/chart1.xml": "drawingml.chart+xml",
            }
        ),
        "_rels/.rels": _relations(rId1=("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": (
            f'<p:presentation xmlns:p="{_PML}" xmlns:r="{_REL}"><p:sldIdLst><p:sldId id="256" r:id="rId1"/>'
            '<p:sldId id="257" r:id="rId2"/></p:sldIdLst></p:presentation>'
        ).encode(),
        "ppt/_rels/presentation.xml.rels": _relations(
            rId1=("slide", "slides/slide1.xml"), rId2=("slide", "slides/slide2.xml")
        ),
        "ppt/slides/slide1.xml": _slide("Words of Quill|fea|ther"),
        "ppt/slides/_rels/slide1.xml.rels": _relations(
            rId1=("notesSlide", "../notesSlides/notesSlide1.xml"), rId2=("chart", "../charts/chart1.xml")
        ),
        "ppt/slides/slide2.xml": _slide("a slide nobody sees", show="0"),
        "ppt/notesSlides/notesSlide1.xml": _slide(f"words for the speaker about {CHINESE}", root="notes"),
        "ppt/charts/chart1.xml": chart,
        "ppt/charts/_rels/chart1.xml.rels": _relations(rId1=("package", "../embeddings/book.xlsx")),
        "ppt/embeddings/book.xlsx": table(),
    }
    return _zipped(parts)


def _zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return target.getvalue()


_OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def open_document(kind: str) -> bytes:
    """Return an ODT, ODS or ODP with the secret in spans, a deleted region, a remark, hidden words and properties."""
    word, body = {"odt": ("text", "text"), "ods": ("spreadsheet",) * 2, "odp": ("presentation",) * 2}[kind]
    spaces = " ".join(f'xmlns:{name}="{_OPEN}:{name}:1.0"' for name in ("office", "text", "table", "style", "meta"))
    spaces += (
        f' xmlns:draw="{_OPEN}:drawing:1.0" xmlns:presentation="{_OPEN}:presentation:1.0"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:x="http://www.w3.org/1999/xlink"'
    )
    line = (
        f'<text:p>Words of Quill<text:span>fea</text:span>ther<text:s/>and<text:change text:change-id="c1"/>'
        f"<office:annotation><dc:creator>{SECRET}</dc:creator><text:p>a remark on {CHINESE}</text:p>"
        f"</office:annotation>"
        f'<text:hidden-text text:condition="x" text:string-value="unseen words" text:is-hidden="true"/></text:p>'
        f"<text:p>{CHINESE[:2]}</text:p><text:p>{CHINESE[2:]}</text:p>"
    )
    tracked = (
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><office:change-info>'
        f"<dc:creator>{SECRET}</dc:creator></office:change-info><text:p>struck {SECRET}</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
    )
    content = {
        "odt": f'{tracked}{line}<draw:frame><draw:image x:href="Pictures/gate.png"/></draw:frame>',
        "ods": f'{tracked}<table:table table:name="People"><table:table-row><table:table-cell>{line}</table:table-cell>'
        f'</table:table-row><table:table-row table:visibility="collapse"><table:table-cell><text:p>row nobody sees'
        f"</text:p></table:table-cell></table:table-row></table:table>",
        "odp": f'{tracked}<draw:page draw:name="{SECRET}">{line}</draw:page><draw:page draw:name="two" '
        f'draw:style-name="gone"><text:p>page nobody sees</text:p></draw:page>',
    }[kind]
    style = (
        '<office:automatic-styles><style:style style:name="gone" style:family="drawing-page">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style></office:automatic-styles>'
    )
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{word}".encode(),
        "content.xml": (
            f"<office:document-content {spaces}>{style}<office:body><office:{body}>{content}</office:{body}>"
            "</office:body></office:document-content>"
        ).encode(),
        "meta.xml": (
            f"<office:document-meta {spaces}><office:meta><meta:initial-creator>{SECRET}</meta:initial-creator>"
            "</office:meta></office:document-meta>"
        ).encode(),
        "META-INF/manifest.xml": (
            f'<manifest:manifest xmlns:manifest="{_OPEN}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
            f'manifest:media-type="application/vnd.oasis.opendocument.{word}"/></manifest:manifest>'
        ).encode(),
        "Thumbnails/thumbnail.png": photograph("PNG"),
        "Pictures/gate.png": photograph("PNG"),
        "ObjectReplacements/Object 1": f"VCLMTF {SECRET}".encode("utf-16-le"),
    }
    return _zipped(parts)
