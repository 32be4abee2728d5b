"""The way of a pack to the public, which leads through the gate alone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from consultations.packs import queries
from consultations.packs.actions.writing import IN_WORK, locked
from consultations.packs.models import Pack
from consultations.plans import actions as plans
from consultations.plans.following import EXPLAINED
from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing import gate
from engage.search import actions as search

KIND = "pack"


@transaction.atomic
def publish(pack: Pack, /, *, now: datetime, actor: Actor) -> None:
    """Freeze what was signed and let everybody read it; the pack published before on the version is replaced.

    The gate calls this in its own transaction. Raises Refused("pack_not_open"), Refused("pack_incomplete",
    missing=[...]), and Refused("release_changed") for what is no longer as it was signed.
    """
    pack = locked(pack.pk, SYSTEM)
    if pack.state not in IN_WORK:
        raise Refused("pack_not_open")
    built = queries.build(pack)
    if built.missing:
        raise Refused("pack_incomplete", missing=built.missing)
    gate.require_signed(KIND, pack, built.hash)
    before = Pack.objects.filter(version=pack.version_id, state=Pack.State.PUBLISHED).first()
    if before is not None:
        before.state = Pack.State.SUPERSEDED
        before.save(update_fields=["state"])
    pack.content, pack.content_hash = built.content, built.hash
    pack.state, pack.published_at = Pack.State.PUBLISHED, now
    pack.save(update_fields=["content", "content_hash", "state", "published_at"])
    search.index(pack, *([before] if before else []))
    plans.note(EXPLAINED, pack.consultation, ref=pack.version_id, now=now)
    journal.record(actor, "pack.published", pack, number=pack.number, sha256=pack.content_hash)


@transaction.atomic
def unpublish(pack: Pack, /, *, now: datetime, actor: Actor) -> None:
    """Take a pack from the public: the gate calls this when a review made up for says so.

    A pack that a correction replaced is not public any more.
    """
    pack = locked(pack.pk, SYSTEM)
    if pack.state != Pack.State.PUBLISHED:
        return
    pack.state = Pack.State.TAKEN_DOWN
    pack.save(update_fields=["state"])
    search.index(pack)
    plans.hold(EXPLAINED, ref=pack.version_id, now=now)
    journal.record(actor, "pack.taken_down", pack, number=pack.number)
