"""The one read behind the evidence page, its files and the API; small counts are hidden here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from consultations import queries as calls
from consultations.models import Consultation
from consultations.outcomes import queries as outcomes
from consultations.outcomes import rules
from consultations.outcomes.channels import channel_label
from consultations.outcomes.queries import Breakdown
from consultations.rules import CallState
from consultations.study.models import MethodNote
from engage.accounts.actors import Actor, is_staff
from engage.participation import evidence
from engage.participation.evidence import Input, Source

# In these states comments are taken no more, and everybody reads what came in.
OVER = frozenset({CallState.ANALYSING, CallState.ANSWERED, CallState.WITHDRAWN})


@dataclass(frozen=True)
class ShownInput:
    """What came in by one mode. No `n`: it is hidden with its days, `mark` says why (rules.SMALL, rules.PROTECTING)."""

    mode: str
    label: str
    n: int | None
    mark: str
    first: date | None
    last: date | None
    method: str


@dataclass(frozen=True)
class ShownSource:
    """One source. `withheld`: its modes cannot be told apart without giving somebody away; the total stays."""

    code: str
    label: str
    apart: bool
    total: int
    first: date | None
    last: date | None
    inputs: list[ShownInput]
    withheld: bool
    nothing: str

    @property
    def has_hidden(self) -> bool:
        """Whether a count is hidden."""
        return self.withheld or any(row.mark for row in self.inputs)


@dataclass(frozen=True)
class ShownOmission:
    """What one source left out for one reason; hidden as in ShownInput."""

    source: str
    code: str
    label: str
    n: int | None
    mark: str


@dataclass(frozen=True)
class Study:
    """The evidence of a call in the active language, as page, files and API show it.

    `figures`: comments, people, organisations, private, confidential, as `outcomes.figures` counts them now.
    `outcome_comments`: how many the published outcome counted; None without one.
    """

    call: calls.Call
    as_of: datetime
    figures: dict[str, int]
    sources: list[ShownSource]
    left_out: list[ShownOmission]
    took_part: list[Breakdown]
    note: MethodNote | None
    outcome_comments: int | None

    @property
    def is_public(self) -> bool:
        """Whether everybody reads it, not staff alone."""
        return self.call.state in OVER

    @property
    def inputs(self) -> list[ShownSource]:
        """The sources that are inputs."""
        return [source for source in self.sources if not source.apart]

    @property
    def apart(self) -> list[ShownSource]:
        """What is counted apart."""
        return [source for source in self.sources if source.apart]

    @property
    def kept_back(self) -> int:
        """Comments that a moderator read and did not publish; counted, as confidential ones are."""
        return self.figures["private"] - self.figures["confidential"]

    @property
    def differs(self) -> bool:
        """Whether other comments count today than when the outcome was published."""
        return self.outcome_comments is not None and self.outcome_comments != self.figures["comments"]

    @property
    def has_hidden(self) -> bool:
        """Whether a count is hidden anywhere."""
        tables = any(table.has_hidden or not table.cells for table in self.took_part)
        return tables or any(one.has_hidden for one in self.sources) or any(one.mark for one in self.left_out)


def study(slug: str, *, language: str, actor: Actor, now: datetime) -> Study | None:
    """Return the evidence of a call; None when the actor may not see it: before the close nobody but staff may."""
    call = calls.call(slug, language=language, actor=actor, now=now)
    if call is None or not (call.state in OVER or is_staff(actor)):
        return None
    consultation = call.consultation
    sources = evidence.registered()
    shown = [(source, _shown(source, source.inputs(consultation.pk, actor))) for source in sources]
    outcome = outcomes.outcome_at(consultation)
    return Study(
        call=call,
        as_of=now,
        figures=outcomes.figures(consultation.pk),
        sources=[one for source, one in shown if one.total or not source.if_any],
        left_out=[row for source in sources for row in _left_out(source, consultation, actor)],
        took_part=outcomes.breakdowns(outcomes.who_took_part(consultation.pk)),
        note=method_note(consultation, language, actor=actor),
        outcome_comments=outcome.content["totals"]["comments"] if outcome else None,
    )


def _shown(source: Source, inputs: Sequence[Input]) -> ShownSource:
    """Hide what is small. Days of a hidden count are hidden with it, and the whole's wherever they would tell them."""
    # Two rows may have one mode (two surveys on this site), so their places name them.
    masked = rules.mask_counts({str(place): row.n for place, row in enumerate(inputs)})
    total = sum(row.n for row in inputs)
    rows = [] if masked is None else [_row(row, masked[str(place)]) for place, row in enumerate(inputs) if row.n]
    partly = any(row.mark for row in rows)
    days = (
        [day for row in inputs for day in (row.first, row.last) if day] if total >= rules.LEAST and not partly else []
    )
    return ShownSource(
        code=source.code,
        label=str(source.label),
        apart=source.apart,
        total=total,
        first=min(days, default=None),
        last=max(days, default=None),
        inputs=rows,
        withheld=masked is None,
        nothing="" if total else str(source.nothing),
    )


def _row(row: Input, count: int | str) -> ShownInput:
    hidden = isinstance(count, str)
    return ShownInput(
        mode=row.mode,
        label=channel_label(row.mode),
        n=None if hidden else row.n,
        mark=count if isinstance(count, str) else "",
        first=None if hidden else row.first,
        last=None if hidden else row.last,
        method=str(row.method),
    )


def _left_out(source: Source, consultation: Consultation, actor: Actor) -> list[ShownOmission]:
    rows = source.left_out(consultation.pk, actor) if source.left_out else ()
    shown = []
    for row in rows:
        count = rules.mask_alone(row.n)
        hidden = isinstance(count, str)
        shown.append(
            ShownOmission(
                source=source.code,
                code=row.code,
                label=str(row.label),
                n=None if hidden else row.n,
                mark=count if isinstance(count, str) else "",
            )
        )
    return shown


def method_note(consultation: Consultation, language: str, *, actor: Actor) -> MethodNote | None:
    """Return the note in a language, or in another when it is not written in that one."""
    notes = {note.language: note for note in MethodNote.objects.visible_to(actor).filter(consultation=consultation)}
    return notes.get(language) or next(iter(notes.values()), None)


def method_notes(consultation: Consultation, *, actor: Actor) -> dict[str, MethodNote]:
    """Return language to note, for the one who writes them."""
    return {note.language: note for note in MethodNote.objects.visible_to(actor).filter(consultation=consultation)}


def method_stamp(consultation: Consultation) -> str:
    """Return what changes with every change of a call's notes; empty while there is none."""
    written = MethodNote.objects.filter(consultation=consultation).order_by("language")
    return ",".join(f"{language}:{at.isoformat()}" for language, at in written.values_list("language", "written_at"))


def over_slugs(*, now: datetime, actor: Actor) -> list[str]:
    """List the calls whose evidence the actor may read because they are over."""
    found = Consultation.objects.visible_to(actor).order_by("pk")
    return [call.slug for call in found if call.state(now) in OVER]
