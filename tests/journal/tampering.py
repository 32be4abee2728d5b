"""What somebody with full rights on the database could do to the journal."""

import json
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.db import connection

from engage.journal import rules
from engage.journal.actions.checkpoints import grow_tree
from engage.journal.management.commands.flush import unprotected
from engage.journal.models import JournalCheckpoint, JournalRow, JournalSeal
from engage.journal.queries import ENTRY_COLUMNS, entry_of


def tamper(*statements: str) -> None:
    """Lift the triggers, change what must not change, and put the triggers back as if nothing had happened."""
    with unprotected(connection), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def hexed(digest: bytes) -> str:
    """Write bytes as a literal that both databases understand."""
    return f"'\\x{digest.hex()}'" if connection.vendor == "postgresql" else f"x'{digest.hex()}'"


def fresh_digest(row_id: int) -> bytes:
    """What the row's own hash would have to be now."""
    columns = JournalRow.objects.values_list(*ENTRY_COLUMNS).get(pk=row_id)
    return rules.leaf_hash(rules.leaf_text(entry_of(columns)))


def cover_up(row_id: int) -> None:
    """After a row was edited: make its hash, its seal, every later link and every kept block fit again."""
    leaf = fresh_digest(row_id)
    start = JournalSeal.objects.get(row_id=row_id).sequence
    before = JournalSeal.objects.filter(sequence=start - 1).first()
    chain = bytes(before.chain) if before else rules.GENESIS
    statements = [f"UPDATE journal_journalrow SET digest = {hexed(leaf)} WHERE id = {row_id}"]
    for seal in JournalSeal.objects.filter(sequence__gte=start).order_by("sequence"):
        each_leaf = leaf if seal.sequence == start else bytes(seal.leaf)
        chain = rules.next_link(chain, seal.sequence, seal.row_id, each_leaf)
        statements.append(
            f"UPDATE journal_journalseal SET leaf = {hexed(each_leaf)}, chain = {hexed(chain)} "
            f"WHERE sequence = {seal.sequence}"
        )
    tamper(*statements)
    tamper("DELETE FROM journal_journalnode")
    grow_tree(JournalSeal.objects.count())


def rewrite_checkpoint(number: int, column: str, literal: str) -> None:
    """Edit a checkpoint and make its own hash fit again."""
    tamper(f"UPDATE journal_journalcheckpoint SET {column} = {literal} WHERE number = {number}")
    digest = rules.document_digest(JournalCheckpoint.objects.get(pk=number).document())
    tamper(f"UPDATE journal_journalcheckpoint SET digest = {hexed(digest)} WHERE number = {number}")


def verify(*arguments: str) -> dict[str, Any]:
    """Run the command; the answer plus its exit code as `exit`."""
    output, code = StringIO(), 0
    try:
        call_command("journal_verify", "--json", *arguments, stdout=output)
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    return json.loads(output.getvalue()) | {"exit": code}
