"""Every read of the plan: pages, feeds, API and search show what these return."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consultations.models import Consultation
from consultations.plans.models import Policy, StageMove
from consultations.queries import is_answered
from consultations.rules import CallState
from engage.accounts.actors import Actor
from engage.participation.kinds import Step


def policies(*, actor: Actor, now: datetime, topic: str = "") -> QuerySet[Policy]:
    """Return the plan, each policy with `stage` and `since` of its newest move; under way first, then what comes."""
    newest = StageMove.objects.filter(policy=OuterRef("pk")).order_by("-recorded_at", "-pk")
    found = (
        Policy.objects.visible_to(actor, now)
        .select_related("department")
        .prefetch_related("topics")
        .annotate(stage=Subquery(newest.values("stage")[:1]), since=Subquery(newest.values("on")[:1]))
    )
    # The two databases put an empty date at different ends.
    found = found.order_by(F("expected_on").asc(nulls_first=True), "pk")
    return found.filter(topics__code=topic) if topic else found


@dataclass(frozen=True)
class Tracked:
    """One policy with its tracker, its moves (newest first) and the calls the reader may see."""

    policy: Policy
    steps: list[Step]
    moves: list[StageMove]
    calls: list[Consultation]


def tracked(slug: str, *, actor: Actor, now: datetime) -> Tracked | None:
    """Return one policy; None when the actor may not see it."""
    visible = Consultation.objects.visible_to(actor).prefetch_related("pages__locale").order_by("opens_at")
    policy = (
        policies(actor=actor, now=now).prefetch_related("moves", Prefetch("calls", visible)).filter(slug=slug).first()
    )
    if policy is None:
        return None
    moves = list(policy.moves.all())
    return Tracked(policy, steps_of(policy, moves), moves[::-1], list(policy.calls.all()))


def followable_call(slug: str, *, actor: Actor, now: datetime) -> Consultation | None:
    """Return a call about which there is still something to tell; None when the actor may not see it."""
    found = Consultation.objects.visible_to(actor).filter(slug=slug).prefetch_related("pages__locale")
    call = found.annotate(answered=is_answered("pk")).first()
    if call is None or call.state(now, answered=call.answered) in (CallState.ANSWERED, CallState.WITHDRAWN):
        return None
    return call


def steps_of(policy: Policy, moves: list[StageMove]) -> list[Step]:
    """Return each stage as done, now or to do. A stage that came before the present one counts as done."""
    order = list(Policy.Stage)
    current = order.index(Policy.Stage(moves[-1].stage)) if moves else -1
    days = {move.stage: move.on for move in moves}
    steps = []
    for place, stage in enumerate(order):
        state = "now" if place == current else "done" if place < current else "todo"
        note = ""
        if place <= current and stage in days:
            note = date_format(days[stage], "DATE_FORMAT")
        elif place > current and stage is Policy.Stage.CONSULTATION and policy.expected_on:
            note = _("expected %(month)s") % {"month": month(policy)}
        steps.append(Step(str(stage.label), note, state))
    return steps


def month(policy: Policy) -> str:
    """Return the month in which comments are expected."""
    assert policy.expected_on is not None
    return date_format(policy.expected_on, pgettext("date format of a month", "F Y"))


def newest_moves(*, actor: Actor, limit: int) -> list[StageMove]:
    """Return what moved last, for the feeds."""
    found = StageMove.objects.visible_to(actor).select_related("policy").order_by("-recorded_at", "-pk")
    return list(found[:limit])
