"""Every write of the desk's shell. What an action does to its items is the queue's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from engage.accounts.models import User
from engage.departments.models import Department, Membership
from engage.desk.models import Preference, SavedView, Undo, new_token
from engage.desk.registry import Done, Queue, RowAction, Text, queue_for
from engage.desk.rules import MAX_SAVED_VIEWS, MAX_SELECTED, UNDO_SECONDS, VIEW_NAME_MAX_LENGTH, undo_until
from engage.errors import Refused


@dataclass(frozen=True)
class Acted:
    """What an action did, with the token that takes it back within `seconds` (empty when it cannot be)."""

    done: Done
    token: str = ""
    seconds: int = 0


@transaction.atomic
def act(
    actor: User, queue: Queue, action: RowAction, ids: Sequence[str], data: Mapping[str, Any], *, now: datetime
) -> Acted:
    """Run one action of a queue on the chosen rows, all or nothing, and keep its undo.

    Raises Refused("nothing_chosen"), Refused("too_many_chosen"), Refused("one_at_a_time") and the queue's own.
    """
    if not ids:
        raise Refused("nothing_chosen")
    if len(ids) > MAX_SELECTED:
        raise Refused("too_many_chosen", limit=MAX_SELECTED)
    if len(ids) > 1 and not action.bulk:
        raise Refused("one_at_a_time")
    done = action.run(actor, ids, data)
    if done.undo is None or action.undo is None:
        Undo.objects.filter(user=actor).delete()
        return Acted(done)
    token = keep_undo(actor, queue, action.code, done.undo, now=now, seconds=action.undo_seconds)
    return Acted(done, token, action.undo_seconds)


def keep_undo(
    actor: User, queue: Queue, action: str, payload: Mapping[str, Any], *, now: datetime, seconds: int = UNDO_SECONDS
) -> str:
    """Keep what takes the last thing back that somebody did; returns the token. An action of a page has no code."""
    kept, _ = Undo.objects.update_or_create(
        user=actor,
        defaults={
            "token": new_token(),
            "queue": queue.code,
            "action": action,
            "payload": dict(payload),
            "until": undo_until(now, seconds),
        },
    )
    return kept.token


@transaction.atomic
def undo(actor: User, token: str, *, now: datetime) -> Text:
    """Take the last action back, once; returns what its queue says.

    Raises Refused("undo_too_late") when the time is over, when it was taken back already, and when the queue is no
    longer the actor's; and what the queue refuses.
    """
    mine = Undo.objects.select_for_update().filter(user=actor, until__gt=now).first()
    kept = mine if mine and mine.token == token else None
    queue = queue_for(actor, kept.queue) if kept else None
    take_back = queue.taking_back(kept.action) if kept and queue else None
    if kept is None or take_back is None:
        raise Refused("undo_too_late")
    kept.delete()
    return take_back(actor, kept.payload)


def save_view(
    actor: User, queue: Queue, name: str, filters: Mapping[str, str], *, department: Department | None = None
) -> SavedView:
    """Keep filters under a name, for oneself or for a unit and those below it.

    Raises Refused("view_needs_name"), Refused("view_name_too_long"), Refused("view_name_taken"),
    Refused("too_many_views") and Refused("not_allowed") for a unit one does not belong to.
    """
    name = _clean_name(name)
    if SavedView.objects.filter(user=actor, queue=queue.code).count() >= MAX_SAVED_VIEWS:
        raise Refused("too_many_views", limit=MAX_SAVED_VIEWS)
    if department is not None and not Membership.objects.filter(user=actor, department=department).exists():
        raise Refused("not_allowed")
    return _keep(SavedView(user=actor, queue=queue.code, name=name, filters=dict(filters), department=department))


def rename_view(actor: User, view: SavedView, name: str) -> SavedView:
    """Give one's own view another name; refusals as in `save_view`."""
    _check_own(actor, view)
    view.name = _clean_name(name)
    return _keep(view)


def delete_view(actor: User, view: SavedView) -> None:
    """Forget one's own view."""
    _check_own(actor, view)
    view.delete()


def set_single_keys(actor: User, on: bool) -> None:
    """Turn the single-letter keys on or off for a person (WCAG 2.1.4)."""
    Preference.objects.update_or_create(user=actor, defaults={"single_keys": on})


def _clean_name(name: str) -> str:
    cleaned = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if not cleaned:
        raise Refused("view_needs_name")
    if len(cleaned) > VIEW_NAME_MAX_LENGTH:
        raise Refused("view_name_too_long", limit=VIEW_NAME_MAX_LENGTH)
    return cleaned


def _keep(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as exc:
        raise Refused("view_name_taken") from exc
    return view


def _check_own(actor: User, view: SavedView) -> None:
    if view.user_id != actor.pk:
        raise Refused("not_allowed")
