"""Redaction of a picture: its pixels are overwritten before it is encoded anew, and nothing but pixels is kept."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image

from engage.participation.attachments import pictures
from engage.publishing.redaction.marks import BOX, Mark
from engage.publishing.redaction.pdf import blackened
from engage.publishing.redaction.places import Place

KEPT_AS = {"jpeg": "jpg", "png": "png", "webp": "webp", "gif": "png", "heic": "jpg"}
# Compression smears black a little beyond its border, and what was beside it a little into it.
_EDGE = 4
_DARKEST = 40


def redact(content: bytes, kind: str, marks: Sequence[Mark]) -> tuple[bytes, list[Place]]:
    """Return the new picture, upright and at most 4096 pixels a side. Raises Refused: "pixel_bomb", "truncated"."""
    shares = [
        (number, (mark.x, mark.y, mark.width, mark.height)) for number, mark in enumerate(marks) if mark.kind == BOX
    ]
    boxes = [(x, y, x + width, y + height) for _number, (x, y, width, height) in shares]
    made = pictures.clean(content, kind, paint=lambda picture: blackened(picture, boxes, 1, 1))
    return made, [Place(number, 1, "", "", "", "", (share,)) for number, share in shares]


def shown(content: bytes, kind: str, side: int) -> Image.Image:
    """Return the picture as it is shown, upright, at most `side` pixels a side."""
    picture = Image.open(io.BytesIO(pictures.clean(content, kind))).convert("RGB")
    picture.thumbnail((side, side))
    return picture


def size(content: bytes, kind: str) -> tuple[int, int]:
    """Return width and height of the picture as it is kept."""
    with Image.open(io.BytesIO(pictures.clean(content, kind))) as picture:
        return picture.size


def is_black(picture: Image.Image, box: tuple[float, float, float, float]) -> bool:
    """Tell whether a box, given as shares of the picture, holds nothing but black; its edge is not looked at."""
    left, top, right, bottom = (
        *(box[0] * picture.width, box[1] * picture.height),
        *((box[0] + box[2]) * picture.width, (box[1] + box[3]) * picture.height),
    )
    inner = (
        *(max(0, round(left) + _EDGE), max(0, round(top) + _EDGE)),
        *(min(picture.width, round(right) - _EDGE), min(picture.height, round(bottom) - _EDGE)),
    )
    if inner[0] >= inner[2] or inner[1] >= inner[3]:
        return True
    lightest = picture.convert("L").crop(inner).getextrema()[1]
    return isinstance(lightest, (int, float)) and lightest < _DARKEST
