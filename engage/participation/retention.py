"""What rooms forget together with a contact: whatever else says who somebody was goes in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

# The keys of the contacts that are about to be deleted, and the moment.
Forget = Callable[[Sequence[int], datetime], object]
_forgetters: list[Forget] = []


def register(forget: Forget) -> None:
    """Let a room forget with the contacts; the same function twice counts once."""
    if forget not in _forgetters:
        _forgetters.append(forget)


def forget(contacts: Sequence[int], now: datetime) -> None:
    """Let every room forget, inside the caller's transaction and before the contacts go."""
    for one in _forgetters:
        one(contacts, now)
