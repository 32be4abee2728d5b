"""A PDF keeps its pages and loses its author, its scripts, the files inside it and the places of its photographs."""

import io
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from engage.errors import Refused
from engage.participation.attachments import inspect, sanitise
from engage.participation.attachments import pdf as cleaning

pytestmark = pytest.mark.sqlite_only

SECRET = "ZhangSan4711"


def named(**items: object) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in items.items()})


def names(*words: str) -> ArrayObject:
    return ArrayObject(NameObject(word) for word in words)


def action(kind: str, **items: object) -> DictionaryObject:
    return named(Type=NameObject("/Action"), S=NameObject(kind), **items)


def annotation(kind: str, **items: object) -> DictionaryObject:
    place = ArrayObject(NumberObject(number) for number in (10, 10, 60, 30))
    return named(Type=NameObject("/Annot"), Subtype=NameObject(kind), Rect=place, **items)


def photograph() -> bytes:
    target = io.BytesIO()
    exif = Image.Exif()
    exif[0x013B] = SECRET
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 54.0, 27.0)})
    Image.new("RGB", (16, 16), "green").save(target, "JPEG", exif=exif)
    return target.getvalue()


def picture(*, packed: bool) -> StreamObject:
    stream = EncodedStreamObject()
    content = zlib.compress(photograph()) if packed else photograph()
    filters = names("/FlateDecode", "/DCTDecode") if packed else NameObject("/DCTDecode")
    stream.update(
        named(
            Type=NameObject("/XObject"),
            Subtype=NameObject("/Image"),
            Width=NumberObject(16),
            Height=NumberObject(16),
            ColorSpace=NameObject("/DeviceRGB"),
            BitsPerComponent=NumberObject(8),
            Filter=filters,
        )
    )
    StreamObject.set_data(stream, content)
    return stream


def letter() -> PdfWriter:
    """One page with text, a photograph twice, and everything a program may add to it."""
    writer = PdfWriter()
    writer.add_metadata({"/Author": SECRET, "/Title": "letter"})
    page = writer.add_blank_page(200, 200)
    shown = DecodedStreamObject()
    shown.set_data(b"BT /AA 12 Tf 20 100 Td (Article one) Tj ET /P1 Do /P2 Do")
    font = named(Type=NameObject("/Font"), Subtype=NameObject("/Type1"), BaseFont=NameObject("/Helvetica"))
    pictures = named(
        P1=writer._add_object(picture(packed=False)),
        P2=writer._add_object(picture(packed=True)),
    )
    page[NameObject("/Contents")] = writer._add_object(shown)
    page[NameObject("/Resources")] = named(Font=named(AA=writer._add_object(font)), XObject=pictures)
    script = action("/JavaScript", JS=TextStringObject(f"app.alert('{SECRET}')"))
    launch = action("/Launch", F=TextStringObject(f"cmd.exe {SECRET}"))
    page[NameObject("/AA")] = named(O=script)
    page[NameObject("/Annots")] = ArrayObject(
        writer._add_object(item)
        for item in (
            annotation("/Text", T=TextStringObject(SECRET), Contents=TextStringObject("change this")),
            annotation("/Link", A=action("/URI", URI=TextStringObject("https://www.example.org/"))),
            annotation("/Link", A=action("/URI", URI=TextStringObject(f"file:///{SECRET}"))),
            annotation("/Link", A=launch),
            annotation("/FileAttachment", Contents=TextStringObject(SECRET)),
            annotation("/Widget", T=TextStringObject("field"), FT=NameObject("/Tx"), A=script),
        )
    )
    writer.root_object[NameObject("/OpenAction")] = script
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp())
    writer.add_attachment(f"{SECRET}.exe", f"MZ {SECRET}".encode())
    scripts = named(Names=ArrayObject([TextStringObject("start"), writer._add_object(script)]))
    writer.root_object["/Names"][NameObject("/JavaScript")] = scripts
    writer.add_outline_item(title="Chapter one", page_number=0)
    return writer


def xmp() -> StreamObject:
    stream = DecodedStreamObject()
    stream.update(named(Type=NameObject("/Metadata"), Subtype=NameObject("/XML")))
    stream.set_data(f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode())
    return stream


def written(writer: PdfWriter) -> bytes:
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def everything(content: bytes) -> bytes:
    """The file and each of its streams unpacked, photographs as they lie."""
    reader = PdfReader(io.BytesIO(content))
    found = [content]
    for number in range(1, int(reader.trailer["/Size"])):
        item = reader.get_object(number)
        if isinstance(item, StreamObject):
            found.append(item.get_data())
        found.append(repr(item).encode())
    return b"\n".join(found)


def cleaned(content: bytes) -> bytes:
    """In this program; how it runs confined is shown once."""
    return cleaning.clean(content)


def test_a_letter_keeps_its_page_and_loses_everything_that_names_or_runs() -> None:
    content = written(letter())
    assert SECRET.encode() in everything(content)
    inspected = inspect(io.BytesIO(content), name="letter.pdf")
    assert (inspected.kind, inspected.media_type) == ("pdf", "application/pdf")
    kept = sanitise(inspected, content)
    assert SECRET.encode() not in everything(kept)
    reader = PdfReader(io.BytesIO(kept))
    assert not reader.metadata
    assert reader.pages[0].extract_text().strip() == "Article one"
    assert [item.title for item in reader.outline] == ["Chapter one"]
    assert not {"/OpenAction", "/Names", "/Metadata", "/AF"} & {
        key for key in reader.root_object if reader.root_object[key]
    }
    assert "/AA" not in reader.pages[0]
    assert "/AA" in reader.pages[0]["/Resources"]["/Font"]


def test_links_to_the_web_comments_and_fields_stay() -> None:
    page = PdfReader(io.BytesIO(cleaned(written(letter())))).pages[0]
    found = [item.get_object() for item in page["/Annots"]]
    assert [item["/Subtype"] for item in found] == ["/Text", "/Link", "/Link", "/Link", "/Widget"]
    assert found[0]["/Contents"] == "change this"
    assert found[1]["/A"]["/URI"] == "https://www.example.org/"
    assert ["/A" in item for item in found] == [False, True, False, False, False]
    assert found[4]["/T"] == "field"


def test_both_photographs_keep_their_pixels() -> None:
    page = PdfReader(io.BytesIO(cleaned(written(letter())))).pages[0]
    expected = Image.open(io.BytesIO(photograph())).tobytes()
    assert len(page.images) == 2
    assert [shown.image.tobytes() for shown in page.images] == [expected, expected]


def test_an_older_state_of_the_file_is_gone() -> None:
    content = written(letter())
    writer = PdfWriter(io.BytesIO(content), incremental=True)
    writer.add_blank_page(100, 100)
    newer = written(writer)
    assert newer.startswith(content)
    kept = cleaned(newer)
    assert SECRET.encode() not in everything(kept)
    assert kept.count(b"%%EOF") == 1
    assert len(PdfReader(io.BytesIO(kept)).pages) == 2


def test_a_script_that_is_also_called_a_font_is_gone() -> None:
    writer = letter()
    page = writer.pages[0]
    link = annotation("/Link", A=action("/JavaScript", JS=TextStringObject(SECRET)))
    reference = writer._add_object(link)
    page["/Resources"]["/Font"][NameObject("/F9")] = reference
    page[NameObject("/Annots")] = ArrayObject([reference])
    assert SECRET.encode() not in everything(cleaned(written(writer)))


def test_a_file_with_a_password_is_refused_and_one_locked_only_for_changes_is_opened() -> None:
    writer = letter()
    writer.encrypt(user_password="secret", algorithm="AES-256")
    with pytest.raises(Refused) as refused:
        cleaned(written(writer))
    assert refused.value.code == "encrypted"
    writer = letter()
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    kept = cleaned(written(writer))
    assert SECRET.encode() not in everything(kept)
    assert PdfReader(io.BytesIO(kept)).pages[0].extract_text().strip() == "Article one"


def test_a_signature_with_its_certificate_is_gone_and_its_field_stays() -> None:
    writer = letter()
    value = named(Type=NameObject("/Sig"), ByteRange=ArrayObject(), Name=TextStringObject(SECRET))
    field = annotation("/Widget", T=TextStringObject("sign"), FT=NameObject("/Sig"), V=writer._add_object(value))
    writer.pages[0]["/Annots"].append(writer._add_object(field))
    kept = cleaned(written(writer))
    assert SECRET.encode() not in everything(kept)
    assert PdfReader(io.BytesIO(kept)).pages[0]["/Annots"][-1].get_object()["/T"] == "sign"


@pytest.mark.parametrize(("bound", "least"), [("MAX_PAGES", 0), ("MAX_OBJECTS", 3)])
def test_a_file_of_too_many_pages_or_objects_is_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, least: int
) -> None:
    monkeypatch.setattr(cleaning, bound, least)
    with pytest.raises(Refused) as refused:
        cleaning.clean(written(letter()))
    assert refused.value.code == "too_many_parts"


def test_a_photograph_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaning, "MAX_PICTURE_BYTES", 100)
    with pytest.raises(Refused) as refused:
        cleaning.clean(written(letter()))
    assert refused.value.code == "zip_bomb"


def test_no_cut_makes_the_cleaning_fall_over() -> None:
    content = written(letter())
    for length in range(0, len(content), 97):
        try:
            kept = cleaning.clean(content[:length])
        except Refused as refused:
            assert refused.code == "truncated"
        else:
            assert SECRET.encode() not in kept


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n" + b"[" * 20_000,
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Kids[2 0 R]/Count 9>>endobj\n"
        b"trailer<</Root 1 0 R>>",
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
    ],
)
def test_a_file_that_leads_in_circles_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        inspect(content, name="letter.pdf")
    assert refused.value.code in {"truncated", "too_complex"}
