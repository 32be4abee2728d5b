"""Messages of a channel in a table: from the bytes of a CSV file to what can be taken in, and what is wrong where."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils import timezone

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.outreach.delivery.access import check_reader
from engage.outreach.delivery.actions.messages import Incoming, envelope_of
from engage.outreach.delivery.actions.writing import check_link
from engage.outreach.delivery.models import Message
from engage.participation import actions as participation
from engage.participation import cases
from engage.participation.tables import Shape, Table, read_table
from engage.tables import RowFault

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "编号", "number", "序号", "mid"),
    "text": ("text", "内容", "正文", "message", "评论内容"),
    "author": ("author", "作者", "昵称", "用户", "name"),
    "time": ("time", "时间", "发布时间", "date", "日期", "created_at"),
    "url": ("url", "链接", "网址", "link", "地址"),
}
TEXT_MOST = 10_000
SHAPE = Shape(
    columns=COLUMNS,
    needed=("id", "text"),
    short_most={"id": 120, "text": TEXT_MOST, "author": 120, "url": 500},
    most_rows=5_000,
)
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T　]*(\d{1,2})[:：时](\d{2})(?:[:：分](\d{2})秒?)?分?)?\Z"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Checked:
    """A table as it would be taken in, or the faults that forbid it. `known`: rows that were taken in before."""

    table: Table
    messages: list[Incoming]
    faults: list[RowFault]
    known: int


def check(data: bytes, *, channel: str, now: datetime, actor: Actor) -> Checked:
    """Read a table and say what it holds; nothing is written.

    Raises Refused("not_allowed") and the refusals of `read_table`.
    """
    check_reader(actor)
    table = read_table(data, SHAPE)
    messages, faults = messages_of(table, now)
    known = participation.known_tokens([envelope_of(message, channel) for message in messages])
    faults += _other_words(messages, channel, known)
    return Checked(table, messages, sorted(faults, key=lambda fault: fault.line), len(known))


def messages_of(table: Table, now: datetime) -> tuple[list[Incoming], list[RowFault]]:
    """Turn each row into a message, and say what is wrong in which row."""
    faults = list(table.faults)
    bad = {fault.line for fault in faults}
    made: dict[str, Incoming] = {}
    for line, row in table.rows.items():
        if line in bad:
            continue
        try:
            message = _message(row, line, now)
            if message.external_id in made:
                raise Refused("message_id_twice", external_id=message.external_id)
            made[message.external_id] = message
        except Refused as refusal:
            values = dict(refusal.values)
            faults.append(RowFault(refusal.code, line, values.pop("column", ""), values))
    return list(made.values()), faults


def _message(row: Mapping[str, str], line: int, now: datetime) -> Incoming:
    received_at = moment_of(row.get("time", ""), now)
    if received_at > now:
        raise Refused("message_in_future", column="time")
    try:
        check_link(row.get("url", ""))
    except Refused as refusal:
        raise Refused(refusal.code, column="url") from None
    return Incoming(
        external_id=row["id"],
        text=row["text"],
        received_at=received_at,
        language="zh-hans" if _CHINESE.search(row["text"]) else "en",
        author=row.get("author", ""),
        url=row.get("url", ""),
        line=line,
    )


def moment_of(typed: str, default: datetime) -> datetime:
    """Read when a message was written: 2026-03-09 14:05, 2026/3/9, 2026年3月9日 14:05, ISO 8601 with a zone.

    A time without a zone is local. Raises Refused("message_time_wrong", given=...).
    """
    if not typed:
        return default
    found = _MOMENT.match(typed)
    try:
        if found is None:
            moment = datetime.fromisoformat(typed)
        else:
            moment = datetime(*(int(part) for part in found.groups() if part))  # type: ignore[arg-type]
    except ValueError:
        raise Refused("message_time_wrong", column="time", given=typed[:40]) from None
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _other_words(messages: list[Incoming], channel: str, known: set) -> list[RowFault]:
    """Name the rows whose id is known with other words: left out as known, somebody's message would be lost."""
    again = {}
    for message in messages:
        envelope = envelope_of(message, channel)
        if envelope.token in known:
            again[envelope.digest] = message
    kept: dict[str, bytes] = {}
    digests = list(again)
    for start in range(0, len(digests), 500):
        rows = Message.objects.filter(submission__token_digest__in=digests[start : start + 500])
        kept |= {digest: _hash(text) for digest, text in rows.values_list("submission__token_digest", "text")}
        kept |= {digest: _hash(text) for digest, text in cases.known_words(digests[start : start + 500]).items()}
    return [
        RowFault("message_known_differs", message.line, values={"external_id": message.external_id})
        for digest, message in again.items()
        if digest in kept and kept[digest] != _hash(message.text)
    ]


def _hash(text: str) -> bytes:
    return sha256(text.encode()).digest()
