"""Where the desk joins in when a sender is forgotten."""

from __future__ import annotations

from django.db import connection, transaction

from mailbox.actions.forgetting import Clean
from mailbox.desk.actions import index_case
from mailbox.desk.models import Note


def forget_beside(case_id: int, clean: Clean) -> None:
    """Take the sender out of what colleagues noted, and out of what the case is found by."""
    for note in Note.objects.filter(case=case_id):
        if (text := clean(note.text)) != note.text:
            note.text = text
            note.save(update_fields=["text"])
    index_case(case_id)
    if connection.vendor == "sqlite":
        # Its index only marks what went; the words leave it when its parts are written anew.
        transaction.on_commit(_write_index_anew)


def _write_index_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO mailbox_desk_fts (mailbox_desk_fts) VALUES ('optimize')")
