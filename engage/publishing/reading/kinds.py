"""What kind of file this is, told by its content; the name is believed only when it contradicts it."""

from __future__ import annotations

from engage.errors import Refused
from engage.participation.attachments import envelopes, office, opendocument, packages, plain_text
from engage.participation.attachments.naming import ending
from engage.participation.attachments.packages import ZIP_MAGIC, Package

# Of one file; the Studio takes documents up to this size.
MAX_BYTES = 64 * 1024 * 1024

OFFICE = ("docx", "xlsx", "pptx")
OPEN_DOCUMENT = ("odt", "ods", "odp")
PICTURES = ("jpeg", "png", "webp", "gif", "tiff", "heic")
TEXTS = ("text", "html")

_MAIN_TYPES = {"wordprocessingml": "docx", "spreadsheetml": "xlsx", "presentationml": "pptx"}
_OPEN_TYPES = {b"text": "odt", b"spreadsheet": "ods", b"presentation": "odp"}
_CLAIMS = {
    **{name: name for name in ("pdf", *OFFICE, *OPEN_DOCUMENT, "rtf", "zip", "png", "webp", "gif", "heic")},
    **dict.fromkeys(["jpg", "jpeg", "jpe", "jfif"], "jpeg"),
    **dict.fromkeys(["tif", "tiff"], "tiff"),
    **dict.fromkeys(["heif", "hif"], "heic"),
    **dict.fromkeys(["htm", "html", "xhtml"], "html"),
    **dict.fromkeys(["txt", "text", "md", "csv", "tsv", "log", "json"], "text"),
    "docm": "docx",
    "xlsm": "xlsx",
    "pptm": "pptx",
    "dotx": "docx",
    "xltx": "xlsx",
    "ppsx": "pptx",
}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")


def kind_of(content: bytes, name: str) -> str:
    """Return "pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "rtf", "html", "text", "zip" or a kind of picture.

    Raises Refused: "empty", "too_large", "encrypted", "old_office", "unknown_type", "type_mismatch", "truncated",
    "too_many_parts", "zip_bomb", "path_escape".
    """
    if not content:
        raise Refused("empty")
    if len(content) > MAX_BYTES:
        raise Refused("too_large", max_bytes=MAX_BYTES)
    claimed = _CLAIMS.get(ending(name))
    try:
        kind = _by_content(content, claimed)
    except Refused as refused:
        if refused.code == "unknown_type" and claimed:
            raise Refused("type_mismatch") from refused
        raise
    # A page of a browser may be read as text; every other contradiction is a mistake or a trick.
    if claimed and claimed != kind and {claimed, kind} != {"text", "html"}:
        raise Refused("type_mismatch")
    return claimed if claimed in TEXTS else kind


def _by_content(content: bytes, claimed: str | None) -> str:
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(ZIP_MAGIC):
        return _zipped(Package(content))
    if content.startswith(envelopes.OLE_MAGIC):
        envelopes.refuse(content, named_as_package=claimed in (*OFFICE, *OPEN_DOCUMENT))
    if content.startswith(b"{\\rtf"):
        return "rtf"
    picture = _picture(content)
    if picture:
        return picture
    text = plain_text.decode(content)
    return "html" if plain_text.is_markup(text) else "text"


def _zipped(package: Package) -> str:
    if office.TYPES in package.names:
        types = package.read(office.TYPES)
        if package.size(office.TYPES) <= packages.MAX_XML_BYTES:
            kinds = {kind for word, kind in _MAIN_TYPES.items() if f"{word}.".encode() in types}
            parts = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
            for kind in OFFICE:
                if kind in kinds and any(name.startswith(parts[kind]) for name in package.names):
                    return kind
            return "docx" if "word/document.xml" in package.names else "zip"
    declared = package.read(opendocument.MIMETYPE).strip()
    for word, found in _OPEN_TYPES.items():
        if declared.startswith(b"application/vnd.oasis.opendocument." + word):
            return found
    return "zip"


def _picture(content: bytes) -> str:
    starts = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png", b"GIF8": "gif", b"II*\0": "tiff", b"MM\0*": "tiff"}
    for start, kind in starts.items():
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return "heic"
    return ""
