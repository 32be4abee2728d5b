"""The way of a release to the public. Only the gate calls `publish`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.press import queries, rules, telling
from engage.outreach.press.access import check_editor
from engage.outreach.press.actions.writing import KIND, locked
from engage.outreach.press.models import Edition, Release
from engage.pages.models import Topic
from engage.publishing import gate
from engage.search import actions as search


@transaction.atomic
def hand_in(release_id: int, *, revision: int, now: datetime, actor: Actor, emergency: str = "") -> Any:
    """Hand a release in for its reviews; with a reason in an emergency, one approver is enough and the rest follows.

    Raises Refused("press_lacks", lacks=[...]), Refused("press_reason_missing"), those of every change and of the
    gate.
    """
    release = locked(release_id, revision, actor)
    if missing := queries.lacks(release, now):
        raise Refused("press_lacks", lacks=missing)
    if release.kind == rules.EMERGENCY and len(emergency.strip()) < rules.REASON_LEAST:
        raise Refused("press_reason_missing")
    return gate.request(
        KIND,
        release,
        actor=actor,
        now=now,
        emergency=emergency.strip() if release.kind == rules.EMERGENCY else None,
    )


@transaction.atomic
def publish(release: Release, /, *, now: datetime, actor: Actor) -> None:
    """Freeze what was signed as the next edition. An embargo that is over by now holds nothing back."""
    release = Release.objects.select_for_update(of=("self",)).select_related("department").get(pk=release.pk)
    built = queries.build(release)
    before = release.editions.filter(superseded=False).first()
    if before is not None:
        before.superseded = True
        before.save(update_fields=["superseded"])
    row = Edition.objects.create(
        release=release,
        number=built.content["number"],
        kind=release.kind,
        department=release.department,
        revision=release.revision,
        content=built.content,
        content_hash=built.hash,
        published_at=now,
        # A correction does not make a public release secret again, and keeps its day.
        public_from=before.public_from if before else rules.public_from(now, release.embargo_until),
        announced_at=before.announced_at if before else None,
    )
    row.topics.set(Topic.objects.filter(code__in=built.content["topics"]))
    release.correction = {}
    release.save(update_fields=["correction"])
    journal.record(actor, "press.published", row, slug=release.slug, number=row.number, sha256=row.content_hash)
    search.index(row, *([before] if before else []))
    if row.public_from <= now:
        _announce(row, now)


def _announce(row: Edition, now: datetime) -> None:
    if row.announced_at is None:
        row.announced_at = now
        row.save(update_fields=["announced_at"])
        telling.tell_release(row, now=now)
        journal.record(SYSTEM, "press.announced", row, slug=row.release.slug)
    search.index(row)


@transaction.atomic
def announce(*, now: datetime) -> int:
    """Put into the search what came out of its embargo; returns how many."""
    due = Edition.objects.filter(announced_at__isnull=True, superseded=False, public_from__lte=now)
    rows = list(due.select_related("release").select_for_update(of=("self",), skip_locked=True)[:50])
    for row in rows:
        _announce(row, now)
    return len(rows)


@transaction.atomic
def take_down(release_id: int, *, now: datetime, actor: Actor) -> None:
    """Take a release from the public; nothing is deleted. Raises Refused("not_allowed")."""
    check_editor(actor)
    take_down_by_gate(Release.objects.get(pk=release_id), now=now, actor=actor)


@transaction.atomic
def take_down_by_gate(release: Release, /, *, now: datetime, actor: Actor) -> None:
    """Take what stands of a release from the public, for the gate: a review made up for found it must not be read."""
    for row in release.editions.filter(superseded=False, taken_down_at__isnull=True):
        row.taken_down_at = now
        row.save(update_fields=["taken_down_at"])
        search.index(row)
        journal.record(actor, "press.taken_down", row, slug=release.slug, number=row.number)


@transaction.atomic
def note_early_read(row: Edition, what: str, *, actor: Actor) -> None:
    """Write down who read a release before its minute, and what of it."""
    journal.record(actor, "press.read_early", row, slug=row.content["slug"], what=what)
