"""Opens the zip container of an office document, and any XML, without trusting it."""

import io
import zipfile
import zlib

from lxml import etree

from engage.errors import Refused

_MAX_ENTRIES = 4_000
_MAX_UNPACKED = 300 * 1024 * 1024  # with pictures; only the parts below are ever unpacked
_DEEPEST = 200  # elements inside one another; what reads them goes down with them
_MAX_PART = 64 * 1024 * 1024


class Archive:
    """The parts of one file. Nothing is written to disk; a part is unpacked when it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Check the container. Raises Refused: zip_bomb, encrypted, broken_file."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
            raise Refused("broken_file") from fault
        entries = self._archive.infolist()
        if len(entries) > _MAX_ENTRIES or sum(entry.file_size for entry in entries) > _MAX_UNPACKED:
            raise Refused("zip_bomb")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise Refused("encrypted")
        self.names = {entry.filename.lower().lstrip("/"): entry for entry in entries}

    def read(self, name: str) -> bytes | None:
        """Return a part, None when it is not there. Raises Refused: zip_bomb, broken_file."""
        entry = self.names.get(name.lower())
        if entry is None:
            return None
        if entry.file_size > _MAX_PART:
            raise Refused("zip_bomb")
        try:
            with self._archive.open(entry) as part:
                data = part.read(_MAX_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as fault:
            raise Refused("broken_file") from fault
        if len(data) > _MAX_PART:
            raise Refused("zip_bomb")
        return data


def parse_xml(data: bytes, *, unsafe: str = "broken_file") -> etree._Element:
    """Return the root; entities are not expanded and nothing is fetched.

    Raises Refused("broken_file"), Refused("too_complex"), or `unsafe` for a document type: it is where entities come
    from, and no office file has one.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as fault:
        if "Excessive depth" in str(fault):
            raise Refused("too_complex") from fault
        raise Refused(unsafe if b"<!DOCTYPE" in data[:4096] else "broken_file") from fault
    if root.getroottree().docinfo.doctype:
        raise Refused(unsafe)
    _check_depth(root)
    return root


def _check_depth(root: etree._Element) -> None:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > _DEEPEST:
            raise Refused("too_complex")
