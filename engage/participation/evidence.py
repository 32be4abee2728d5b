"""The registry of evidence: what came in about a call for comments, whichever way, for one page that shows all of it.

A room registers in `AppConfig.ready()` what it took in; the page, its files and the API ask every source:

    evidence.register(
        Source(code="survey", label=_("Answers to the survey"), inputs=survey_inputs, nothing=_("No survey was held."))
    )

    def survey_inputs(call_id, actor):
        return [Input("phone", n=412, first=date(2026, 11, 2), last=date(2026, 11, 20), method=_("Called by lot ..."))]

A source counts everything that came in about the call and shows nobody's words; small counts are hidden by the page.
One that has nothing returns an empty list: the page then says its `nothing`, so that it is not taken for forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from engage.accounts.actors import Actor

Text = str | Promise


@dataclass(frozen=True)
class Input:
    """What came in by one mode: `web`, `paper`, `email`, `embed:<host>`, `import:<name>`, `phone`, `event` ...

    `first` and `last`: local days on which the first and the last one was received. `method`: how it was collected.
    """

    mode: str
    n: int
    first: date | None = None
    last: date | None = None
    method: Text = ""


@dataclass(frozen=True)
class LeftOut:
    """What came in and is not counted, by reason."""

    code: str
    label: Text
    n: int


@dataclass(frozen=True)
class Source:
    """One kind of input. The functions take the key of the call and the actor, and return plain counts.

    `apart`: shown beside the inputs and never added to them (agreement is no comment, an answer is no input).
    `if_any`: only shown where it has something, as most calls never have it.
    """

    code: str
    label: Text
    inputs: Callable[[int, Actor], Sequence[Input]]
    nothing: Text = _("Nothing came in this way.")
    left_out: Callable[[int, Actor], Sequence[LeftOut]] | None = None
    apart: bool = False
    if_any: bool = False
    order: int = 100


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source; ValueError for a code that is taken."""
    if source.code in _sources:
        raise ValueError(f"evidence source {source.code!r} is registered already")
    _sources[source.code] = source


def unregister(code: str) -> None:
    """Take a source out again (a room that is switched off, a test)."""
    _sources.pop(code, None)


def registered() -> list[Source]:
    """List all sources, what is counted apart last."""
    return sorted(_sources.values(), key=lambda source: (source.apart, source.order, source.code))
