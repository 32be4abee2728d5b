"""From the rows that triggers write to numbers and counts: folded in sets, by one process at a time, nothing skipped.

A tally is a row, not a position: what commits late is found the next time, whatever its key. Rows go, numbers are given
and counts move in one transaction, so a crash in the middle loses nothing and counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from engage.accounts.actors import SYSTEM, Actor
from engage.journal import actions as journal
from engage.journal.actions.sealing import hold
from mailbox.petitions.actions import crossings
from mailbox.petitions.models import HourCount, PetitionCount, RegionCount, SignatureTally
from mailbox.petitions.queries import counting

AT_ONCE = 200_000
MOST_TURNS = 20
# From so many rows on the planner of PostgreSQL has to know how many there are.
ANALYZE_FROM = 2_000

_CREATE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS petitions_folding (
        id bigint, petition_id bigint, signature_id bigint, region varchar(32), country varchar(2), hour {moment},
        change integer)
"""
_TALLIES = "SELECT id FROM petitions_signaturetally ORDER BY id LIMIT %(most)s"
_COLUMNS = "id, petition_id, signature_id, region, country, hour, change"
# What another transaction adds meanwhile is not among these rows: neither lost nor counted twice.
_TAKE_POSTGRES = (
    f"""
    WITH gone AS (DELETE FROM petitions_signaturetally WHERE id IN ({_TALLIES}) RETURNING {_COLUMNS})
    INSERT INTO petitions_folding SELECT {_COLUMNS} FROM gone
    """,
)
_TAKE_SQLITE = (
    f"INSERT INTO petitions_folding SELECT {_COLUMNS} FROM petitions_signaturetally WHERE id IN ({_TALLIES})",
    "DELETE FROM petitions_signaturetally WHERE id IN (SELECT id FROM petitions_folding)",
)
# In this order. A row of counts is made first and moved then: PostgreSQL checks what is to be inserted also where it is
# there already, and minus one would not pass.
_FOLD = (
    # Of a petition that is no more, with all its signatures, nothing is counted.
    "DELETE FROM petitions_folding WHERE petition_id NOT IN (SELECT submission_id FROM petitions_petition)",
    """
    INSERT INTO petitions_petitioncount (petition_id, total, last_number, last_hour, counted_at)
    SELECT DISTINCT petition_id, 0, 0, 0, CAST(%(now)s AS {moment}) FROM petitions_folding WHERE true
    ON CONFLICT (petition_id) DO NOTHING
    """,
    # Numbered once for good: taken back and confirmed again keeps its number.
    """
    INSERT INTO petitions_signaturenumber (signature_id, petition_id, number)
    SELECT f.signature_id, f.petition_id,
           c.last_number + row_number() OVER (PARTITION BY f.petition_id ORDER BY f.first)
    FROM (SELECT signature_id, petition_id, min(id) AS first FROM petitions_folding
          WHERE change > 0 AND signature_id IS NOT NULL GROUP BY signature_id, petition_id) f
    JOIN petitions_signature s ON s.id = f.signature_id
    JOIN petitions_petitioncount c ON c.petition_id = f.petition_id
    LEFT JOIN petitions_signaturenumber had ON had.signature_id = f.signature_id
    WHERE had.signature_id IS NULL
    """,
    """
    UPDATE petitions_petitioncount SET
        total = total + (SELECT sum(f.change) FROM petitions_folding f
                         WHERE f.petition_id = petitions_petitioncount.petition_id),
        last_number = last_number + (SELECT count(*) FROM petitions_signaturenumber n
                                     WHERE n.petition_id = petitions_petitioncount.petition_id
                                     AND n.number > petitions_petitioncount.last_number),
        counted_at = %(now)s
    WHERE petition_id IN (SELECT petition_id FROM petitions_folding)
    """,
    """
    INSERT INTO petitions_regioncount (petition_id, region, country, total)
    SELECT DISTINCT petition_id, region, country, 0 FROM petitions_folding WHERE true
    ON CONFLICT (petition_id, region, country) DO NOTHING
    """,
    """
    UPDATE petitions_regioncount SET total = total + f.change
    FROM (SELECT petition_id, region, country, sum(change) AS change FROM petitions_folding
          GROUP BY petition_id, region, country) f
    WHERE f.petition_id = petitions_regioncount.petition_id AND f.region = petitions_regioncount.region
    AND f.country = petitions_regioncount.country
    """,
    """
    INSERT INTO petitions_hourcount (petition_id, hour, total)
    SELECT DISTINCT petition_id, hour, 0 FROM petitions_folding WHERE true
    ON CONFLICT (petition_id, hour) DO NOTHING
    """,
    """
    UPDATE petitions_hourcount SET total = total + f.change
    FROM (SELECT petition_id, hour, sum(change) AS change FROM petitions_folding GROUP BY petition_id, hour) f
    WHERE f.petition_id = petitions_hourcount.petition_id AND f.hour = petitions_hourcount.hour
    """,
)
# This hour and the share of the last one that lies within sixty minutes. It is counted again where something was folded
# and, until it is nothing, where it was more than nothing.
_LATELY = """
    coalesce((SELECT h.total FROM petitions_hourcount h
              WHERE h.petition_id = petitions_petitioncount.petition_id AND h.hour = %(hour)s), 0)
    + coalesce((SELECT CAST(h.total * %(share)s / 60 AS bigint) FROM petitions_hourcount h
                WHERE h.petition_id = petitions_petitioncount.petition_id AND h.hour = %(hour_before)s), 0)
"""
_LAST_HOUR = f"""
    UPDATE petitions_petitioncount SET last_hour = {_LATELY}
    WHERE (last_hour > 0 OR petition_id IN (SELECT petition_id FROM petitions_folding)) AND last_hour <> {_LATELY}
"""


def roll_up(now: datetime) -> int:
    """Fold what was confirmed, withdrawn and invalidated since; returns how many rows went.

    Where another process counts at this moment nothing is done. Thresholds that are crossed are written in the same
    transaction, the cases they open right after it: a case that cannot be opened holds no count up.
    """
    folded = 0
    for _turn in range(MOST_TURNS):
        taken = _fold(now)
        folded += taken
        if taken < AT_ONCE:
            break
    crossings.open_cases(now)
    return folded


def _fold(now: datetime, most: int = AT_ONCE) -> int:
    if not SignatureTally.objects.exists() and not PetitionCount.objects.filter(last_hour__gt=0).exists():
        return 0
    with transaction.atomic():
        if not hold(crossings.LOCK):
            return 0
        moved, taken = _fold_rows(_moments(now) | {"most": most})
        crossings.judge(moved, now)
    return taken


def _fold_rows(values: dict[str, Any]) -> tuple[list[int], int]:
    """Fold the oldest rows; returns the petitions whose counts moved, and how many rows went."""
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(_typed(_CREATE))
        cursor.execute("DELETE FROM petitions_folding")
        for statement in _TAKE_POSTGRES if postgres else _TAKE_SQLITE:
            cursor.execute(statement, values)
        cursor.execute("SELECT count(*) FROM petitions_folding")
        taken = int(cursor.fetchone()[0])
        if taken:
            if postgres and taken >= ANALYZE_FROM:
                cursor.execute("ANALYZE petitions_folding")
                # So many rows do not fit into what a server gives a sort by default (4 MB), and would go by the disk.
                cursor.execute("SET LOCAL work_mem = '64MB'")
            for statement in _FOLD:
                cursor.execute(_typed(statement), values)
        cursor.execute(_LAST_HOUR, values)
        cursor.execute("SELECT DISTINCT petition_id FROM petitions_folding")
        return [key for (key,) in cursor.fetchall()], taken


def _typed(statement: str) -> str:
    """Return a statement with the type of a moment as the database calls it."""
    return statement.replace("{moment}", "timestamp with time zone" if connection.vendor == "postgresql" else "text")


def _moments(now: datetime) -> dict[str, Any]:
    """Return the moments as the database compares them: now, this hour and the one before, minutes of it that count."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    adapt = connection.ops.adapt_datetimefield_value
    return {
        "now": adapt(now),
        "hour": adapt(hour),
        "hour_before": adapt(hour - timedelta(hours=1)),
        "share": 60 - now.minute,
    }


def recount(*, verify: bool, now: datetime, actor: Actor = SYSTEM) -> dict[str, Any]:
    """Count all rows again and compare: by petition, region and hour, and the numbers that were given.

    Returns {"petitions": how many were compared, "differences": [...]}; without `verify` the counts are put right, and
    what has no number gets one. A number once given is neither given again nor changed.
    """
    with transaction.atomic():
        _wait_for_lock()
        found = list(counting.differences())
        if not verify and found:
            _put_right(found, now)
            moved = sorted({one["petition"] for one in found})
            crossings.judge(moved, now)
            journal.record(actor, "petitions.recounted", "petitions.petition:all", differences=len(found))
        answer = {"petitions": counting.petitions_with_signatures(), "differences": found}
    if not verify:
        crossings.open_cases(now)
    return answer


def _wait_for_lock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [crossings.LOCK])


def _put_right(found: Iterable[dict[str, Any]], now: datetime) -> None:
    """Write what was counted where something else stands, and number what has no number."""
    for one in found:
        key, right = {"petition_id": one["petition"]}, {"total": one["rows"]}
        if one["what"] == "total":
            PetitionCount.objects.update_or_create(**key, defaults=right | {"counted_at": now})
        elif one["what"] == "region":
            RegionCount.objects.update_or_create(**key, region=one["region"], country=one["country"], defaults=right)
        elif one["what"] == "hour":
            hour = datetime.fromisoformat(one["hour"])
            HourCount.objects.update_or_create(**key, hour=hour, defaults=right)
    _number_the_rest(now)


_MISSING_COUNTS = """
    INSERT INTO petitions_petitioncount (petition_id, total, last_number, last_hour, counted_at)
    SELECT DISTINCT petition_id, 0, 0, 0, CAST(%(now)s AS {moment}) FROM petitions_signaturenumber WHERE true
    ON CONFLICT (petition_id) DO NOTHING
"""
# The highest numbers are read once: looked up for every row, the search would pass all rows just written.
_NUMBER_THE_REST = f"""
    INSERT INTO petitions_signaturenumber (signature_id, petition_id, number)
    SELECT f.id, f.petition_id,
           coalesce(given.top, 0) + row_number() OVER (PARTITION BY f.petition_id ORDER BY f.confirmed_at, f.id)
    FROM petitions_signature f
    LEFT JOIN (SELECT petition_id, max(number) AS top FROM petitions_signaturenumber GROUP BY petition_id) given
        ON given.petition_id = f.petition_id
    WHERE f.id IN ({counting.UNNUMBERED})
"""
_LAST_NUMBER = """
    UPDATE petitions_petitioncount SET last_number = (
        SELECT max(n.number) FROM petitions_signaturenumber n WHERE n.petition_id = petitions_petitioncount.petition_id)
    WHERE last_number < coalesce((
        SELECT max(n.number) FROM petitions_signaturenumber n
        WHERE n.petition_id = petitions_petitioncount.petition_id), 0)
"""


def _number_the_rest(now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER_THE_REST)
        cursor.execute(_typed(_MISSING_COUNTS), _moments(now))
        cursor.execute(_LAST_NUMBER)
