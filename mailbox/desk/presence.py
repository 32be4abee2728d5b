"""Who else has a case open just now. Kept in the cache for seconds: it is no record of anybody's work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache

from engage.accounts.models import User

# The page says every two seconds that it is open; a slow line may miss a few.
HERE_SECONDS = 12


@dataclass(frozen=True)
class Present:
    """Somebody who has the case open; `writing`: the answer is being typed."""

    name: str
    writing: bool


def _key(case_id: int) -> str:
    return f"case-open:{case_id}"


def come(case_id: int, user: User, *, now: datetime, writing: bool = False, leaving: bool = False) -> list[Present]:
    """Note that somebody has a case open, or leaves it; returns who else has, those who write first.

    Two who come at the same moment may overwrite each other; the next word, two seconds later, puts it right.
    """
    moment = now.timestamp()
    kept: dict[int, tuple[str, float, bool]] = cache.get(_key(case_id)) or {}
    here = {pk: one for pk, one in kept.items() if moment - one[1] < HERE_SECONDS and pk != user.pk}
    others = [Present(name, is_writing) for name, _at, is_writing in here.values()]
    if not leaving:
        here[user.pk] = (str(user), moment, writing)
    cache.set(_key(case_id), here, HERE_SECONDS)
    return sorted(others, key=lambda one: (not one.writing, one.name))
