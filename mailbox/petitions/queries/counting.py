"""How many signed: what pages show, what is exact at this moment, and whether both agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from mailbox.petitions.models import IN_FORCE, PaperBatch, Petition, PetitionCount, Signature


@dataclass(frozen=True)
class Count:
    """How many signatures a petition has: confirmed ones as folded, those on paper beside them."""

    total: int = 0
    last_hour: int = 0
    last_number: int = 0
    paper: int = 0


NOTHING = Count()


def shown(petition_ids: Iterable[int]) -> dict[int, Count]:
    """Return what pages show of petitions, by key; at most a few seconds old, whatever the number of signatures.

    Two queries. A petition that nobody signed is there, too.
    """
    keys = list(petition_ids)
    in_force = PaperBatch.objects.filter(IN_FORCE, petition__in=keys)
    papers = dict(in_force.order_by().values_list("petition").annotate(n=Sum("total")))
    rows = {row.petition_id: row for row in PetitionCount.objects.filter(petition__in=keys)}
    found = {}
    for key in keys:
        row = rows.get(key)
        found[key] = Count(
            row.total if row else 0, row.last_hour if row else 0, row.last_number if row else 0, papers.get(key, 0)
        )
    return found


@dataclass(frozen=True)
class Exact:
    """How many signatures count at this moment, and how many on paper."""

    total: int
    paper: int


def exact(petition: Petition | int) -> Exact:
    """Count the rows themselves. For checks and papers: pages show what is folded."""
    key = petition if isinstance(petition, int) else petition.pk
    paper = PaperBatch.objects.filter(IN_FORCE, petition=key).aggregate(n=Sum("total"))["n"] or 0
    return Exact(Signature.objects.counted().filter(petition=key).count(), paper)


HOUR = {
    "postgresql": "date_trunc('hour', confirmed_at, 'UTC')",
    "sqlite": "strftime('%Y-%m-%d %H:00:00', confirmed_at)",
}

# --- do both agree ----------------------------------------------------------------------------------------------------

# Confirmed, without a number, and not about to get one. Tallies have no index by signature: joined, they would be read
# once for each signature wherever the database still believes that there are none.
UNNUMBERED = """
    SELECT s.id FROM petitions_signature s
    WHERE s.state = 'confirmed'
      AND NOT EXISTS (SELECT 1 FROM petitions_signaturenumber n WHERE n.signature_id = s.id)
    EXCEPT SELECT t.signature_id FROM petitions_signaturetally t WHERE t.change > 0
"""


def petitions_with_signatures() -> int:
    """Count the petitions that have a signature, or a count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT petition_id FROM petitions_signature GROUP BY petition_id "
            "UNION SELECT petition_id FROM petitions_petitioncount) found"
        )
        return int(cursor.fetchone()[0])


def differences() -> Iterator[dict[str, Any]]:
    """Compare what is folded, and still to be folded, with the rows; yields each difference.

    Rows and tallies of one moment are read by one statement, so signing may go on. The caller holds the lock of the
    roll-up: what is folded does not move meanwhile.
    """
    for what, columns, table in (
        ("total", (), "petitions_petitioncount"),
        ("region", ("region", "country"), "petitions_regioncount"),
        ("hour", ("hour",), "petitions_hourcount"),
    ):
        for petition, *where, rows, counted in _unequal(columns, table):
            named = {name: _plain(name, value) for name, value in zip(columns, where, strict=True)}
            yield {"petition": petition, "what": what, **named, "counted": counted, "rows": rows}
    yield from _numbers()


def _unequal(columns: Sequence[str], table: str) -> list[tuple[Any, ...]]:
    names = "".join(f", {name}" for name in columns)
    # Hours are counted as the triggers write them.
    own = "".join(f", {HOUR[connection.vendor]} AS hour" if name == "hour" else f", {name}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT petition_id{names}, sum(n), sum(counted) FROM (
                SELECT petition_id{own}, 1 AS n, 0 AS counted FROM petitions_signature WHERE state = 'confirmed'
                UNION ALL SELECT petition_id{names}, -change, 0 FROM petitions_signaturetally
                UNION ALL SELECT petition_id{names}, 0, total FROM {table}
            ) found GROUP BY petition_id{names} HAVING sum(n) <> sum(counted) ORDER BY petition_id{names}
            """
        )
        return [(*row[:-2], int(row[-2]), int(row[-1])) for row in cursor.fetchall()]


def _plain(column: str, value: Any) -> Any:
    """Return an hour in ISO form, in UTC; anything else as it is."""
    if column != "hour":
        return value
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def _numbers() -> Iterator[dict[str, Any]]:
    """Yield petitions whose numbers have a gap or stop elsewhere than counted, and signatures without a number."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT petition_id, max(given), max(top), max(last) FROM (
                SELECT petition_id, count(*) AS given, max(number) AS top, 0 AS last
                FROM petitions_signaturenumber GROUP BY petition_id
                UNION ALL SELECT petition_id, 0, 0, last_number FROM petitions_petitioncount
            ) found GROUP BY petition_id HAVING max(given) <> max(top) OR max(top) <> max(last) ORDER BY petition_id
            """
        )
        for petition, given, top, last in cursor.fetchall():
            yield {"petition": petition, "what": "numbers", "counted": last, "rows": given, "highest": top}
        cursor.execute(
            "SELECT petition_id, count(*) FROM petitions_signature WHERE id IN "
            f"({UNNUMBERED}) GROUP BY petition_id ORDER BY petition_id"
        )
        for petition, n in cursor.fetchall():
            yield {"petition": petition, "what": "without_number", "counted": 0, "rows": n}
