"""Two drawings for the demo's questionnaire: a conversation through a counter window, and one at a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw

SIZE = (640, 400)
# Drawn larger and made small again, so that edges are smooth.
_SCALE = 3
_WALL, _FLOOR, _DESK, _LEG, _GLASS = "#eef3f6", "#d5dde3", "#9a6b3f", "#7a5230", "#bfe0ee"
_OFFICER, _CITIZEN, _SKIN, _HAIR, _PAPER, _LEAF = "#2f6f8f", "#b5533c", "#f0c8a0", "#3a2c22", "#ffffff", "#5d8f4e"
_WAITING = "#a8b2ba"


class _Paper:
    """A drawing in units of the small picture."""

    def __init__(self, draw: ImageDraw.ImageDraw) -> None:
        self.draw = draw

    def box(self, left: float, top: float, right: float, bottom: float, colour: str, radius: float = 0) -> None:
        corners = tuple(side * _SCALE for side in (left, top, right, bottom))
        self.draw.rounded_rectangle(corners, radius * _SCALE, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        corners = tuple(side * _SCALE for side in (x - radius, y - radius, x + radius, y + radius))
        self.draw.ellipse(corners, fill=colour)

    def person(
        self, x: float, y: float, colour: str, *, down: float = 150, skin: str = _SKIN, hair: str = _HAIR
    ) -> None:
        """Draw somebody from the head, at (x, y), so far down."""
        self.box(x - 38, y + 30, x + 38, y + down, colour, 28)
        self.disc(x, y - 4, 30, hair)
        self.disc(x, y + 3, 26, skin)


def _room(paper: _Paper) -> None:
    paper.box(0, 0, 640, 400, _WALL)
    paper.box(0, 320, 640, 400, _FLOOR)


def _counter(paper: _Paper) -> None:
    """A window between the two, and people who wait within hearing."""
    _room(paper)
    for x in (60, 145):
        paper.person(x, 175, _WAITING, down=170, skin="#dfe4e8", hair="#8b969e")
    paper.person(275, 150, _CITIZEN, down=198)
    paper.person(470, 150, _OFFICER)
    paper.box(365, 60, 380, 260, _GLASS, 4)
    paper.box(355, 52, 390, 66, _LEG, 4)
    paper.box(315, 255, 600, 285, _DESK, 6)
    paper.box(330, 285, 590, 345, _LEG)
    paper.box(395, 245, 440, 256, _PAPER, 2)


def _table(paper: _Paper) -> None:
    """A room of one's own, both on the same side of the papers."""
    _room(paper)
    paper.box(40, 60, 175, 190, _GLASS, 8)
    paper.box(104, 60, 111, 190, _WALL)
    paper.person(275, 150, _CITIZEN)
    paper.person(385, 150, _OFFICER)
    paper.box(190, 255, 470, 280, _DESK, 12)
    paper.box(205, 280, 222, 350, _LEG)
    paper.box(438, 280, 455, 350, _LEG)
    paper.box(285, 244, 375, 256, _PAPER, 2)
    paper.box(548, 270, 602, 345, _DESK, 8)
    for x, y in ((575, 210), (552, 240), (598, 240)):
        paper.disc(x, y, 32, _LEAF)


DRAWINGS: Mapping[str, Callable[[_Paper], None]] = {"counter.png": _counter, "table.png": _table}


def drawn(name: str) -> bytes:
    """Return one of the drawings as PNG."""
    from PIL import Image, ImageDraw

    large = Image.new("RGB", (SIZE[0] * _SCALE, SIZE[1] * _SCALE))
    DRAWINGS[name](_Paper(ImageDraw.Draw(large)))
    out = BytesIO()
    large.resize(SIZE, Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
