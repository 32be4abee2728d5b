"""Office documents keep what they say and lose who wrote it, where, and what they would run or fetch."""

import io
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pytest
from docx.shared import Inches
from lxml import etree
from openpyxl.comments import Comment
from PIL import Image

from engage.errors import Refused
from engage.participation.attachments import inspect, sanitise
from engage.participation.attachments import packages as packing

pytestmark = pytest.mark.sqlite_only

AUTHOR, COMPANY, PLACE = "Zhang San 4711", "Quarry Works Ltd", "C:\\Users\\zhangsan\\Desktop"
SECRETS = [secret.encode(encoding) for secret in (AUTHOR, COMPANY, "zhangsan") for encoding in ("utf-8", "utf-16-le")]
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

Edit = Callable[[bytes], bytes]


def edited(content: bytes, changes: dict[str, bytes | Edit | None], **more: bytes) -> bytes:
    """Return the package with parts added, replaced, changed by a function, or (None) removed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            change = changes.get(name, source.read(name))
            if change is not None:
                made.writestr(name, change(source.read(name)) if callable(change) else change)
        for name, part in changes.items():
            if name not in source.namelist() and part is not None:
                made.writestr(name, part)
    return target.getvalue()


def related(word: str, target: str, *, external: bool = False, id_: str = "rIdX") -> Edit:
    mode = ' TargetMode="External"' if external else ""
    relation = f'<Relationship Id="{id_}" Type="{OFFICE}/{word}" Target="{target}"{mode}/>'.encode()
    return lambda part: part.replace(b"</Relationships>", relation + b"</Relationships>")


def new_relations(word: str, target: str) -> bytes:
    return related(word, target)(f'<?xml version="1.0"?><Relationships xmlns="{RELATIONS}"></Relationships>'.encode())


def everything(content: bytes) -> bytes:
    """All names and unpacked parts in one row, packages inside too."""
    found = []
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            part = package.read(name)
            found += [name.encode(), part]
            if part.startswith(b"PK\x03\x04"):
                found.append(everything(part))
        found += [entry.extra for entry in package.infolist()]
    return b"\n".join(found)


def cleaned(content: bytes, name: str) -> bytes:
    kept = sanitise(inspect(content, name=name), content)
    inspect(kept, name=name)
    return kept


def assert_no_secrets(kept: bytes) -> None:
    whole = everything(kept)
    assert [secret for secret in SECRETS if secret in whole] == []


def code_of(content: bytes, name: str) -> str:
    with pytest.raises(Refused) as refused:
        inspect(content, name=name)
    return refused.value.code


def photograph() -> bytes:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = AUTHOR
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 27.0)})
    Image.new("RGB", (40, 30), "green").save(target, "JPEG", exif=exif)
    return target.getvalue()


# --- DOCX ----------------------------------------------------------------------------------------------------------


def letter() -> bytes:
    document = docx.Document()
    document.core_properties.author = document.core_properties.last_modified_by = AUTHOR
    document.core_properties.title = COMPANY
    paragraph = document.add_paragraph("第一条 为了规范征求意见，制定本办法。")
    document.add_comment(paragraph.runs, text="改成每周两次", author=AUTHOR, initials="ZS")
    document.add_picture(io.BytesIO(photograph()), width=Inches(1))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def in_body(xml: str) -> Edit:
    return lambda part: part.replace(b"<w:sectPr", xml.encode() + b"<w:sectPr", 1)


def fields(*instructions: str) -> str:
    """A field whose instruction is spread over runs, as Word writes it, with a result."""
    runs = "".join(f'<w:r><w:instrText xml:space="preserve">{text}</w:instrText></w:r>' for text in instructions)
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{step}"/></w:r>' for step in ("begin", "separate", "end"))
    return f"<w:p>{begin}{runs}{separate}<w:r><w:t>结果</w:t></w:r>{end}</w:p>"


def test_a_letter_keeps_its_text_and_loses_author_company_comments_authors_and_place() -> None:
    content = edited(
        letter(),
        {
            "docProps/app.xml": (
                '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
                f"<Company>{COMPANY}</Company><Manager>{AUTHOR}</Manager></Properties>"
            ).encode(),
            "word/document.xml": in_body(
                f'<w:p><w:ins w:id="9" w:author="{AUTHOR}" w:date="2026-03-01T10:00:00Z"><w:r><w:t>新增</w:t></w:r>'
                f'</w:ins><w:del w:id="10" w:author="{AUTHOR}"><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>'
            ),
        },
    )
    whole = everything(content)
    assert all(secret.encode() in whole for secret in (AUTHOR, COMPANY))
    kept = cleaned(content, "letter.docx")
    assert_no_secrets(kept)
    before, after = docx.Document(io.BytesIO(content)), docx.Document(io.BytesIO(kept))
    assert [p.text for p in after.paragraphs] == [p.text for p in before.paragraphs]
    assert after.core_properties.author == ""
    assert [comment.text for comment in after.comments] == ["改成每周两次"]
    assert [comment.author for comment in after.comments] == ["Author"]
    assert len(after.inline_shapes) == 1
    assert b"2026-03-01" not in everything(kept)
    assert "新增".encode() in everything(kept)


def test_parts_about_the_author_are_left_out_with_what_leads_to_them() -> None:
    content = edited(
        letter(),
        {
            "docProps/custom.xml": f"<Properties><property>{AUTHOR}</property></Properties>".encode(),
            "_rels/.rels": related("custom-properties", "docProps/custom.xml"),
            "word/people.xml": f'<people author="{AUTHOR}"/>'.encode(),
            "word/_rels/document.xml.rels": related("people", "people.xml"),
            "hidden/payload.xml": f"<x>{AUTHOR}</x>".encode(),
        },
    )
    kept = cleaned(content, "letter.docx")
    assert_no_secrets(kept)
    names = set(zipfile.ZipFile(io.BytesIO(kept)).namelist())
    gone = {"docProps/custom.xml", "docProps/thumbnail.jpeg", "word/people.xml", "hidden/payload.xml"}
    assert not names & gone
    types = zipfile.ZipFile(io.BytesIO(kept)).read("[Content_Types].xml")
    assert not any(name.encode() in types for name in gone)
    assert not any(name.startswith("customXml/") for name in names)


def test_a_letter_no_longer_fetches_its_template_or_a_picture_from_elsewhere() -> None:
    settings = related("attachedTemplate", f"file:///{PLACE}\\normal.dotm", external=True)
    content = edited(
        letter(),
        {
            "word/settings.xml": lambda part: part.replace(
                b"<w:zoom",
                f'<w:attachedTemplate xmlns:r="{OFFICE}" r:id="rIdX"/><w:rsids/><w:zoom'.encode(),
                1,
            ),
            "word/_rels/settings.xml.rels": settings(new_relations("theme", "theme/theme1.xml")),
            "word/_rels/document.xml.rels": related("image", "http://tracker.example/zhangsan.png", external=True),
        },
    )
    kept = cleaned(content, "letter.docx")
    assert_no_secrets(kept)
    whole = everything(kept)
    assert b"tracker.example" not in whole
    assert b"attachedTemplate" not in whole
    assert docx.Document(io.BytesIO(kept)).paragraphs


def test_a_link_to_the_web_stays_and_one_to_a_file_goes() -> None:
    def both(part: bytes) -> bytes:
        web = related("hyperlink", "https://www.example.org/law", external=True, id_="rIdW")(part)
        return related("hyperlink", f"file:///{PLACE}\\plan.doc", external=True, id_="rIdF")(web)

    kept = cleaned(edited(letter(), {"word/_rels/document.xml.rels": both}), "letter.docx")
    assert_no_secrets(kept)
    assert b"https://www.example.org/law" in everything(kept)


@pytest.mark.parametrize(
    "instructions",
    [
        ("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe zhangsan",),
        (" DD", "EAUTO ", "cmd zhangsan"),
        (' INCLUDEPICTURE "http://tracker.example/zhangsan.png" \\d',),
    ],
)
def test_a_field_that_runs_or_fetches_is_emptied_and_its_result_stays(instructions: tuple[str, ...]) -> None:
    content = edited(letter(), {"word/document.xml": in_body(fields(*instructions) + fields(" PAGE "))})
    kept = cleaned(content, "letter.docx")
    assert_no_secrets(kept)
    body = zipfile.ZipFile(io.BytesIO(kept)).read("word/document.xml")
    assert body.count("结果".encode()) == 2
    assert b" PAGE " in body


def test_alternative_text_that_is_a_path_is_emptied_and_other_text_stays() -> None:
    def described(part: bytes) -> bytes:
        second = part.replace(b"<wp:docPr ", f'<wp:docPr descr="{PLACE}\\a.jpg" '.encode(), 1)
        return second.replace(b"<pic:cNvPr ", '<pic:cNvPr descr="村口的水井" '.encode(), 1)

    kept = cleaned(edited(letter(), {"word/document.xml": described}), "letter.docx")
    assert_no_secrets(kept)
    assert "村口的水井".encode() in everything(kept)


def test_the_dates_of_packing_are_the_same_for_everybody() -> None:
    kept = cleaned(letter(), "letter.docx")
    assert {entry.date_time for entry in zipfile.ZipFile(io.BytesIO(kept)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"word/vbaProject.bin": b"x"}, "has_macros"),
        ({"word/VbaProject.BIN": b"x"}, "has_macros"),
        (
            {"[Content_Types].xml": lambda part: part.replace(b"document.main+xml", b"macroEnabled.main+xml")},
            "has_macros",
        ),
        ({"word/_rels/document.xml.rels": related("control", "activeX/activeX1.xml")}, "active_content"),
        ({"word/_rels/document.xml.rels": related("aFChunk", "chunk.html")}, "active_content"),
        (
            {"word/_rels/document.xml.rels": related("image", "media/x.png"), "word/media/x.png": b"MZ\x90\0 program"},
            "embedded_files",
        ),
        (
            {
                "word/_rels/document.xml.rels": related("oleObject", "embeddings/o.bin"),
                "word/embeddings/o.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096),
            },
            "truncated",
        ),
        (
            {
                "word/_rels/document.xml.rels": related("package", "embeddings/o.zip"),
                "word/embeddings/o.zip": packing.write([("run.exe", b"MZ")]),
            },
            "embedded_files",
        ),
        ({"word/document.xml": b"<w:document>"}, "truncated"),
        ({"word/document.xml": b"<!DOCTYPE w:document []><w:document/>"}, "entity_bomb"),
        ({"word/document.xml": "<!DOCTYPE d []><d/>".encode("utf-16")}, "entity_bomb"),
        ({"[Content_Types].xml": b"<Types/>"}, "type_mismatch"),
        ({"a/../../b.xml": b"<a/>"}, "path_escape"),
    ],
)
def test_a_document_that_could_harm_is_refused(changes: dict[str, bytes | Edit], code: str) -> None:
    assert code_of(edited(letter(), changes), "letter.docx") == code


def test_an_encrypted_part_a_part_named_twice_and_a_damaged_part_are_refused() -> None:
    content = letter()
    entry = content.index(b"PK\x01\x02")
    assert code_of(content[: entry + 8] + b"\x01" + content[entry + 9 :], "letter.docx") == "encrypted"
    twice = packing.write([("[Content_Types].xml", b"<Types/>"), ("[content_types].xml", b"<Types/>")])
    assert code_of(twice, "letter.docx") == "truncated"
    assert code_of(content[: len(content) // 2], "letter.docx") == "truncated"


def test_a_part_that_lies_about_its_size_is_never_unpacked_beyond_it() -> None:
    content = packing.write([("a.bin", bytes(5_000_000))])
    entry = content.index(b"PK\x01\x02")
    lying = content[: entry + 24] + (10).to_bytes(4, "little") + content[entry + 28 :]
    with pytest.raises(Refused) as refused:
        packing.Package(lying).read("a.bin")
    assert refused.value.code == "truncated"


def test_a_part_of_too_many_tags_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MAX_XML_TAGS", 50)
    assert code_of(letter(), "letter.docx") == "too_many_parts"


def test_a_document_named_as_another_kind_is_refused() -> None:
    assert code_of(letter(), "letter.xlsx") == "type_mismatch"
    assert inspect(letter(), name="letter").safe_name == "letter.docx"


# --- XLSX ----------------------------------------------------------------------------------------------------------


def table() -> bytes:
    book = openpyxl.Workbook()
    book.properties.creator = book.properties.lastModifiedBy = AUTHOR
    sheet = book.active
    sheet["A1"], sheet["B1"], sheet["B2"] = "村", 3, "=B1*2"
    sheet["A1"].comment = Comment("数字不对", AUTHOR)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def comments_of(content: bytes) -> str:
    return next(name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if "comment" in name and "xml" in name)


def test_a_table_keeps_its_cells_and_loses_authors_path_and_printer() -> None:
    content = table()
    content = edited(
        content,
        {
            "xl/workbook.xml": lambda part: part.replace(
                b"<bookViews>",
                f'<absPath xmlns="urn:x" url="{PLACE}"/><fileSharing userName="{AUTHOR}"/><bookViews>'.encode(),
            ),
            "xl/printerSettings/p1.bin": b"\\\\office\\zhangsan printer",
            "xl/worksheets/_rels/sheet1.xml.rels": related("printerSettings", "../printerSettings/p1.bin"),
            "xl/worksheets/sheet1.xml": lambda part: part.replace(
                b"<legacyDrawing",
                f'<pageSetup xmlns:r="{OFFICE}" orientation="portrait" r:id="rIdX"/><legacyDrawing'.encode(),
            ),
            comments_of(content): lambda part: part.replace(b"<text>", f"<text><r><t>{AUTHOR}:</t></r>".encode()),
        },
    )
    assert AUTHOR.encode() in everything(content)
    kept = cleaned(content, "table.xlsx")
    assert_no_secrets(kept)
    sheet = openpyxl.load_workbook(io.BytesIO(kept)).active
    assert [list(row) for row in sheet.values] == [["村", 3], [None, "=B1*2"]]
    assert "数字不对" in sheet["A1"].comment.text
    assert sheet["A1"].comment.author == "Author"
    assert b"absPath" not in everything(kept)
    assert b"printer" not in everything(kept)
    assert b'orientation="portrait"' in everything(kept)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"xl/_rels/workbook.xml.rels": related("connections", "connections.xml")}, "active_content"),
        (
            {"xl/externalLinks/externalLink1.xml": b'<externalLink xmlns="urn:x"><ddeLink/></externalLink>'},
            "active_content",
        ),
        ({"xl/macrosheets/sheet1.xml": b"<a/>"}, "has_macros"),
    ],
)
def test_a_table_that_runs_or_fetches_is_refused(changes: dict[str, bytes | Edit], code: str) -> None:
    assert code_of(edited(table(), changes), "table.xlsx") == code


def test_a_table_inside_a_letter_is_cleaned_too_but_not_a_letter_inside_that() -> None:
    leads = {"word/_rels/document.xml.rels": related("package", "embeddings/t.xlsx")}
    kept = cleaned(edited(letter(), leads | {"word/embeddings/t.xlsx": table()}), "letter.docx")
    assert_no_secrets(kept)
    assert openpyxl.load_workbook(io.BytesIO(zipfile.ZipFile(io.BytesIO(kept)).read("word/embeddings/t.xlsx")))
    deep = edited(
        table(),
        {"xl/worksheets/_rels/sheet1.xml.rels": related("package", "../t.xlsx"), "xl/t.xlsx": table()},
    )
    assert code_of(edited(letter(), leads | {"word/embeddings/t.xlsx": deep}), "letter.docx") == "embedded_files"


# --- PPTX ----------------------------------------------------------------------------------------------------------

SLIDES = "http://schemas.openxmlformats.org/presentationml/2006/main"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"


def slides() -> bytes:
    presentation = (
        f'<p:presentation xmlns:p="{SLIDES}" xmlns:r="{OFFICE}">'
        '<p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst>'
        '<p:custDataLst><p:custData r:id="rId3"/></p:custDataLst></p:presentation>'
    )
    relations = new_relations("slide", "slides/slide1.xml").replace(b"rIdX", b"rId1")
    relations = related("commentAuthors", "/ppt/commentAuthors.xml", id_="rId2")(relations)
    relations = related("customXml", "../customXml/item1.xml", id_="rId3")(relations)
    authors = f'<p:cmAuthorLst xmlns:p="{SLIDES}"><p:cmAuthor id="0" name="{AUTHOR}" initials="ZS"/></p:cmAuthorLst>'
    film = film_with_place()
    return packing.write(
        [
            (
                "[Content_Types].xml",
                f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override '
                f'PartName="/ppt/presentation.xml" ContentType="{MAIN_TYPE}"/></Types>'.encode(),
            ),
            ("_rels/.rels", new_relations("officeDocument", "ppt/presentation.xml")),
            ("ppt/presentation.xml", presentation.encode()),
            ("ppt/_rels/presentation.xml.rels", relations),
            ("ppt/slides/slide1.xml", f'<p:sld xmlns:p="{SLIDES}"><p:t>饮水工程</p:t></p:sld>'.encode()),
            ("ppt/slides/_rels/slide1.xml.rels", new_relations("video", "../media/well%20film.mp4")),
            ("ppt/media/well film.mp4", film),
            ("ppt/commentAuthors.xml", authors.encode()),
            ("customXml/item1.xml", f"<x>{AUTHOR}</x>".encode()),
        ]
    )


def film_with_place() -> bytes:
    def box(kind: bytes, body: bytes) -> bytes:
        return (8 + len(body)).to_bytes(4, "big") + kind + body

    return box(b"ftyp", b"mp42\0\0\0\0") + box(b"moov", box(b"udta", AUTHOR.encode())) + box(b"mdat", b"pictures")


def test_slides_keep_their_text_and_film_and_lose_the_people() -> None:
    content = slides()
    assert AUTHOR.encode() in everything(content)
    kept = cleaned(content, "slides.pptx")
    assert_no_secrets(kept)
    names = set(zipfile.ZipFile(io.BytesIO(kept)).namelist())
    assert {"ppt/slides/slide1.xml", "ppt/commentAuthors.xml", "ppt/media/well film.mp4"} <= names
    assert not any(name.startswith("customXml") for name in names)
    presentation = etree.fromstring(zipfile.ZipFile(io.BytesIO(kept)).read("ppt/presentation.xml"))
    assert presentation.find(f".//{{{SLIDES}}}custData") is None
    assert presentation.find(f".//{{{SLIDES}}}sldId") is not None


# --- ODT and ODS ---------------------------------------------------------------------------------------------------

SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" '
    'xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0" '
    'xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
)


def open_document(kind: str = "text", **more: bytes) -> bytes:
    body = (
        f"<office:document-content {SPACES}><office:scripts><office:event-listeners><script:event-listener "
        f'xlink:href="vnd.sun.star.script:run"/></office:event-listeners></office:scripts><office:body><text:p>第一条'
        f"<office:annotation><dc:creator>{AUTHOR}</dc:creator><text:p>批注</text:p></office:annotation></text:p>"
        f'<text:a xlink:href="https://www.example.org/">网</text:a><text:a xlink:href="file:///{PLACE}">盘</text:a>'
        '<draw:image xlink:href="Pictures/a.jpg"/><draw:image xlink:href="http://tracker.example/x.png"/>'
        "</office:body></office:document-content>"
    )
    settings = (
        f"<office:document-settings {SPACES}><config:config-item config:name='PrinterName'>zhangsan printer"
        "</config:config-item></office:document-settings>"
    )
    manifest = (
        f'<m:manifest {SPACES}><m:file-entry m:full-path="/"/><m:file-entry m:full-path="Thumbnails/t.png"/>'
        '<m:file-entry m:full-path="content.xml"/></m:manifest>'
    )
    parts = {
        "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
        "content.xml": body.encode(),
        "settings.xml": settings.encode(),
        "meta.xml": f"<office:document-meta {SPACES}><meta:initial-creator>{AUTHOR}</meta:initial-creator>"
        f"</office:document-meta>".encode(),
        "Pictures/a.jpg": photograph(),
        "Thumbnails/t.png": b"\x89PNG zhangsan",
        "META-INF/documentsignatures.xml": f"<x>{AUTHOR}</x>".encode(),
        "META-INF/manifest.xml": manifest.encode(),
    }
    return packing.write((parts | more).items())


@pytest.mark.parametrize(("kind", "name"), [("text", "letter.odt"), ("spreadsheet", "table.ods")])
def test_an_open_document_keeps_its_text_and_loses_the_same_things(kind: str, name: str) -> None:
    content = open_document(kind)
    kept = cleaned(content, name)
    assert_no_secrets(kept)
    package = zipfile.ZipFile(io.BytesIO(kept))
    assert package.infolist()[0].filename == "mimetype"
    assert package.infolist()[0].compress_type == zipfile.ZIP_STORED
    body = package.read("content.xml").decode()
    assert "第一条" in body
    assert "批注" in body
    assert "https://www.example.org/" in body
    assert "Pictures/a.jpg" in body
    assert "tracker.example" not in body
    assert "event-listener" not in body
    assert Image.open(io.BytesIO(package.read("Pictures/a.jpg"))).size == (40, 30)
    assert not {"Thumbnails/t.png", "META-INF/documentsignatures.xml"} & set(package.namelist())
    assert b"Thumbnails" not in package.read("META-INF/manifest.xml")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"Basic/Standard/Module1.xml": b"<a/>"}, "has_macros"),
        ({"Scripts/python/run.py": b"import os"}, "has_macros"),
        ({"Object 1": b"MZ\x90\0"}, "embedded_files"),
        (
            {"META-INF/manifest.xml": f"<m:manifest {SPACES}><m:encryption-data/></m:manifest>".encode()},
            "encrypted",
        ),
        ({"mimetype": b"application/vnd.oasis.opendocument.graphics"}, "type_mismatch"),
    ],
)
def test_an_open_document_that_could_harm_is_refused(more: dict[str, bytes], code: str) -> None:
    assert code_of(open_document(**more), "letter.odt") == code


# --- Old formats ---------------------------------------------------------------------------------------------------


def test_an_envelope_that_cannot_be_read_is_locked_or_unknown_by_its_name() -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)
    assert code_of(content, "table.xlsx") == "encrypted"
    assert code_of(content, "letter.doc") == "unknown_type"
