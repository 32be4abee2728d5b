"""Receipts that belong to no submission: a room that gives some says how /track opens them.

doors.register(Door(letter="S", proves=..., address=...))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engage.participation.rules import parse_reference


@dataclass(frozen=True)
class Door:
    """`proves(reference, code)` tells whether they belong together; `address(reference)` is the page that shows it."""

    letter: str
    proves: Callable[[str, str], bool]
    address: Callable[[str], str]


_doors: dict[str, Door] = {}


def register(door: Door) -> None:
    """Add a door; the letter is that of no kind of submission."""
    _doors[door.letter] = door


def door_of(typed_reference: str) -> Door | None:
    """Return the door of a typed reference; None where it is a submission's, or no reference at all."""
    reference = parse_reference(typed_reference)
    return _doors.get(reference.letter) if reference else None
