"""The port for what people write to us on other ways: one place opens the case, whichever room works on cases.

    submission = cases.open_case(envelope, cases.Letter(text=..., url=...), actor=actor)

A room that works on cases registers its own opener in `AppConfig.ready()`; the last one registered counts. It runs
inside the caller's transaction, goes through `participation.actions.once` and so returns the same submission for the
same token. With it the room registers how the words it keeps are found again, so that an import notices when the same
name comes back with other words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
# Keyed hashes of tokens (`Submission.token_digest`) to the words that were written under them.
Reader = Callable[[Sequence[str]], Mapping[str, str]]
_openers: list[Opener] = []
_readers: list[Reader] = []


def register(opener: Opener, *, words: Reader | None = None) -> None:
    """Let a room open the cases from now on; `words` finds again what was written in them."""
    _openers.append(opener)
    if words is not None:
        _readers.append(words)


def known_words(digests: Sequence[str]) -> dict[str, str]:
    """Return what was written under tokens, by their keyed hash, as the rooms keep it."""
    return {digest: text for reader in _readers for digest, text in reader(digests).items()}


def unregister(opener: Opener) -> None:
    """Take a room's opener out again; ValueError when it is not there."""
    _openers.remove(opener)


def open_case(envelope: Envelope, letter: Letter, *, actor: Actor) -> Submission:
    """Open a case, or return the one of this token; raises LookupError while no room works on cases."""
    if not _openers:
        raise LookupError("no room opens cases")
    return _openers[-1](envelope, letter, actor)
