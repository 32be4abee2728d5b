"""What the page of a petition at the desk says in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engage.diffs import Piece
from mailbox.petitions.moderating.words import HISTORY
from mailbox.petitions.queries.moderation import Line, ShownWording, Similar

LABELS: dict[str, str | Promise] = {
    "title": _("What should be done"),
    "action": _("What exactly is asked for"),
    "background": _("Why"),
    "details": _("More details"),
}


@dataclass(frozen=True)
class Compared:
    """An earlier text or a similar petition, with its differences under the names of the fields."""

    about: ShownWording | Similar
    parts: list[tuple[str | Promise, list[Piece]]]


def labelled(found: Sequence[ShownWording] | Sequence[Similar]) -> list[Compared]:
    """Name the fields that differ."""
    return [Compared(one, [(LABELS[part.name], part.pieces) for part in one.parts]) for one in found]


@dataclass(frozen=True)
class Happened:
    """One line of the history: when, what, by whom, and what belongs to it."""

    at: datetime
    label: str
    by: str
    more: str


def shown_history(lines: Sequence[Line], reasons: Mapping[str, str]) -> list[Happened]:
    """Say what was done with a petition; `reasons` are the names of reasons by their codes."""
    return [
        Happened(line.at, str(HISTORY[line.verb]), str(line.by) if line.by else "", _more(line.content, reasons))
        for line in lines
    ]


def _more(content: Mapping[str, object], reasons: Mapping[str, str]) -> str:
    if code := content.get("reason"):
        return reasons.get(str(code), str(code))
    return str(content.get("tag", ""))
