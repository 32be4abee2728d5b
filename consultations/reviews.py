"""Reviews of a policy in force that the desk opens because of what came in about it (part four, 4.1 of the plan)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from consultations.calls.queries import shortest_days
from consultations.models import Consultation
from engage.accounts.actors import Actor, Role, has_role
from engage.departments.models import Department
from engage.departments.queries import roles_in
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import reviews
from engage.participation.reviews import Opened, Topic

# Time for an editor to write the page and for the gate.
OPENS_AFTER_DAYS = 14
WHO = frozenset({Role.OFFICER, Role.APPROVER, Role.ANALYST, Role.EDITOR})


@transaction.atomic
def open_review(topic: Topic, department_id: int, actor: Actor, now: datetime) -> int:
    """Make a review that is planned, not announced and without a page, so that staff alone see it; return its key.

    Once: while a review that the topic led to is not over, that one is returned. Who may: officers and approvers of
    the unit, analysts, editors. Raises Refused("not_allowed"), Refused("department_gone").
    """
    # Who presses at once for one topic waits here, so that one review comes of it.
    department = Department.objects.active().select_for_update(no_key=True).filter(pk=department_id).first()
    if department is None:
        raise Refused("department_gone")
    if not (roles_in(actor, department) & WHO or has_role(actor, Role.ANALYST, Role.EDITOR)):
        raise Refused("not_allowed")
    known = Consultation.objects.filter(pk__in=reviews.calls_of(topic), closes_at__gt=now, withdrawn_at=None)
    if (running := known.order_by("pk").first()) is not None:
        return running.pk
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    opens = midnight + timedelta(days=OPENS_AFTER_DAYS)
    call = Consultation.objects.create(
        slug=uuid4().hex,
        department=department,
        kind=Consultation.Kind.REVIEW,
        opens_at=opens,
        closes_at=opens + timedelta(days=shortest_days(opens) + 1),
    )
    call.slug = f"review-{call.pk}"
    call.save(update_fields=["slug"])
    reviews.link(call.pk, topic, actor=actor, now=now)
    journal.record(actor, "call.made", call, source=topic.source, topic=topic.key)
    return call.pk


def describe(calls: Collection[int], actor: Actor, now: datetime) -> dict[int, Opened]:
    """Return the calls of these keys that an actor may see, as the desk names them."""
    found = Consultation.objects.visible_to(actor).filter(pk__in=calls).prefetch_related("pages__locale")
    edits = has_role(actor, Role.EDITOR, Role.ADMINISTRATOR)
    return {
        call.pk: Opened(
            call.pk,
            call.title,
            reverse("wagtailsnippets_consultations_consultation:edit", args=[call.pk]) if edits else "",
            call.closes_at <= now or call.withdrawn_at is not None,
        )
        for call in found
    }


def register() -> None:
    """Let other rooms open reviews."""
    reviews.register(reviews.Room(open_review, describe))
