"""The way in: bytes or pasted text to a parsed draft. The kind of a file is told from its content, never its name."""

import io
import re
from os import PathLike
from pathlib import Path, PurePath

import olefile

from consultations.drafts.encoding import decode
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.lines import SourceLine, split_lines
from consultations.drafts.markdown import looks_like_markdown, markdown_lines
from consultations.drafts.reading import read_lines
from consultations.drafts.tree import Doubt, ParsedDraft
from consultations.drafts.word import word_lines
from engage.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
_TEXT_KINDS = {".txt": "plain text", ".md": "Markdown", ".markdown": "Markdown", ".docx": "a Word document"}
_SIGNATURES = (
    (b"%PDF", "a PDF file"), (b"{\\rtf", "an RTF file"), (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"), (b"RIFF", "a media file"), (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"), (b"Rar!", "a compressed file"), (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)  # fmt: skip
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|svg|akomantoso)", re.IGNORECASE)
_OFFICE_NAMES = (".docx", ".docm", ".dotx", ".xlsx", ".pptx")


def parse_file(
    source: str | PathLike[str] | bytes, *, name: str | None = None, language: str | None = None
) -> ParsedDraft:
    """Parse a text, Markdown or Word file, given as its path or its bytes.

    `name`: what the sender called it, used for doubts only (a path's own name by default). `language`: "zh-hans" or
    "en"; told from the text when not given. Raises Refused with a code of messages.REFUSALS, OSError for a path that
    cannot be read.
    """
    if isinstance(source, bytes):
        data = source
    else:
        path = Path(source)
        name = name or path.name
        if path.stat().st_size > MAX_BYTES:
            raise Refused("too_large", limit_mb=MAX_BYTES // 1024 // 1024)
        data = path.read_bytes()
    lines, doubts = _lines_of(data, name or "")
    return read_lines(lines, doubts, known_language(language))


def parse_text(text: str, *, language: str | None = None) -> ParsedDraft:
    """Parse pasted text. Raises Refused like `parse_file`."""
    if not text:
        raise Refused("empty")
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Refused("too_large", limit_mb=MAX_BYTES // 1024 // 1024)
    lines, doubts = _text_lines(text)
    return read_lines(lines, doubts, known_language(language))


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


def _lines_of(data: bytes, name: str) -> tuple[list[SourceLine], list[Doubt]]:
    if not data:
        raise Refused("empty")
    if len(data) > MAX_BYTES:
        raise Refused("too_large", limit_mb=MAX_BYTES // 1024 // 1024)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        lines, doubts = word_lines(data)
        kind = "a Word document"
    else:
        _refuse_other_kinds(data, name)
        text, encoding, guessed = decode(data)
        markdown = looks_like_markdown(text) or PurePath(name).suffix.lower() in (".md", ".markdown")
        lines, doubts = _text_lines(text, markdown=markdown)
        kind = "Markdown" if markdown else "plain text"
        if guessed:
            doubts.append(Doubt(1, "encoding_guessed", {"encoding": encoding}))
    claimed = _TEXT_KINDS.get(PurePath(name).suffix.lower())
    if claimed and claimed != kind and not (claimed == "plain text" and kind == "Markdown"):
        doubts.append(Doubt(1, "name_differs", {"name": name, "kind": kind}))
    return lines, doubts


def _text_lines(text: str, *, markdown: bool | None = None) -> tuple[list[SourceLine], list[Doubt]]:
    if not text.strip():
        raise Refused("no_text")
    if looks_like_markdown(text) if markdown is None else markdown:
        return markdown_lines(text)
    lines, removed = split_lines(text)
    return lines, [Doubt(1, "characters_removed", {"count": removed})] if removed else []


def _refuse_other_kinds(data: bytes, name: str) -> None:
    if data.startswith(olefile.MAGIC):
        _refuse_compound_file(data, name)
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise Refused("not_a_document", kind=kind)
    markup = _MARKUP.match(data)
    if markup:
        raise Refused("not_a_document", kind="a web page" if b"html" in data[:200].lower() else "an XML file")


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
