"""The port for what people write to us on other ways: one place opens the case, whichever room works on cases.

    submission = cases.open_case(envelope, cases.Letter(text=..., url=...), actor=actor)

A room that works on cases registers its own opener in `AppConfig.ready()`; the last one registered counts. It runs
inside the caller's transaction, goes through `participation.actions.once` and so returns the same submission for the
same token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engage.accounts.actors import Actor
    from engage.participation.actions import Envelope
    from engage.participation.models import Submission


@dataclass(frozen=True)
class Letter:
    """What somebody wrote. `url` is where it stands on the channel it came from, `title` what it is about, if said."""

    text: str
    url: str = ""
    title: str = ""


Opener = Callable[["Envelope", Letter, "Actor"], "Submission"]
_openers: list[Opener] = []


def register(opener: Opener) -> None:
    """Let a room open the cases from now on."""
    _openers.append(opener)


def unregister(opener: Opener) -> None:
    """Take a room's opener out again; ValueError when it is not there."""
    _openers.remove(opener)


def open_case(envelope: Envelope, letter: Letter, *, actor: Actor) -> Submission:
    """Open a case, or return the one of this token; raises LookupError while no room works on cases."""
    if not _openers:
        raise LookupError("no room opens cases")
    return _openers[-1](envelope, letter, actor)
