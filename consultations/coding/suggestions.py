"""How something proposes themes for a comment that a person is about to code.

A room that can propose registers one function, in its `apps.py`:

    suggestions.register(propose)   # (comment, themes in use) -> proposals, the best first

A proposal is shown beside the comment with its reason; only a person who accepts it gives the theme, and the coding
says that it came from a suggestion. Nothing is registered yet: the coding desk then shows no suggestions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from consultations.coding.rules import Stretch

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from consultations.coding.models import Theme
    from consultations.models import Comment

SHOWN_MOST = 5


@dataclass(frozen=True)
class Proposal:
    """One theme for a comment, or for a stretch of it, and a whole sentence that says why."""

    theme_id: int
    reason: str | Promise
    stretch: Stretch | None = None


Proposer = Callable[["Comment", Sequence["Theme"]], Iterable[Proposal]]

_proposers: list[Proposer] = []


def register(propose: Proposer) -> None:
    """Add a function that proposes themes; a second time it changes nothing."""
    if propose not in _proposers:
        _proposers.append(propose)


def unregister(propose: Proposer) -> None:
    """Take one out again (a room that is switched off, a test)."""
    _proposers.remove(propose)


def proposals_for(comment: Comment, themes: Sequence[Theme]) -> list[Proposal]:
    """Return what is proposed for a comment: themes in use, stretches within its text, each once."""
    known = {theme.pk for theme in themes}
    found: dict[tuple[int, Stretch | None], Proposal] = {}
    for propose in _proposers:
        for proposal in propose(comment, themes):
            stretch = proposal.stretch
            fits = stretch is None or 0 <= stretch.start < stretch.end <= len(comment.text)
            if proposal.theme_id in known and fits:
                found.setdefault((proposal.theme_id, stretch), proposal)
    return list(found.values())[:SHOWN_MOST]
