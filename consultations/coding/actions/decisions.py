"""Decisions: what happens to a theme, or to one point where it differs from its theme, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from consultations.coding import rules
from consultations.coding.access import check_decider
from consultations.coding.actions.rows import leave_step, locked_comment, locked_theme, person
from consultations.coding.actions.themes import clean_text
from consultations.coding.models import Decision, Point, Step, Theme
from engage.accounts.actors import Actor
from engage.departments.models import Department
from engage.errors import Refused
from engage.journal import actions as journal


@dataclass(frozen=True)
class DecisionInput:
    """A decision as it is made; `department` is the key of the department responsible."""

    disposition: str
    reason_code: str = ""
    reason_zh: str = ""
    reason_en: str = ""
    forwarded_zh: str = ""
    forwarded_en: str = ""
    department: int | None = None


@transaction.atomic
def decide(kind: str, pk: int, given: DecisionInput, *, current: int | None, actor: Actor) -> Decision:
    """Decide about a theme or a point (`kind`). The decision before stays, replaced.

    `current` is the key of the decision that the page showed (None: none). Where another was made meanwhile, this one
    is refused: Refused("decision_changed", decision).
    Also raises those of `rules.check_decision`, Refused("point_gone") and those of `locked_theme`.
    """
    subject = _locked_subject(kind, pk, actor)
    given = _cleaned(given)
    before = _current(subject)
    if (before.pk if before else None) != current:
        raise Refused("decision_changed", decision=before.get_disposition_display() if before else "")
    if before and all(
        getattr(before, "department_id" if name == "department" else name) == value
        for name, value in asdict(given).items()
    ):
        return before
    if before:
        Decision.objects.filter(pk=before.pk).update(replaced_at=timezone.now())
    fields = asdict(given) | {"department_id": given.department}
    del fields["department"]
    made = Decision.objects.create(
        consultation_id=subject.consultation_id, decided_by=person(actor), **{kind: subject}, **fields
    )
    leave_step(
        actor,
        Step.Kind.DECIDED,
        subject.consultation_id,
        subject.comment if isinstance(subject, Point) else None,
        decision=made.pk,
        before=before.pk if before else None,
    )
    journal.record(actor, "decision.made", made, **{kind: pk}, disposition=made.disposition)
    return made


@transaction.atomic
def withdraw_decision(decision_id: int, *, actor: Actor) -> None:
    """End a decision without another in its place; nothing happens when it is not in force any more."""
    decision = Decision.objects.visible_to(actor).filter(pk=decision_id).first()
    if decision is None:
        raise Refused("decision_gone")
    subject = _locked_subject(
        *(("theme", decision.theme_id) if decision.theme_id else ("point", decision.point_id)), actor
    )
    if not Decision.objects.filter(pk=decision_id, replaced_at=None).update(replaced_at=timezone.now()):
        return
    leave_step(
        actor,
        Step.Kind.DECIDED,
        subject.consultation_id,
        subject.comment if isinstance(subject, Point) else None,
        decision=None,
        before=decision_id,
    )
    journal.record(actor, "decision.withdrawn", decision)


def _locked_subject(kind: str, pk: int, actor: Actor) -> Theme | Point:
    if kind == "theme":
        theme = locked_theme(pk, actor)
        check_decider(actor, theme.consultation)
        return theme
    point = Point.objects.visible_to(actor).filter(pk=pk).first()
    if point is None:
        raise Refused("point_gone")
    comment = locked_comment(point.comment_id, actor)
    check_decider(actor, comment.consultation)
    live = Point.objects.filter(pk=pk, removed_at=None).select_related("comment").first()
    if live is None:
        raise Refused("point_gone")
    return live


def _current(subject: Theme | Point) -> Decision | None:
    return subject.decisions.filter(replaced_at=None).first()


def _cleaned(given: DecisionInput) -> DecisionInput:
    if given.disposition and given.disposition not in Decision.Disposition:
        raise Refused("decision_missing")
    if given.reason_code and given.reason_code not in Decision.Reason:
        raise Refused("reason_kind_missing")
    texts = {
        name: clean_text(getattr(given, name)) for name in ("reason_zh", "reason_en", "forwarded_zh", "forwarded_en")
    }
    if given.disposition not in rules.NEEDS_FORWARDING:
        texts |= {"forwarded_zh": "", "forwarded_en": ""}
    rules.check_decision(given.disposition, reason_code=given.reason_code, **texts)
    department = given.department
    if department is not None and not Department.objects.active().filter(pk=department).exists():
        raise Refused("department_gone")
    return DecisionInput(given.disposition, given.reason_code, department=department, **texts)
