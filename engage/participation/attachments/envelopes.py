"""OLE envelopes: old office formats, password-protected documents, and objects inside documents."""

import io
from typing import NoReturn

import olefile

from engage.errors import Refused

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_OLD_OFFICE = ("worddocument", "workbook", "book", "powerpoint document", "contents")
_EQUATION = "equation native"


def _streams(content: bytes) -> set[str]:
    """Return the names of all streams in small letters. Raises Refused("truncated")."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as envelope:
            return {path[-1].lower() for path in envelope.listdir(streams=True, storages=False)}
    except (OSError, ValueError, IndexError, TypeError, AttributeError, RecursionError) as error:
        # olefile answers a damaged table with whatever Python raised on the way.
        raise Refused("truncated") from error


def refuse(content: bytes, *, named_as_package: bool) -> NoReturn:
    """Say why a file in an OLE envelope is not taken; `named_as_package` = its ending is that of a zipped format.

    Raises Refused: "encrypted", "old_office", "unknown_type".
    """
    try:
        streams = _streams(content)
    except Refused:
        streams = set()
    # Protecting a .docx with a password wraps it in this envelope.
    if "encryptedpackage" in streams or (named_as_package and not streams):
        raise Refused("encrypted")
    if streams.intersection(_OLD_OFFICE):
        raise Refused("old_office")
    raise Refused("unknown_type")


def check_object(content: bytes) -> None:
    """Allow only equations among the objects inside a document. Raises Refused: "embedded_files", "truncated".

    An object can carry any file, a program too, under the picture of a harmless one.
    """
    if _EQUATION not in _streams(content):
        raise Refused("embedded_files")
