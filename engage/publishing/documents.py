"""Everything that a person or a tool could read out of a file: words, properties, and what is not seen at once.

The gate shows it to whoever signs an attachment; the preflight warns of its traces; redaction proves with it that
nothing is left.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from engage.errors import Refused
from engage.participation.attachments import confined, plain_text
from engage.participation.attachments.packages import Package
from engage.publishing.reading.found import (
    AUTHOR,
    COMMENT,
    EMBEDDED,
    HIDDEN,
    LOCATION,
    TRACES,
    TRACKED_CHANGE,
    DocumentText,
    Gathering,
    Trace,
)
from engage.publishing.reading.kinds import MAX_BYTES, OFFICE, OPEN_DOCUMENT, kind_of
from engage.publishing.reading.parts import MOST_DEPTH, ReadInner

__all__ = ["AUTHOR", "COMMENT", "EMBEDDED", "HIDDEN", "LOCATION", "MAX_BYTES", "TRACES", "TRACKED_CHANGE"]
__all__ += ["DocumentText", "Trace", "read_document", "read_here"]

SECONDS = 60


def read_document(content: bytes, name: str) -> DocumentText:
    """Read a file (pdf, docx, xlsx, pptx, odt, ods, odp, rtf, html, plain text, pictures, zip) in a confined program.

    Raises Refused: "empty", "too_large" (max_bytes), "unknown_type", "type_mismatch", "encrypted", "old_office",
    "zip_bomb" (max_bytes), "pixel_bomb" (max_pixels), "entity_bomb", "path_escape", "too_many_parts" (max_parts),
    "too_complex", "truncated".
    """
    kind = kind_of(content, name)
    if kind == "text":
        return read_here(content, name)
    head = json.dumps({"name": name}).encode() + b"\n"
    said = json.loads(confined.run("engage.publishing.documents:answer", head + content, seconds=SECONDS))
    traces = [Trace(**trace) for trace in said["traces"]]
    return DocumentText(said["text"], said["metadata"], traces)


def answer(request: bytes) -> bytes:
    """Read the file behind a line of JSON that names it; the answer is JSON."""
    head, _newline, content = request.partition(b"\n")
    return json.dumps(asdict(read_here(content, json.loads(head)["name"]))).encode()


def read_here(content: bytes, name: str, depth: int = 0) -> DocumentText:
    """Read a file in this program: for who is confined already. Raises Refused as `read_document`."""
    kind = kind_of(content, name)
    if depth >= MOST_DEPTH:
        raise Refused("too_complex")

    def read_inner(inner: bytes, inner_name: str) -> DocumentText:
        return read_here(inner, inner_name, depth + 1)

    # Parsers are heavy, and most files need one of them.
    if kind == "pdf":
        from engage.publishing.reading import pdf

        return pdf.read(content, read_inner)
    if kind in OFFICE:
        from engage.publishing.reading import office

        return office.read(Package(content), read_inner)
    if kind in OPEN_DOCUMENT:
        from engage.publishing.reading import opendocument

        return opendocument.read(Package(content), read_inner)
    if kind == "rtf":
        from engage.publishing.reading import richtext

        return richtext.read(content)
    if kind == "html":
        from engage.publishing.reading import markup

        return markup.read(content)
    if kind == "zip":
        return _read_archive(content, read_inner)
    if kind == "text":
        return DocumentText(plain_text.decode(content))
    from engage.publishing.reading import pictures

    return pictures.read(content)


def _read_archive(content: bytes, read_inner: ReadInner) -> DocumentText:
    found = Gathering()
    package = Package(content)
    for name in package.names:
        found.trace(EMBEDDED, name, f"{package.size(name)} B")
        found.take(read_inner(package.read(name), name), within=name)
    return found.done()
