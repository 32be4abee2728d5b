"""The plan in the public API."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils import timezone, translation
from ninja import Query, Router, Schema

from consultations.api import Language
from consultations.plans import queries
from engage.accounts.actors import ANYONE

router = Router(tags=["plan"])


class MoveOut(Schema):
    """That a policy reached a stage."""

    stage: str
    on: date
    note: str


class PolicyOut(Schema):
    """One policy of the forward plan; `expected` is the month in which comments are expected, as YYYY-MM."""

    slug: str
    title: str
    summary: str
    department: str
    stage: str | None
    expected: str
    topics: list[str]
    moves: list[MoveOut]


@router.get("", response=list[PolicyOut])
def list_policies(request: HttpRequest, language: Query[Language]) -> list[PolicyOut]:
    """List the forward plan."""
    with translation.override(language.code):
        found = queries.policies(actor=ANYONE, now=timezone.now()).prefetch_related("moves")
        return [
            PolicyOut(
                slug=policy.slug,
                title=policy.title,
                summary=policy.summary,
                department=policy.department.name,
                stage=policy.stage,
                expected=f"{policy.expected_on:%Y-%m}" if policy.expected_on else "",
                topics=[topic.code for topic in policy.topics.all()],
                moves=[MoveOut(stage=move.stage, on=move.on, note=move.note) for move in policy.moves.all()],
            )
            for policy in found
        ]
