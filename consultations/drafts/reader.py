"""The way in: bytes or pasted text to a parsed draft. The kind of a file is told from its content, never its name."""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path, PurePath

import olefile
from lxml import etree

from consultations.drafts.akomantoso import is_akoma_ntoso, read_akoma_ntoso
from consultations.drafts.archive import Archive, parse_xml
from consultations.drafts.changes import ACCEPT, CHOICES
from consultations.drafts.encoding import decode
from consultations.drafts.footnotes import placed, split_definitions
from consultations.drafts.html import declared_charset, html_lines, looks_like_html, looks_like_xhtml
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.lines import SourceLine, split_lines
from consultations.drafts.markdown import looks_like_markdown, markdown_lines
from consultations.drafts.odt import flat_odt_lines, is_open_document, odt_lines
from consultations.drafts.reading import read_lines
from consultations.drafts.tree import Doubt, ParsedDraft
from consultations.drafts.word import word_lines
from consultations.drafts.word.package import Package
from engage.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
_CLAIMED = {
    ".txt": "plain text", ".md": "Markdown", ".markdown": "Markdown", ".docx": "a Word document",
    ".odt": "an OpenDocument text", ".fodt": "an OpenDocument text", ".html": "a web page", ".htm": "a web page",
    ".akn": "an Akoma Ntoso document", ".xml": "an Akoma Ntoso document",
}  # fmt: skip
_SIGNATURES = (
    (b"%PDF", "a PDF file"), (b"{\\rtf", "an RTF file"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"), (b"RIFF", "a media file"), (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"), (b"Rar!", "a compressed file"), (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)  # fmt: skip
_OFFICE_NAMES = (".docx", ".docm", ".dotx", ".xlsx", ".pptx")
_HTML_NAMES = (".html", ".htm", ".xhtml")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "iso-8859-1": "cp1252", "us-ascii": "utf-8"}
_XML = re.compile(
    r"\s*<(?:\?xml[\s?]|!doctype\s+(?!html\b)|akomaNtoso[\s>]|[\w.-]+:(?:akomaNtoso|document)[\s>]|svg[\s>])",
    re.IGNORECASE,
)


_Reading = Callable[[Sequence[SourceLine], Sequence[Doubt], str | None], ParsedDraft]


def parse_file(
    source: str | PathLike[str] | bytes,
    *,
    name: str | None = None,
    language: str | None = None,
    changes: str = ACCEPT,
    read: _Reading = read_lines,
) -> ParsedDraft:
    """Parse a text, Markdown, Word, OpenDocument, HTML or Akoma Ntoso file, given as its path or its bytes.

    `name`: what the sender called it, used for doubts only (a path's own name by default). `language`: "zh-hans" or
    "en"; told from the text when not given. `changes`: "accept" or "reject" the tracked changes in it. Raises Refused
    with a code of messages.REFUSALS, OSError for a path that cannot be read.
    """
    if isinstance(source, bytes):
        data = source
    else:
        path = Path(source)
        name = name or path.name
        if path.stat().st_size > MAX_BYTES:
            raise Refused("too_large", limit_mb=MAX_BYTES // 1024 // 1024)
        data = path.read_bytes()
    draft, kind = _read(data, name or "", known_language(language), _known_changes(changes), read)
    claimed = _CLAIMED.get(PurePath(name or "").suffix.lower())
    if claimed and claimed != kind and not (claimed == "plain text" and kind == "Markdown"):
        return replace(draft, doubts=(Doubt(1, "name_differs", {"name": name, "kind": kind}), *draft.doubts))
    return draft


def parse_text(text: str, *, language: str | None = None, read: _Reading = read_lines) -> ParsedDraft:
    """Parse pasted text, plain or Markdown. Raises Refused like `parse_file`."""
    _check_length(text)
    lines, doubts = _text_lines(text)
    return read(lines, doubts, known_language(language))


def parse_html(
    text: str, *, language: str | None = None, changes: str = ACCEPT, read: _Reading = read_lines
) -> ParsedDraft:
    """Parse a pasted piece of a web page or of a word processor's text. Raises Refused like `parse_file`."""
    _check_length(text)
    lines, doubts = html_lines(text, _known_changes(changes))
    return read(lines, doubts, known_language(language))


def parse_paste(
    text: str, *, language: str | None = None, changes: str = ACCEPT, read: _Reading = read_lines
) -> ParsedDraft:
    """Parse what was pasted: the source of a web page when it begins like one, else plain text or Markdown."""
    if looks_like_html(text) or looks_like_xhtml(text):
        return parse_html(text, language=language, changes=changes, read=read)
    return parse_text(text, language=language, read=read)


def _check_length(text: str) -> None:
    if not text:
        raise Refused("empty")
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Refused("too_large", limit_mb=MAX_BYTES // 1024 // 1024)


def _known_changes(changes: str) -> str:
    if changes not in CHOICES:
        raise ValueError(f"{changes} is neither accept nor reject")
    return changes


def known_language(language: str | None) -> str | None:
    """Return the language code of this package for a tag such as "zh-Hans" or "en-GB"; None for None.

    Raises ValueError for another language.
    """
    if not language:
        return None
    tag = language.lower()
    if tag.startswith("zh"):
        return CHINESE
    if tag.startswith("en"):
        return ENGLISH
    raise ValueError(f"{language} is neither Chinese nor English")


def _read(data: bytes, name: str, language: str | None, changes: str, read: _Reading) -> tuple[ParsedDraft, str]:
    """Return the draft and what kind of file it came from, told from the content."""
    if not data:
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large", limit_mb=MAX_BYTES // 1024 // 1024)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        archive = Archive(data)
        if is_open_document(archive):
            return read(*odt_lines(archive, changes), language), "an OpenDocument text"
        return read(*word_lines(Package(archive), changes), language), "a Word document"
    _refuse_other_kinds(data, name)
    text, encoding, guessed = _decoded(data)
    if _XML.match(text) and not looks_like_xhtml(text):
        return _read_xml(data, language, changes, read)
    if looks_like_html(text) or looks_like_xhtml(text) or (
        PurePath(name).suffix.lower() in _HTML_NAMES and "<" in text
    ):  # fmt: skip
        lines, doubts = html_lines(text, changes)
        kind = "a web page"
    else:
        markdown = looks_like_markdown(text) or PurePath(name).suffix.lower() in (".md", ".markdown")
        lines, doubts = _text_lines(text, markdown=markdown)
        kind = "Markdown" if markdown else "plain text"
    if guessed:
        doubts.append(Doubt(1, "encoding_guessed", {"encoding": encoding}))
    return read(lines, doubts, language), kind


def _decoded(data: bytes) -> tuple[str, str, bool]:
    """Decode by what a page says of itself when that holds, else by `decode`."""
    declared = declared_charset(data)
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return data.decode(_WIDER.get(declared, declared)), declared, False
        except (UnicodeDecodeError, LookupError):
            pass  # it is wrong about itself: the bytes decide
    return decode(data)


def _read_xml(data: bytes, language: str | None, changes: str, read: _Reading) -> tuple[ParsedDraft, str]:
    root = parse_xml(data.lstrip(), unsafe="unsafe_xml")
    if is_akoma_ntoso(root):
        if read is not read_lines:
            raise Refused("akn_is_a_text")
        return read_akoma_ntoso(root, language=language, changes=changes), "an Akoma Ntoso document"
    if etree.QName(root).localname == "document" and "opendocument" in (etree.QName(root).namespace or ""):
        return read(*flat_odt_lines(root, changes), language), "an OpenDocument text"
    raise Refused("not_a_document", kind="an XML file")


def _text_lines(text: str, *, markdown: bool | None = None) -> tuple[list[SourceLine], list[Doubt]]:
    if not text.strip():
        raise Refused("no_text")
    if looks_like_markdown(text) if markdown is None else markdown:
        return markdown_lines(text)
    lines, removed = split_lines(text)
    lines, doubts = placed(*split_definitions(lines))
    return lines, [*([Doubt(1, "characters_removed", {"count": removed})] if removed else []), *doubts]


def _refuse_other_kinds(data: bytes, name: str) -> None:
    if data.startswith(olefile.MAGIC):
        _refuse_compound_file(data, name)
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise Refused("not_a_document", kind=kind)


def _refuse_compound_file(data: bytes, name: str) -> None:
    """Old Office files and password-protected new ones share one container; say which it is.

    Under the name of a new format the container can only be a protected file, even where it cannot be opened.
    """
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as container:
            streams = {"/".join(entry) for entry in container.listdir(streams=True, storages=True)}
            if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
                raise Refused("encrypted")
            if "WordDocument" in streams:
                flags = container.openstream("WordDocument").read(12)
                if len(flags) == 12 and flags[11] & 0x01:  # fEncrypted of the FIB, MS-DOC 2.5.2
                    raise Refused("encrypted")
    except (OSError, ValueError, IndexError, TypeError, KeyError) as fault:
        raise Refused("encrypted" if name.lower().endswith(_OFFICE_NAMES) else "broken_file") from fault
    if any(entry.startswith(("Macros", "_VBA_PROJECT")) for entry in streams):
        raise Refused("has_macros")
    kind = "an old Word file (.doc)" if "WordDocument" in streams else "an old Office file"
    raise Refused("not_a_document", kind=kind)
