"""Pure decisions about voices: the order comments are shown in, who may agree, report and reply, and when."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlencode

from engage.errors import Refused
from engage.typed import whole_number

# A prime above every key a comment can have for long; products of two remainders fit into 64 bits.
PRIME = 2_147_483_647


class Order(StrEnum):
    """How a list of comments is sorted."""

    RANDOM = "random"
    NEWEST = "newest"
    AGREED = "agreed"
    CLAUSE = "clause"


def order_of(asked: str) -> Order:
    """Return the order that an address asks for; mixed when it asks for none that there is."""
    return Order(asked) if asked in set(Order) else Order.RANDOM


def mixing(day: date, scope: str) -> tuple[int, int, int]:
    """Return the coefficients (a, b, c) of a day's mixed order of one list: by (a·key² + b·key + c) mod PRIME.

    The same for every reader of a day, so that a kept page is right for all and page 2 goes on where page 1 ended;
    another one tomorrow. Of a polynomial of degree two with drawn coefficients any three comments stand in any order
    equally often, whenever they came.
    """
    drawn = sha256(f"{day.isoformat()}:{scope}".encode()).digest()
    a, b, c = (int.from_bytes(drawn[start : start + 8]) % PRIME for start in (0, 8, 16))
    return a or 1, b, c


def mixed_place(key: int, coefficients: tuple[int, int, int]) -> int:
    """Return where a key stands in the mixed order; the database computes the same."""
    a, b, c = coefficients
    x = key % PRIME
    return ((a * x + b) % PRIME * x + c) % PRIME


def list_query(clause: str, order: Order) -> str:
    """Return what follows the page number in the address of a list that is narrowed or sorted."""
    chosen = {"clause": clause, "sort": "" if order is Order.RANDOM else order.value}
    given = urlencode({name: value for name, value in chosen.items() if value})
    return f"&{given}" if given else ""


class Agreed(StrEnum):
    """Whether a device agrees with a comment: not, since today (it may still take it back), since an earlier day."""

    NO = "no"
    TODAY = "today"
    EARLIER = "earlier"


def check_may_agree(*, is_open: bool, own: bool, device: str) -> None:
    """Let a marked device agree with somebody else's comment while the call is open.

    Raises Refused("device_unknown"), Refused("own_comment") and Refused("agreeing_closed").
    """
    if not is_open:
        raise Refused("agreeing_closed")
    if own:
        raise Refused("own_comment")
    if not device:
        raise Refused("device_unknown")


def agreed_of(day: date | None, today: date) -> Agreed:
    """Return what the day of a device's standing agreement means today."""
    if day is None:
        return Agreed.NO
    return Agreed.TODAY if day == today else Agreed.EARLIER


REPORT_NOTE_MOST = 1_000


def check_report(reason: str, note: str, *, device: str, reasons: Collection[str]) -> None:
    """Take a report with a reason from the list and a short note.

    Raises Refused("device_unknown"), Refused("report_reason") and Refused("report_note", most=...).
    """
    if not device:
        raise Refused("device_unknown")
    if reason not in reasons:
        raise Refused("report_reason")
    if len(note) > REPORT_NOTE_MOST:
        raise Refused("report_note", most=REPORT_NOTE_MOST)


FILES_MOST = 3
TRANSLATION_MOST = 20_000
PASSAGE_MOST = 2_000
REPLY_LEAST = 2
REPLY_MOST = 5_000


def check_may_reply(state: str) -> None:
    """Let the department answer from the opening until the outcome; raises Refused("replying_closed")."""
    if state in ("planned", "announced", "withdrawn", "answered"):
        raise Refused("replying_closed")


def check_reply(text: str) -> None:
    """Raise Refused("reply_length", least=..., most=...) for a text that is none or too long."""
    if not REPLY_LEAST <= len(text) <= REPLY_MOST:
        raise Refused("reply_length", least=REPLY_LEAST, most=REPLY_MOST)


def stretch(text: str, first: str, last: str) -> tuple[int, int] | None:
    """Return start and end in a text of the characters number `first` up to, not including, `last`, spaces not counted.

    A browser's page and the text agree in everything but spaces and line breaks. None when they name no such stretch.
    """
    begin, end = (whole_number(value, digits=6, otherwise=None) for value in (first, last))
    if begin is None or end is None:
        return None
    places = [place for place, sign in enumerate(text) if not sign.isspace()]
    if not 0 <= begin < end <= len(places) or end - begin > PASSAGE_MOST:
        return None
    return places[begin], places[end - 1] + 1


def check_passage(text: str, passage: tuple[int, int]) -> None:
    """Raise Refused("passage_gone") unless a passage lies within a text and is more than spaces."""
    start, end = passage
    if not (0 <= start < end <= len(text) and end - start <= 2 * PASSAGE_MOST and text[start:end].strip()):
        raise Refused("passage_gone")
