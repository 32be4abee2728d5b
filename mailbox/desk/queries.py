"""What the desk reads beside a case: who sees it, what waits for a person, the points of its checklist."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from engage.accounts.actors import Actor, Role
from engage.accounts.models import User
from engage.departments.models import Membership
from engage.departments.queries import above, departments_of, paths_of
from mailbox.desk.models import CheckItem, Mention, Note, Snippet, Snooze, Ticked
from mailbox.models import DESK_ROLES, Case, CoConsultation


def people_who_see(case: Case, asked: Iterable[str] | None = None) -> list[User]:
    """List the officers, approvers and reviewers of openness who may see a case, by name.

    The same rule as `Case.objects.visible_to`, from the other side: members of its units or of units above them, and
    nobody of the unit that it accuses or of one below it. `asked` are the paths of the units that were asked, where
    they are known.
    """
    if asked is None:
        asked = CoConsultation.objects.filter(case=case).values_list("department__path", flat=True)
    units = [unit.path for unit in (case.triage, case.lead, case.reviewer) if unit is not None] + list(asked)
    roles = [role.value for role in DESK_ROLES]
    held = Q()
    for role in roles:
        held |= Q(role=role, user__groups__name=role)
    rows = Membership.objects.filter(held, department__path__in=above(units), user__is_active=True)
    people = {row.user_id: row.user for row in rows.select_related("user")}
    if case.barred is not None:
        inside = Membership.objects.filter(held, department__path__startswith=case.barred.path)
        out = inside.values_list("user_id", flat=True)
        for pk in out:
            people.pop(pk, None)
    return sorted(people.values(), key=str)


def colleagues_of(actor: Actor) -> QuerySet[User]:
    """List the officers who may be given a case of the actor's units: those of them, below them and above them."""
    roles = (Role.OFFICER, Role.APPROVER)
    held = Membership.objects.filter(
        Q(department__in=departments_of(actor, *roles)) | Q(department__path__in=above(paths_of(actor, *roles))),
        user__groups__name=Role.OFFICER.value,
        user__is_active=True,
        role=Role.OFFICER.value,
    )
    return User.objects.filter(pk__in=held.values("user")).order_by("last_name", "first_name", "pk")


def mentions_for(actor: Actor) -> QuerySet[Mention]:
    """List where a person is named and has not said to have seen it, the oldest first; for the view and the digest."""
    return (
        Mention.objects.waiting_for(actor)
        .select_related("note__case__submission", "note__by")
        .order_by("note__at", "pk")
    )


@dataclass(frozen=True)
class Point:
    """One point of the checklist as a case shows it."""

    item: CheckItem
    ticked: Ticked | None


@dataclass(frozen=True)
class Beside:
    """What stands beside one case for one officer."""

    snooze: Snooze | None
    asleep: bool
    notes: list[Note]
    mentioned: int
    points: list[Point]


NOTHING_BESIDE = Beside(None, False, [], 0, [])


def beside(case: Any, *, actor: Actor, today: date) -> Beside:
    """Read what the desk keeps beside a case that `board.case_of` has read, which knows what there is to read."""
    snooze, asleep = None, False
    if case.has_snooze:
        snooze = Snooze.objects.filter(case=case).select_related("by").first()
        asleep = Snooze.objects.asleep(today).filter(pk=case.pk).exists()
    notes = list(Note.objects.filter(case=case).select_related("by")) if case.has_talk else []
    mentioned = 0
    if notes:
        mentioned = Mention.objects.filter(note__case=case, user_id=actor.pk or 0, seen_at=None).count()
    has_points = case.has_points and case.is_open
    items = list(CheckItem.objects.filter(kind=case.kind, active=True)) if has_points else []
    done = {row.item_id: row for row in case.ticked.select_related("by")} if items else {}
    return Beside(snooze, asleep, notes, mentioned, [Point(item, done.get(item.pk)) for item in items])


def snippets_for(actor: Actor, language: str) -> QuerySet[Snippet]:
    """List the pieces of text in a language that a person may use, the most used first."""
    return Snippet.objects.visible_to(actor).filter(language=language).select_related("department")


def asleep_today() -> QuerySet[Snooze]:
    """List what is snoozed now."""
    return Snooze.objects.asleep(timezone.localdate())
