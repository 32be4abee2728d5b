"""Who is away and who stands in; whose cases go to somebody else meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.db import transaction

from engage.accounts.actors import Actor, Role, has_role
from engage.departments.models import Membership
from engage.departments.queries import above, departments_of
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox import rules
from mailbox.actions.handle import assign_case
from mailbox.models import Absence


@transaction.atomic
def set_absence(user_id: int, *, first: date, last: date, deputy: int | None = None, actor: Actor) -> Absence:
    """Say when one is away and who stands in; approvers of a unit and administrators may say it for its people.

    Raises Refused("not_allowed"), Refused("absence_reversed"), Refused("absence_too_long", most=...),
    Refused("absence_own_deputy"), Refused("deputy_elsewhere") for somebody who holds no place in a unit of theirs.
    """
    if not may_set_absence(user_id, actor):
        raise Refused("not_allowed")
    if last < first:
        raise Refused("absence_reversed")
    if (last - first).days >= rules.ABSENCE_DAYS_MOST:
        raise Refused("absence_too_long", most=rules.ABSENCE_DAYS_MOST)
    if deputy == user_id:
        raise Refused("absence_own_deputy")
    if deputy is not None and deputy not in deputies_for(user_id):
        raise Refused("deputy_elsewhere")
    row = Absence.objects.create(user_id=user_id, first=first, last=last, deputy_id=deputy)
    journal.record(
        actor, "absence.set", row, user=user_id, first=first.isoformat(), last=last.isoformat(), deputy=deputy
    )
    return row


@transaction.atomic
def end_absence(absence_id: int, *, actor: Actor) -> None:
    """Take an absence out of the calendar: the person is there after all.

    Raises Refused("not_allowed"), Absence.DoesNotExist.
    """
    row = Absence.objects.select_for_update().get(pk=absence_id)
    if not may_set_absence(row.user_id, actor):
        raise Refused("not_allowed")
    journal.record(
        actor, "absence.ended", row, user=row.user_id, first=row.first.isoformat(), last=row.last.isoformat()
    )
    row.delete()


def may_set_absence(user_id: int, actor: Actor) -> bool:
    """Tell whether an actor may say when somebody is away: oneself, approvers of a unit of theirs, administrators."""
    return user_id in may_set_absence_of([user_id], actor)


def may_set_absence_of(user_ids: Collection[int], actor: Actor) -> set[int]:
    """Return those of some people of whom an actor may say when they are away."""
    if has_role(actor, Role.ADMINISTRATOR):
        return set(user_ids)
    own = departments_of(actor, Role.APPROVER)
    held = Membership.objects.filter(user__in=user_ids, department__in=own)
    found = set(held.values_list("user_id", flat=True))
    return found | {actor.pk} if actor.pk is not None and actor.pk in user_ids else found


def deputies_for(user_id: int) -> set[int]:
    """Return who may stand in for somebody: active people with a place at the desk in a unit of theirs or above it."""
    paths = list(Membership.objects.filter(user_id=user_id).values_list("department__path", flat=True))
    near = Membership.objects.filter(
        department__path__in=above(paths), user__is_active=True, role__in=[Role.OFFICER, Role.APPROVER]
    )
    return set(near.exclude(user_id=user_id).values_list("user_id", flat=True))


@transaction.atomic
def reassign_cases(chosen: Sequence[tuple[int, int]], *, to: int | None, actor: Actor, now: datetime) -> int:
    """Give several cases (number, revision as it was seen) to another officer, all or none; returns how many.

    Raises as `assign_case`, Refused("cases_chosen_none"), Refused("cases_chosen_many", most=...).
    """
    if not chosen:
        raise Refused("cases_chosen_none")
    if len(chosen) > rules.CHOSEN_MOST:
        raise Refused("cases_chosen_many", most=rules.CHOSEN_MOST)
    for pk, revision in sorted(set(chosen)):
        assign_case(pk, to=to, actor=actor, now=now, revision=revision)
    return len(set(chosen))
