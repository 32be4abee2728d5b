"""Every write about practice: entering, leaving, starting anew, and what was done in it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count

from engage.accounts.actors import is_staff, roles_of
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.training import places, registry, twins
from engage.training.isolation import Place, inside
from engage.training.models import DoneStep


def enter(user: User) -> dict[str, Any]:
    """Give a person a practice site of their own, the one they had or a fresh one; returns what the session keeps.

    Raises Refused("not_allowed") for who is not staff, Refused("practice_not_ready") while the first one is built.
    """
    if not is_staff(user):
        raise Refused("not_allowed")
    place = places.ready(user.pk) or places.copy_for(user.pk)
    if place is None:
        raise Refused("practice_not_ready")
    return {"twin": _twin(user, place)}


def start_anew(user: User) -> dict[str, Any]:
    """Throw the practice site of a person away and give a fresh one; what was done in the tour stays done."""
    places.discard(user.pk)
    return enter(user)


def leave(user: User, drawer: dict[str, Any] | None, *, now: datetime) -> None:
    """Note what was done; the practice site stays as it is until the person comes back."""
    note_progress(user, drawer, now=now)


def _twin(user: User, place: Place) -> int:
    """Return the key of the person in the practice site who is this one there, with the roles of today."""
    roles = roles_of(user)
    with inside(place):
        known = User.objects.filter(email=twins.EMAIL).first()
        if known is not None and roles_of(known) != roles:
            twins.bring_roles(known, roles)
        return (known or twins.make((user.first_name, user.last_name), roles, is_superuser=user.is_superuser)).pk


def note_progress(user: User, drawer: dict[str, Any] | None, *, now: datetime) -> dict[str, dict[str, int]]:
    """Write down the steps that the practice site's journal shows as done; returns task to step to times seen."""
    place = places.ready(user.pk)
    if drawer is None or place is None:
        return {}
    with inside(place):
        counted = _verbs_of(drawer["twin"])
    visited = drawer.get("visited", [])
    seen = {
        task.code: {step.code: step.sign.seen(counted, visited) for step in task.steps} for task in registry.tasks()
    }
    done = [
        (task.code, step.code)
        for task in registry.tasks()
        for step in task.steps
        if step.sign.is_done(counted, visited)
    ]
    known = set(DoneStep.objects.filter(user=user).values_list("task", "step"))
    DoneStep.objects.bulk_create(
        [DoneStep(user=user, task=task, step=step, done_at=now) for task, step in done if (task, step) not in known],
        ignore_conflicts=True,
    )
    return seen


def _verbs_of(twin: int) -> Counter[str]:
    rows = JournalRow.objects.filter(actor_kind=JournalRow.ActorKind.USER, actor_id=str(twin))
    return Counter(dict(rows.values_list("verb").annotate(n=Count("pk"))))
