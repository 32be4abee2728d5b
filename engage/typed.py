"""Numbers as people and programs write them into addresses and forms."""

from typing import TypeVar

Otherwise = TypeVar("Otherwise")

# The largest number that a key in either database can have; a larger one in an address is nobody's.
LARGEST_KEY = 2**63 - 1


def whole_number(typed: str, *, digits: int, otherwise: Otherwise) -> int | Otherwise:
    """Return the number that was typed, or `otherwise` where it is not one of at most so many ASCII digits.

    The bound keeps away what a database cannot hold and what Python refuses to read.
    """
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= digits else otherwise
