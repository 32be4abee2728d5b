"""The statements that a rush of signatures goes through: each writes many requests at once, by the database's clock.

They are the same for one request and for a group of them (signing/group.py). On PostgreSQL each is a single statement,
because a round trip costs more than the rows; SQLite runs in this process, where only the transaction costs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One request to sign as it is written; `kind` is that of its letter, empty for none."""

    petition_id: int
    part: str
    name: str
    email: str
    address: str
    person: str
    region: str
    country: str
    language: str
    wants_news: bool
    domain: str
    network: str
    subnet: str
    token_digest: str
    code_digest: str
    consent: int | None
    kind: str


@dataclass(frozen=True, slots=True)
class Written:
    """What the database made of a request."""

    pk: int
    asked_at: datetime


_COLUMNS = (
    "petition_id, part, name, email, address, person, region, country, language, wants_news, domain, network, subnet, "
    "token_digest, code_digest, consent"
)
_TYPES = (
    "petition_id bigint, part text, name text, email text, address text, person text, region text, country text, "
    "language text, wants_news boolean, domain text, network text, subnet text, token_digest text, code_digest text, "
    "consent smallint, kind text"
)
_NOT_PAUSED = "NOT EXISTS (SELECT 1 FROM petitions_petitionrules WHERE signing_paused)"
_UNOPENED = "p.state IN ('pending', 'collecting', 'waiting', 'flagged', 'dormant')"


def _takes(part: str, now: str) -> str:
    """Say when a petition takes a signature of this part: readers' while it is open, its supporters' before."""
    return (
        f"CASE {part} WHEN 'signer' THEN p.state = 'open' AND p.closes_at > {now} AND {_NOT_PAUSED} "
        f"WHEN 'sponsor' THEN {_UNOPENED} AND {_NOT_PAUSED} ELSE {_UNOPENED} END"
    )


def _confirms(now: str) -> str:
    """Say when a request may be confirmed; a supporter may do so after the opening, too."""
    return (
        f"(p.state = 'open' AND p.closes_at > {now} AND {_NOT_PAUSED}) OR "
        f"(s.part <> 'signer' AND {_UNOPENED} AND (s.part = 'starter' OR {_NOT_PAUSED}))"
    )


_ASKED = ", ".join(f"asked.{column}" for column in _COLUMNS.split(", "))
POSTGRES_ASK = f"""
WITH asked AS (SELECT * FROM json_to_recordset(%s::json) AS r({_TYPES})),
new AS (
    INSERT INTO petitions_signature (state, why, asked_at, {_COLUMNS})
    SELECT 'pending', '', clock_timestamp(), {_ASKED} FROM asked
    JOIN petitions_petition p ON p.submission_id = asked.petition_id
    WHERE {_takes("asked.part", "clock_timestamp()")}
    ON CONFLICT (token_digest) DO NOTHING
    RETURNING id, token_digest, asked_at
),
letters AS (
    INSERT INTO petitions_signatureletter (signature_id, kind, about, state, next_try_at, tries, said)
    SELECT new.id, asked.kind, 0, 'waiting', new.asked_at, 0, '' FROM new JOIN asked USING (token_digest)
    WHERE asked.kind <> ''
)
SELECT token_digest, id, asked_at FROM new
"""

_SQLITE_NOW = "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')"
SQLITE_ASK = f"""
INSERT INTO petitions_signature (state, why, asked_at, {_COLUMNS})
SELECT 'pending', '', {_SQLITE_NOW}, {", ".join(["%s"] * 16)}
FROM petitions_petition p WHERE p.submission_id = %s AND {_takes("%s", _SQLITE_NOW)}
ON CONFLICT (token_digest) DO NOTHING
RETURNING id, asked_at
"""
SQLITE_LETTER = """
INSERT INTO petitions_signatureletter (signature_id, kind, about, state, next_try_at, tries, said)
VALUES (%s, %s, 0, 'waiting', %s, 0, '')
"""

# The link is as old as the request, or as the moment in which its letter could be sent at last.
_LINK_HOLDS = {
    "postgresql": "coalesce(s.link_since, s.asked_at) > clock_timestamp() - make_interval(days => "
    "coalesce((SELECT min(confirm_days) FROM petitions_petitionrules), 7)::int)",
    "sqlite": "coalesce(s.link_since, s.asked_at) > strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now', '-' || "
    "coalesce((SELECT min(confirm_days) FROM petitions_petitionrules), 7) || ' days')",
}
_FREE_SLOT = """
CASE WHEN EXISTS (SELECT 1 FROM petitions_signature o WHERE o.petition_id = s.petition_id AND o.address = s.address
    AND o.state = 'confirmed' AND o.slot = 1) THEN 2 ELSE 1 END
"""
POSTGRES_CONFIRM = f"""
UPDATE petitions_signature s SET state = 'confirmed', confirmed_at = clock_timestamp(), slot = {_FREE_SLOT}
FROM petitions_petition p
WHERE s.id = ANY(%s::bigint[]) AND p.submission_id = s.petition_id AND s.state = 'pending' AND s.part = ANY(%s::text[])
    AND {_LINK_HOLDS["postgresql"]} AND ({_confirms("clock_timestamp()")})
RETURNING s.id
"""
SQLITE_CONFIRM = f"""
UPDATE petitions_signature AS s SET state = 'confirmed', confirmed_at = {_SQLITE_NOW}, slot = {_FREE_SLOT}
WHERE s.id = %s AND s.state = 'pending' AND s.part IN (SELECT value FROM json_each(%s))
    AND {_LINK_HOLDS["sqlite"]}
    AND EXISTS (SELECT 1 FROM petitions_petition p WHERE p.submission_id = s.petition_id
        AND ({_confirms(_SQLITE_NOW)}))
RETURNING id
"""

# What was pressed while it was held keeps that moment; both databases read it.
CONFIRM_PRESSED = f"""
UPDATE petitions_signature AS s SET state = 'confirmed', slot = {_FREE_SLOT}
WHERE s.id = %s AND s.state = 'pending' AND s.confirmed_at IS NOT NULL
RETURNING id
"""


def ask(cursor: Any, vendor: str, rows: Sequence[Row]) -> dict[str, Written]:
    """Write requests with their letters; returns them by the digest of their token.

    Missing are those whose token was there before and those whose petition takes none now.
    """
    if vendor == "postgresql":
        cursor.execute(POSTGRES_ASK, [json.dumps([row._asdict() for row in rows])])
        return {digest: Written(pk, asked_at) for digest, pk, asked_at in cursor.fetchall()}
    found: dict[str, Written] = {}
    for row in rows:
        cursor.execute(SQLITE_ASK, [*row[:-1], row.petition_id, row.part])
        if made := cursor.fetchone():
            # SQLite keeps moments as text without a zone, in UTC; Django's cursor reads them as such.
            found[row.token_digest] = Written(made[0], made[1].replace(tzinfo=UTC))
            if row.kind:
                cursor.execute(SQLITE_LETTER, [made[0], row.kind, str(made[1])])
    return found


def confirm(cursor: Any, vendor: str, keys: Sequence[int], parts: Sequence[str]) -> set[int]:
    """Confirm requests of these parts; returns those that count from now on. IntegrityError as the constraints say."""
    if vendor == "postgresql":
        cursor.execute(POSTGRES_CONFIRM, [list(keys), list(parts)])
        return {key for (key,) in cursor.fetchall()}
    done = set()
    for key in keys:
        cursor.execute(SQLITE_CONFIRM, [key, json.dumps(list(parts))])
        if cursor.fetchone():
            done.add(key)
    return done


def confirm_pressed(cursor: Any, key: int) -> bool:
    """Confirm a request that was pressed while it was held, as of then. IntegrityError as the constraints say."""
    cursor.execute(CONFIRM_PRESSED, [key])
    return cursor.fetchone() is not None
