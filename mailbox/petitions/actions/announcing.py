"""Letters about what came of a petition to all signers who asked: listed in batches, each signer once, resumable.

The list is made inside the database; neither the number of signatures nor that of letters costs memory here. No more
than a few letters wait at a time, so that whoever waits for a link to confirm does not wait for a million others.
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from engage.accounts.actors import SYSTEM, Actor, has_role
from engage.errors import Refused
from engage.journal import actions as journal
from mailbox.petitions.models import (
    MODERATORS,
    Announcement,
    Petition,
    PetitionEvent,
    Signature,
    SignatureLetter,
    letters_due,
)

# Kinds of letters about events; answering/letters.py says what they say.
KINDS = ("answered", "planned", "debated", "not_held")
# Keys of signatures that one batch goes over, and how many letters may wait to be sent.
WINDOW = 20_000
WAITING_MOST = 2_000
LETTERS_AT_ONCE = 1_000
BATCHES_MOST = 500

# Of a window the first so many; the last of them says where the next batch begins.
_CHOSEN = """
    SELECT s.id FROM petitions_signature s
    WHERE s.id > %(after)s AND s.id <= %(until)s AND s.petition_id = %(petition)s
    AND s.state = 'confirmed' AND s.wants_news AND s.email IS NOT NULL ORDER BY s.id LIMIT %(most)s
"""
_INSERT = f"""
    INSERT INTO petitions_signatureletter (signature_id, kind, about, state, next_try_at, tries, said)
    SELECT chosen.id, %(kind)s, %(about)s, 'ready', %(now)s, 0, '' FROM ({_CHOSEN}) chosen WHERE true
    ON CONFLICT (signature_id, kind, about) DO NOTHING
"""


def announce(event: PetitionEvent, kind: str) -> Announcement:
    """Let the signers who asked be told of an event by letters of a kind; in the transaction that wrote the event."""
    row, _made = Announcement.objects.get_or_create(event=event, defaults={"petition": event.petition, "kind": kind})
    return row


def list_letters(*, now: datetime) -> int:
    """Write the next letters of announcements that are not listed yet; returns how many."""
    listed = 0
    for key in list(Announcement.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)):
        for _batch in range(BATCHES_MOST):
            if _waiting() >= WAITING_MOST:
                return listed
            made, goes_on = _list_batch(key, now)
            listed += made
            if not goes_on:
                break
    return listed


def _waiting() -> int:
    """Count the letters about events that are ready, as far as it matters."""
    ready = SignatureLetter.objects.filter(letters_due(), kind__in=KINDS)
    return ready.order_by("next_try_at", "pk")[:WAITING_MOST].count()


@transaction.atomic
def _list_batch(key: int, now: datetime) -> tuple[int, bool]:
    """List the next few; returns how many, and whether there are more to come."""
    row = Announcement.objects.select_for_update().get(pk=key)
    if row.ended_at is not None:
        return 0, False
    last = Signature.objects.aggregate(last=Max("pk"))["last"] or 0
    if row.last_key >= last:
        row.ended_at = now
        row.save(update_fields=["ended_at"])
        journal.record(SYSTEM, "petition.announced", row, petition=row.petition_id, kind=row.kind, letters=row.listed)
        return 0, False
    until = min(row.last_key + WINDOW, last)
    values = {
        "after": row.last_key,
        "until": until,
        "petition": row.petition_id,
        "most": LETTERS_AT_ONCE,
        "kind": row.kind,
        "about": row.pk,
        "now": connection.ops.adapt_datetimefield_value(now),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), max(id) FROM ({_CHOSEN}) chosen", values)
        found, highest = cursor.fetchone()
        cursor.execute(_INSERT, values)
        made = cursor.rowcount
    row.last_key = highest if found == LETTERS_AT_ONCE else until
    row.listed += made
    row.save(update_fields=["last_key", "listed"])
    return made, True


@transaction.atomic
def send_uncertain(petition_id: int, event_id: int, *, actor: Actor, now: datetime) -> int:
    """Send once more the letters about an event of which nobody knows whether they arrived; returns how many.

    A person decided that twice is better than not. Raises Refused("not_allowed"), Announcement.DoesNotExist.
    """
    if not has_role(actor, *MODERATORS):
        raise Refused("not_allowed")
    seen = Announcement.objects.filter(petition__in=Petition.objects.visible_to(actor), petition=petition_id)
    row = seen.select_for_update(of=("self",)).get(pk=event_id)
    uncertain = SignatureLetter.objects.filter(state=SignatureLetter.State.UNCERTAIN, kind=row.kind, about=row.pk)
    n = uncertain.update(state=SignatureLetter.State.READY, said="", next_try_at=now)
    if n:
        journal.record(actor, "petition.letters_again", row, petition=petition_id, kind=row.kind, letters=n)
    return n
