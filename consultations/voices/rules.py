"""Pure decisions about voices: the order comments are shown in, who may agree, report and reply, and when."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from hashlib import sha256
from urllib.parse import urlencode

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
