"""What exactly is hashed: canonical JSON, leaves, the chain and checkpoint documents. Pure, so anybody can repeat it.

Each use of SHA-256 begins with a byte of its own, so that a value made for one place cannot pass in another. 0 (leaf)
and 1 (inner node, in tree.py) are those of RFC 6962; 2 is the chain, 3 the hidden actor, 4 a checkpoint document.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

GENESIS = bytes(32)
# Contact data stays encrypted in its own table; a journal row can never be deleted, so it must never hold any.
CONTACT_NAMES = frozenset({"address", "contact", "email", "id_number", "mobile", "password", "phone", "tracking_code"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal row as it is hashed. `at` is aware; `salt` 16 random bytes; `content` what `plain` returned."""

    at: datetime
    actor_kind: str
    actor_id: str
    verb: str
    target: str
    submission_id: int | None
    content: Mapping[str, Any]
    salt: bytes


def plain(value: Any) -> Any:
    """Return the value as JSON can hold it without loss: dates become ISO text, tuples lists.

    Raises TypeError for anything whose text could differ between machines (floats, lazy texts, objects) and
    ValueError for text that a database cannot keep (NUL, lone surrogates).
    """
    if value is None or isinstance(value, bool | int):
        return value if value is None or isinstance(value, bool) else int(value)
    if isinstance(value, str):
        text = str(value)
        text.encode("utf-8")
        if "\0" in text:
            raise ValueError("The journal keeps no NUL characters")
        return text
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        each_plain = [plain(each) for each in value]
        return sorted(each_plain) if isinstance(value, set | frozenset) else each_plain
    raise TypeError(f"The journal keeps no {type(value).__name__}: its text could differ between machines")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise TypeError("Names in the journal are text")
    if key.lower() in CONTACT_NAMES:
        raise ValueError(f"The journal keeps no contact data: {key}")
    return plain(key)


def canonical(value: Any) -> bytes:
    """Return the one spelling of a plain value: names sorted, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def moment(at: datetime) -> str:
    """Return an aware moment as text, always in UTC and with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def actor_mark(salt: bytes, actor_id: str) -> str:
    """Return what stands for the actor in a leaf: it binds who acted, and shows it only to who knows the salt."""
    return hashlib.sha256(b"\3" + salt + actor_id.encode()).hexdigest()


def leaf_text(entry: Entry) -> bytes:
    """Return the bytes a leaf is the hash of.

    The mark is random to everyone without the salt, so nobody can find a row's content by trying likely values
    against a published hash.
    """
    return canonical(
        {
            "actor": {"kind": entry.actor_kind, "mark": actor_mark(entry.salt, entry.actor_id)},
            "at": moment(entry.at),
            "data": entry.content,
            "submission": entry.submission_id,
            "target": entry.target,
            "verb": entry.verb,
        }
    )


def leaf_hash(text: bytes) -> bytes:
    """Return the leaf of a row's text (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\0" + text).digest()


def next_link(previous: bytes, sequence: int, row_id: int, leaf: bytes) -> bytes:
    """Return the chain after one more sealed row; the first follows GENESIS. Numbers are 8 bytes, big end first."""
    place = sequence.to_bytes(8, "big", signed=True) + row_id.to_bytes(8, "big", signed=True)
    return hashlib.sha256(b"\2" + previous + place + leaf).digest()


def document_digest(document: Mapping[str, Any]) -> bytes:
    """Return the hash of a published checkpoint; the next one names it as its `previous`."""
    return hashlib.sha256(b"\4" + canonical(dict(document))).digest()


def due_moments(now: datetime, zone: tzinfo) -> list[tuple[str, datetime]]:
    """Return the checkpoints that should exist by now: of the last midnight in the zone, then of the last full hour."""
    local = now.astimezone(zone)
    midnight = datetime(local.year, local.month, local.day, tzinfo=zone)
    hour = local - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return [("day", midnight.astimezone(UTC)), ("hour", hour.astimezone(UTC))]
