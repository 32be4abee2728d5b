"""Decisions about what is published of a case. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from engage.errors import Refused

REPLY, DISCLOSURE = "case_reply", "disclosure"
LANGUAGES = ("zh-hans", "en")
# A request for information is told of in the log when something was given.
GIVEN = frozenset({"GRANTED", "PARTLY"})
TITLE_MOST, TEXT_MOST, WORD_MOST, WORD_LEAST, MARKS_MOST = 120, 8_000, 200, 2, 200
FILES_MOST = 10
FILE_BYTES_MOST = 20 * 1024 * 1024
PAGE_SIZE = 20
# Why something is marked beforehand: what the finder of personal data says, and what the sender is known by.
SENDER = ("name", "signature", "contact", "postal", "reference")
OFFICER = "officer"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Candidate:
    """Something to take out: the words, why, by which legal basis, and whether it is taken out."""

    value: str
    why: str
    basis: str = ""
    on: bool = True

    def plain(self) -> dict[str, str | bool]:
        """Return it as JSON-able values."""
        return {"value": self.value, "why": self.why, "basis": self.basis, "on": self.on}


def form_for(kind: str, result: str) -> str:
    """Return in which form a case is told of: a request in which something was given, or question and answer."""
    return DISCLOSURE if kind == "information_request" and result in GIVEN else REPLY


def asks_consent(kind: str) -> bool:
    """Tell whether question and answer of a kind are published at all, if the sender allows it; a grievance is not."""
    return kind in ("letter", "enquiry", "information_request")


def is_published(kind: str) -> bool:
    """Tell whether question and answer of a kind may go public: what a sender can allow, and what a petition earned."""
    return asks_consent(kind) or kind == "petition_answer"


def worth_marking(value: str) -> bool:
    """Tell whether words are long enough to be looked for and short enough to be kept."""
    return WORD_LEAST <= len(value.strip()) <= WORD_MOST


def each_once(found: Iterable[Candidate]) -> list[Candidate]:
    """Leave out what was said already, in whatever spelling of large and small letters; the first one stays."""
    seen: dict[str, Candidate] = {}
    for one in found:
        if worth_marking(one.value):
            seen.setdefault(" ".join(one.value.split()).casefold(), one)
    return list(seen.values())[:MARKS_MOST]


def check_text(text: str, most: int) -> str:
    """Return typed text without what stands around it. Raises Refused("case_text_too_long", most=...)."""
    words = text.replace("\r\n", "\n").strip()
    if len(words) > most:
        raise Refused("case_text_too_long", most=most)
    return words


def cursor_of(at: datetime, key: int) -> str:
    """Return where a list goes on after a row, as an address says it."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}-{key}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """Return moment and key behind a cursor; None for anything else that was typed."""
    moment, _dash, key = text.partition("-")
    known = all(part.isascii() and part.isdigit() and len(part) <= 18 for part in (moment, key))
    if not known:
        return None
    try:
        return _EPOCH + timedelta(microseconds=int(moment)), int(key)
    except OverflowError:
        return None
