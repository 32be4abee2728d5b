"""The way of a pack to the public: handed in, sent back, approved by somebody who did not write in it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from consultations.packs import queries, rules
from consultations.packs.access import may_approve, may_write
from consultations.packs.actions.writing import editable, locked
from consultations.packs.models import Pack
from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing import gate
from engage.search import actions as search

KIND = "pack"


@transaction.atomic
def submit(pack_id: int, *, revision: int, actor: Actor) -> Pack:
    """Hand a pack in for approval: its exact content is kept, hashed, and no longer changed.

    Raises Refused("pack_incomplete", missing=[...]) with every gap by name, and those of every change.
    """
    pack = editable(pack_id, revision, actor)
    built = queries.build(pack)
    if built.missing:
        raise Refused("pack_incomplete", missing=built.missing)
    pack.content, pack.content_hash = built.content, built.hash
    pack.state, pack.submitted_at, pack.returned_note = Pack.State.SUBMITTED, timezone.now(), ""
    pack.save()
    journal.record(actor, "pack.submitted", pack, sha256=pack.content_hash, n_blocks=len(built.content["blocks"]))
    return pack


def _submitted(pack_id: int, actor: Actor) -> Pack:
    pack = locked(pack_id, actor)
    if pack.state != Pack.State.SUBMITTED:
        raise Refused("pack_not_submitted")
    return pack


@transaction.atomic
def send_back(pack_id: int, note: str, *, actor: Actor) -> Pack:
    """Make a submitted pack a draft again: an approver with a note for the writer, or a writer taking it back.

    What was signed was another content, so no sign-off outlives it. Raises Refused("not_allowed"),
    Refused("pack_not_submitted"), Refused("note_missing"), Refused("pack_text_too_long", most=...).
    """
    pack = _submitted(pack_id, actor)
    is_writer = isinstance(actor, User) and pack.writers.filter(pk=actor.pk).exists()
    if not (is_writer and may_write(actor)) and not may_approve(actor):
        raise Refused("not_allowed")
    if not is_writer and not note.strip():
        raise Refused("note_missing")
    if len(note) > rules.NOTE_MOST:
        raise Refused("pack_text_too_long", most=rules.NOTE_MOST)
    pack.state, pack.returned_note = Pack.State.DRAFT, note.strip()
    pack.content, pack.content_hash, pack.submitted_at = {}, "", None
    pack.revision += 1
    pack.save()
    journal.record(actor, "pack.sent_back", pack)
    return pack


@transaction.atomic
def approve(pack_id: int, content_hash: str, *, now: datetime, actor: Actor) -> Pack:
    """Sign the content and, when the gate opens, publish it; the pack published before on the version is replaced.

    `content_hash` is that of what the approver read. Raises Refused("not_allowed"), Refused("pack_not_submitted"),
    Refused("pack_content_changed"), Refused("pack_incomplete", missing=[...]), and those of the gate.
    """
    if not may_approve(actor):
        raise Refused("not_allowed")
    pack = _submitted(pack_id, actor)
    if content_hash != pack.content_hash:
        raise Refused("pack_content_changed")
    built = queries.build(pack)
    if built.missing:
        raise Refused("pack_incomplete", missing=built.missing)
    if built.hash != pack.content_hash:
        raise Refused("pack_content_changed")
    writers = set(pack.writers.values_list("pk", flat=True))
    gate.sign(KIND, content_hash, actor, writers=writers)
    gate.require(KIND, content_hash, actor, writers=writers)
    before = Pack.objects.filter(version=pack.version_id, state=Pack.State.PUBLISHED).first()
    if before is not None:
        before.state = Pack.State.SUPERSEDED
        before.save(update_fields=["state"])
    pack.state, pack.published_at = Pack.State.PUBLISHED, now
    pack.approver = actor if isinstance(actor, User) else None
    pack.save(update_fields=["state", "published_at", "approver"])
    search.index(pack, *([before] if before else []))
    journal.record(actor, "pack.published", pack, number=pack.number, sha256=pack.content_hash)
    return pack
