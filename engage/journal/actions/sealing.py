"""Sealing: rows waiting in `JournalPending` get their sequence number and are hashed to the row before."""

from django.db import connection, transaction

from engage.journal import rules
from engage.journal.models import JournalPending, JournalRow, JournalSeal

BATCH = 1_000
# Advisory locks on PostgreSQL; any number that nothing else in this database uses.
SEALING = 0x454E_4741_0001
CHECKPOINTS = 0x454E_4741_0002

# A note is ripe when its transaction is older than every transaction still open in this database, so that rows are
# sealed in the order of their transactions. A server may hold other databases, whose transactions stand in the snapshot
# as well: one that its own session says belongs elsewhere holds nothing back; of whom nothing is known counts as ours.
# Two more cases: a number that this server has not given out yet comes from the server the database was restored from;
# and the sealer's own rows are committed together with their seals. A row that is not ripe stays noted, so none is ever
# skipped, whatever its id. A row sealed before, or no longer there, is never ripe.
RIPE_POSTGRES = """
    WITH running AS (
        SELECT pg_snapshot_xip(pg_current_snapshot()) AS xid UNION ALL SELECT pg_current_xact_id_if_assigned()
    ),
    oldest AS (
        SELECT running.xid FROM running
        WHERE running.xid IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM pg_stat_activity session
            WHERE session.backend_xid = running.xid::xid AND session.datname <> current_database()
        )
        ORDER BY running.xid LIMIT 1
    )
    SELECT pending.row_id
    FROM journal_journalpending pending JOIN journal_journalrow ON journal_journalrow.id = pending.row_id
    WHERE (
        pending.xid < coalesce((SELECT xid FROM oldest), pg_snapshot_xmax(pg_current_snapshot()))
        OR pending.xid >= pg_snapshot_xmax(pg_current_snapshot())
        OR pending.xid = pg_current_xact_id_if_assigned()
    )
    AND NOT EXISTS (SELECT 1 FROM journal_journalseal seal WHERE seal.row_id = pending.row_id)
    ORDER BY pending.xid, pending.row_id
    LIMIT %s
"""
# SQLite has one writer: whatever is visible was committed in the order of the ids.
RIPE_SQLITE = """
    SELECT pending.row_id
    FROM journal_journalpending pending JOIN journal_journalrow ON journal_journalrow.id = pending.row_id
    WHERE NOT EXISTS (SELECT 1 FROM journal_journalseal seal WHERE seal.row_id = pending.row_id)
    ORDER BY pending.row_id
    LIMIT %s
"""


def seal(*, batches: int = 20) -> int:
    """Seal what is ripe, at most `batches` transactions of BATCH rows; return how many rows were sealed.

    While another process seals, nothing is done. Without waiting rows no write transaction is opened.
    """
    sealed = 0
    for _turn in range(batches):
        if not JournalPending.objects.exists():
            break
        count = _seal_batch()
        sealed += count
        if count < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    if not hold(SEALING):
        return 0
    row_ids = _ripe_rows()
    digests = dict(JournalRow.objects.filter(pk__in=row_ids).values_list("pk", "digest"))
    last = JournalSeal.objects.order_by("-sequence").first()
    sequence, chain = (last.sequence, bytes(last.chain)) if last else (0, rules.GENESIS)
    seals = []
    for row_id in row_ids:
        sequence += 1
        leaf = bytes(digests[row_id])
        chain = rules.next_link(chain, sequence, row_id, leaf)
        seals.append(JournalSeal(sequence=sequence, row_id=row_id, leaf=leaf, chain=chain))
    JournalSeal.objects.bulk_create(seals)
    JournalPending.objects.filter(pk__in=row_ids).delete()
    return len(seals)


def _ripe_rows() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(RIPE_POSTGRES if connection.vendor == "postgresql" else RIPE_SQLITE, [BATCH])
        return [row_id for (row_id,) in cursor.fetchall()]


def hold(lock: int) -> bool:
    """Take the lock until the transaction ends, or return False at once when another process holds it.

    On SQLite a transaction of ours is immediate: it is the only writer already.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        return cursor.fetchone()[0]
