"""Pure decisions about calls and comments; `now` is an argument."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from engage.errors import Refused

COMMENT_LEAST = 10
COMMENT_MOST = 5_000
SUGGESTED_MOST = 20_000


class CallState(StrEnum):
    """Where a call for comments stands."""

    PLANNED = "planned"
    ANNOUNCED = "announced"
    OPEN = "open"
    ANALYSING = "analysing"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


def call_state(
    opens_at: datetime,
    closes_at: datetime,
    now: datetime,
    *,
    announced_at: datetime | None = None,
    withdrawn_at: datetime | None = None,
    answered: bool = False,
) -> CallState:
    """Return the state at a moment: open from the opening instant up to, not including, the closing one.

    Before that it is planned, and announced once its dates are firm. After the close its comments are analysed until
    the outcome is published. From its withdrawal on it is withdrawn, whatever the other dates say.
    """
    if withdrawn_at is not None and now >= withdrawn_at:
        return CallState.WITHDRAWN
    if now < opens_at:
        return CallState.ANNOUNCED if announced_at is not None and now >= announced_at else CallState.PLANNED
    if now < closes_at:
        return CallState.OPEN
    return CallState.ANSWERED if answered else CallState.ANALYSING


def check_open(opens_at: datetime, closes_at: datetime, now: datetime, *, withdrawn_at: datetime | None = None) -> None:
    """Let a comment in while the call is open.

    Raises Refused("call_planned", opens_at=...), Refused("call_closed", closed_at=...) or Refused("call_withdrawn",
    withdrawn_at=...).
    """
    state = call_state(opens_at, closes_at, now, withdrawn_at=withdrawn_at)
    if state is CallState.WITHDRAWN:
        raise Refused("call_withdrawn", withdrawn_at=withdrawn_at)
    if state is CallState.PLANNED:
        raise Refused("call_planned", opens_at=opens_at)
    if state is CallState.ANALYSING:
        raise Refused("call_closed", closed_at=closes_at)


def period_days(opens_at: datetime, closes_at: datetime, zone: tzinfo) -> int:
    """Return how many days a call lasts as the law counts: the day of the opening is not counted, the last day is.

    Civil Code of the People's Republic of China, art. 201 (in force 2021-01-01).
    """
    return (last_moment(closes_at).astimezone(zone).date() - opens_at.astimezone(zone).date()).days


def is_short(opens_at: datetime, closes_at: datetime, zone: tzinfo, *, shortest: int) -> bool:
    """Tell whether a call lasts less than `shortest` days and therefore needs a published reason.

    Interim Regulations on Procedures for Major Administrative Decisions (State Council Order 713, in force 2019-09-01),
    art. 15: in general not less than 30 days; a shorter period is explained when the call is published.
    """
    return period_days(opens_at, closes_at, zone) < shortest


def check_extension(
    opens_at: datetime,
    closes_at: datetime,
    new_close: datetime,
    now: datetime,
    *,
    reasons: Sequence[str],
    withdrawn_at: datetime | None = None,
) -> None:
    """Let the close of an open or coming call move to a later moment, with a reason in every language.

    Raises Refused("call_closed", ...), Refused("call_withdrawn", ...), Refused("extension_not_later", closes_at=...)
    and Refused("public_reason_missing").
    """
    if now >= opens_at or withdrawn_at is not None:
        check_open(opens_at, closes_at, now, withdrawn_at=withdrawn_at)
    if new_close <= closes_at:
        raise Refused("extension_not_later", closes_at=closes_at)
    check_reasons(reasons)


def check_reasons(reasons: Sequence[str]) -> None:
    """Raise Refused("public_reason_missing") unless there is a reason in every language."""
    if not all(reason.strip() for reason in reasons):
        raise Refused("public_reason_missing")


@dataclass(frozen=True)
class TimeLeft:
    """What is left of a call: whole days, or hours and minutes in the last one."""

    days: int
    hours: int
    minutes: int

    @property
    def urgency(self) -> str:
        """`ok`, or `warn` in the last three days."""
        return "warn" if self.days <= 3 else "ok"


def time_left(closes_at: datetime, now: datetime, zone: tzinfo) -> TimeLeft:
    """Return what is left until the close, as people count it: nights until the last day, on that day hours.

    A call that closes at midnight has its last day on the day before.
    """
    left = max(timedelta(0), closes_at - now)
    last_day = last_moment(closes_at).astimezone(zone).date()
    days = (last_day - now.astimezone(zone).date()).days
    if days > 0:
        return TimeLeft(days=days, hours=0, minutes=0)
    return TimeLeft(days=0, hours=left.seconds // 3600, minutes=left.seconds % 3600 // 60)


def first_state(*, moderation: str, flagged: bool, has_personal_data: bool, confidential: bool = False) -> str:
    """Return the moderation state a new or changed comment starts in.

    Under post-moderation it is published at once, unless it looks automatic or holds personal data: then a
    moderator reads it first. A confidential one is never published: where others are, it is counted at once.
    """
    if confidential:
        return "held" if moderation == "pre" or flagged else "private"
    return "held" if moderation == "pre" or flagged or has_personal_data else "published"


def answer_due(closes_at: datetime, days: int) -> datetime:
    """Return the last moment of the day on which the outcome is due: so many calendar days after the last day."""
    return last_moment(closes_at) + timedelta(days=days)


def last_moment(closes_at: datetime) -> datetime:
    """Return the last moment at which a comment is taken; its local date is the last day people read."""
    return closes_at - timedelta(microseconds=1)


def check_editable(*, withdrawn: bool) -> None:
    """Let a sender change what was not taken back; raises Refused("withdrawn")."""
    if withdrawn:
        raise Refused("withdrawn")


_DRAFT_NAME = re.compile(r"[a-z]{2,}(?:-[a-z]+)*$")
# A call has at most one list of questions; so a key says whether its clause is one.
QUESTIONS = "questions"
# What the keys of clauses begin with, and what stands in addresses in the place of a name.
_TAKEN_NAMES = frozenset(
    {
        "annex", "art", "chp", "closing", "comment", "download", "item", "para", "part", "preamble", "questions", "rec",
        "sec", "subitem", "subpt",
    }
)  # fmt: skip


def check_draft_name(name: str, others: Collection[str]) -> None:
    """Let a further draft have a name in addresses: small Latin letters, none that a clause or another draft has.

    `QUESTIONS` is that of a call's one list of questions. Raises Refused("draft_name_unfit", name=...),
    Refused("draft_name_taken", name=...) and Refused("questions_there").
    """
    if name == QUESTIONS:
        if name in others:
            raise Refused("questions_there")
        return
    if not _DRAFT_NAME.match(name) or name.partition("-")[0] in _TAKEN_NAMES:
        raise Refused("draft_name_unfit", name=name)
    if name in others:
        raise Refused("draft_name_taken", name=name)


def is_question(key: str) -> bool:
    """Tell whether a clause of this key is a question of its call."""
    return key.startswith(key_prefix(QUESTIONS))


def key_prefix(name: str) -> str:
    """Return what stands before the clause keys of a draft of this name in its call."""
    return f"{name}__" if name else ""


def name_in(key: str, names: Iterable[str]) -> str:
    """Return the name of the draft that a clause key, or its form in an address, belongs to; "" for the first one."""
    plain = key.replace("_", "-")
    return next((name for name in names if name and plain.startswith(f"{name}--")), "")
