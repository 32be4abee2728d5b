"""How a room dresses the letters of its submissions before they leave: whom answers go to, where failures return.

    outgoing.register(dress)         # (letter, message_id, now) -> Dress, or None where it is no letter of the room

A dresser is called right before a letter is handed to the mail server, outside of any transaction, perhaps more than
once for the same letter (after a failure, after a worker was killed); the letter's Message-ID stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engage.participation.models import OutgoingMail


@dataclass(frozen=True)
class Dress:
    """`headers` are added; `returns_to` is the envelope's sender; `stopped` says why the letter must not leave."""

    headers: Mapping[str, str] = field(default_factory=dict)
    returns_to: str = ""
    stopped: str = ""


Dresser = Callable[["OutgoingMail", str, datetime], Dress | None]
_dressers: list[Dresser] = []


def register(dresser: Dresser) -> None:
    """Let a room dress letters from now on."""
    _dressers.append(dresser)


def dress_of(letter: OutgoingMail, message_id: str, now: datetime) -> Dress:
    """Return how a letter goes out: as the first room says that knows it, else plainly."""
    return next((found for dresser in _dressers if (found := dresser(letter, message_id, now))), Dress())
