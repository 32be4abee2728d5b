"""The evidence of a call in the public API, below the call itself."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.utils import timezone, translation
from ninja import Query, Schema

from consultations.api import Language, OutcomeTable, router
from consultations.outcomes import queries as outcomes
from consultations.study import queries
from engage.accounts.actors import ANYONE


class InputOut(Schema):
    """What came in by one mode; a hidden number is null with its days, `hidden` says why as in OutcomeCell."""

    mode: str
    label: str
    n: int | None
    hidden: str
    first: date | None
    last: date | None
    method: str


class SourceOut(Schema):
    """One source. `withheld`: its modes are not shown, for they are too few; `nothing` says that nothing came in."""

    code: str
    label: str
    counted_apart: bool
    n: int
    first: date | None
    last: date | None
    withheld: bool
    nothing: str
    inputs: list[InputOut]


class LeftOutOut(Schema):
    """What is not counted, by reason."""

    source: str
    code: str
    label: str
    n: int | None
    hidden: str


class MethodOut(Schema):
    """How the call was held, in the language it was written in."""

    language: str
    publicised: str
    reached: str
    limits: str
    written_at: datetime


class EvidenceOut(Schema):
    """Everything that came in about a call that is over.

    `figures`: comments, people (senders), organisations among them, comments kept private, confidential among these.
    """

    call: str
    counted_at: datetime
    figures: dict[str, int]
    sources: list[SourceOut]
    left_out: list[LeftOutOut]
    took_part: list[OutcomeTable]
    method: MethodOut | None


@router.get("{slug:slug}/evidence", response=EvidenceOut, url_name="evidence")
def evidence(request: HttpRequest, slug: str, language: Query[Language]) -> EvidenceOut:
    """Return what came in about a call, by way, with days and method, once it is over."""
    with translation.override(language.code):
        study = queries.study(slug, language=language.code, actor=ANYONE, now=timezone.now())
        if study is None:
            raise Http404
        return _out(study)


def _out(study: queries.Study) -> EvidenceOut:
    note = study.note
    return EvidenceOut(
        call=study.call.consultation.slug,
        counted_at=study.as_of,
        figures=study.figures,
        sources=[
            SourceOut(
                code=source.code,
                label=source.label,
                counted_apart=source.apart,
                n=source.total,
                first=source.first,
                last=source.last,
                withheld=source.withheld,
                nothing=source.nothing,
                inputs=[
                    InputOut(
                        mode=row.mode,
                        label=row.label,
                        n=row.n,
                        hidden=row.mark,
                        first=row.first,
                        last=row.last,
                        method=row.method,
                    )
                    for row in source.inputs
                ],
            )
            for source in study.sources
        ],
        left_out=[
            LeftOutOut(source=row.source, code=row.code, label=row.label, n=row.n, hidden=row.mark)
            for row in study.left_out
        ],
        took_part=[OutcomeTable(**table) for table in outcomes.tables_as_data(study.took_part)],
        method=MethodOut(
            language=note.language,
            publicised=note.publicised,
            reached=note.reached,
            limits=note.limits,
            written_at=note.written_at,
        )
        if note
        else None,
    )
