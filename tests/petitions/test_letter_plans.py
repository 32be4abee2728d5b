"""The worker's reads of letters use their partial indexes on both databases: the table keeps every letter ever sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from mailbox.petitions.actions import announcing, letters
from mailbox.petitions.models import Announcement, PetitionEvent, SignatureLetter
from mailbox.petitions.queries import answering
from tests.petitions import factories

pytestmark = pytest.mark.django_db
TABLE = SignatureLetter._meta.db_table


def plans_of(call) -> list[str]:
    """How the database carries out what `call` asks of the letters, statements with their values as parameters."""
    asked = []

    def remember(execute, sql, params, many, context):
        if not many and f'FROM "{TABLE}"' in sql and "_state" not in sql or f'UPDATE "{TABLE}"' in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        call()
    found = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # With a handful of rows reading them all is always cheapest; the question is whether the index can serve.
            cursor.execute("SET LOCAL enable_seqscan = off")
        for sql, params in asked:
            cursor.execute(f"{'EXPLAIN' if connection.vendor == 'postgresql' else 'EXPLAIN QUERY PLAN'} {sql}", params)
            found.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def written() -> SignatureLetter:
    now = timezone.now()
    of = factories.petition(now=now)
    for state in SignatureLetter.State.values:
        SignatureLetter.objects.create(
            signature=factories.signature(of, "pending", now=now), kind="confirm", state=state, next_try_at=now
        )
    return SignatureLetter.objects.get(state="waiting")


def test_looking_sending_and_giving_up_read_no_letter_that_was_sent():
    letter, later = written(), timezone.now() + timedelta(minutes=1)
    assert letter.state == "waiting"
    by_key = ("_pkey", "USING INTEGER PRIMARY KEY", "signature_letter_once")
    plans = plans_of(lambda: letters.carry(clock=lambda: later))
    plans += plans_of(announcing._waiting)
    due = [plan for plan in plans if not any(key in plan for key in by_key)]
    assert len(due) >= 5
    for plan in due:
        assert "signature_letters_due" in plan, plan


def test_letters_that_were_lost_are_found_by_their_index():
    written()
    of = factories.petition()
    event = PetitionEvent.objects.create(petition=of, code="answered")
    Announcement.objects.create(event=event, petition=of, kind="answered", listed=1)
    plans = plans_of(lambda: answering.told_of(of))
    assert len(plans) == 2
    assert "signature_letters_due" in plans[0] and "signature_letters_lost" in plans[1], plans
