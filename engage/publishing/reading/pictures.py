"""What a picture says beside its pixels: EXIF, XMP, IPTC, comments, text chunks."""

from __future__ import annotations

import io
import re
from typing import Any

import pillow_heif
from lxml import etree
from PIL import ExifTags, Image

from engage.errors import Refused
from engage.participation.attachments.pictures import MAX_PIXELS, MAX_SIDE
from engage.publishing.reading.found import AUTHOR, EMBEDDED, LOCATION, DocumentText, Gathering

_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"II*\0", b"MM\0*")
_FAULTS = (OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, AttributeError, RuntimeError)
_AUTHORS = frozenset(["Artist", "XPAuthor", "CameraOwnerName", "Copyright", "HostComputer", "creator", "Author"])
_GPS = 0x8825
_INNER_IFDS = (0x8769, _GPS, 0xA005)
_TEXT_OF_WINDOWS = frozenset(["XPTitle", "XPComment", "XPAuthor", "XPKeywords", "XPSubject"])
_DESCRIPTION = re.compile(r"\{[^}]*\}")

pillow_heif.register_heif_opener(thumbnails=False)


def is_picture(content: bytes) -> bool:
    """Say whether these are the bytes of a picture whose metadata we can read."""
    return content.startswith(_STARTS) or (content[:4] == b"RIFF" and content[8:12] == b"WEBP")


def read(content: bytes) -> DocumentText:
    """Read the metadata. Raises Refused: "pixel_bomb", "truncated"."""
    found = Gathering()
    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise Refused("pixel_bomb", max_pixels=MAX_PIXELS)
            _exif(picture.getexif(), found)
            _others(picture, found)
    except Image.DecompressionBombError as error:
        raise Refused("pixel_bomb", max_pixels=MAX_PIXELS) from error
    except _FAULTS as error:
        raise Refused("truncated") from error
    return found.done()


def _exif(exif: Image.Exif, found: Gathering) -> None:
    for tag, value in exif.items():
        _tell(found, ExifTags.TAGS.get(tag, f"EXIF {tag}"), value)
    for inner in _INNER_IFDS:
        names: dict[int, str] = ExifTags.GPSTAGS if inner == _GPS else ExifTags.TAGS
        values = exif.get_ifd(inner)
        for tag, value in values.items():
            _tell(found, names.get(tag, f"EXIF {tag}"), value)
        if inner == _GPS and values:
            found.trace(LOCATION, "EXIF", " ".join(str(_plain(value)) for value in values.values()))
    if exif.get_ifd(ExifTags.IFD.IFD1):
        found.trace(EMBEDDED, "EXIF", "thumbnail")


def _tell(found: Gathering, name: str, value: Any) -> None:
    if isinstance(value, dict):
        return
    if name in _TEXT_OF_WINDOWS and isinstance(value, (bytes, tuple)):
        value = bytes(value).decode("utf-16-le", errors="replace").rstrip("\0")
    said = _plain(value)
    found.tell(name, said)
    if name in _AUTHORS and said:
        found.trace(AUTHOR, "EXIF", said)


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        for encoding in ("utf-8", "gb18030"):
            try:
                return value.decode(encoding).strip("\0 ")
            except UnicodeDecodeError:
                continue
        return value[:200].hex()
    if isinstance(value, (tuple, list)):
        return " ".join(_plain(one) for one in value)
    return str(value).strip("\0 ")


def _others(picture: Image.Image, found: Gathering) -> None:
    for name, value in picture.info.items():
        if name in {"exif", "icc_profile", "photoshop"} and isinstance(value, bytes):
            if name == "photoshop":
                found.say(value.decode("utf-8", errors="replace"))
            continue
        if "xmp" in str(name).lower():
            xmp(value if isinstance(value, bytes) else str(value).encode(), found)
        elif isinstance(value, (str, bytes)):
            _tell(found, str(name), value)


def xmp(packet: bytes, found: Gathering) -> None:
    """Add what an XMP packet says."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = etree.fromstring(packet.strip(b"\0 \r\n"), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        found.say(packet.decode("utf-8", errors="replace"))
        return
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        for key, value in element.attrib.items():
            found.tell(f"XMP {_DESCRIPTION.sub('', str(key))}", value)
        if element.text and element.text.strip():
            name = _property(element)
            found.tell(f"XMP {name}", element.text)
            if name == "creator":
                found.trace(AUTHOR, "XMP", element.text)


def _property(element: etree._Element) -> str:
    """Return the name of the property that an item of a list belongs to."""
    name = _DESCRIPTION.sub("", str(element.tag))
    above = element.getparent()
    return _property(above) if name in {"li", "Seq", "Bag", "Alt"} and above is not None else name
