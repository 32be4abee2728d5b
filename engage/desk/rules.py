"""Pure decisions of the desk's shell."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

PAGE_SIZE = 25
UNDO_SECONDS = 10
# The answer of a slow line, a screen reader that is still speaking: the button stays good a little longer than it says.
UNDO_GRACE_SECONDS = 5
MAX_SELECTED = 200
MAX_SAVED_VIEWS = 30
ID_MAX_LENGTH = 64
SEARCH_MAX_LENGTH = 200
VIEW_NAME_MAX_LENGTH = 60


def undo_until(done_at: datetime, seconds: int) -> datetime:
    """Return the moment after which an action can no longer be taken back."""
    return done_at + timedelta(seconds=seconds + UNDO_GRACE_SECONDS)


def clean_ids(raw: Iterable[str]) -> list[str]:
    """Keep the ids that could be ids, each once, in the order of the page; at most MAX_SELECTED + 1 of them.

    One more than the limit is kept so that the caller can tell a full selection from one that is too large.
    """
    kept: dict[str, None] = {}
    for value in raw:
        if 0 < len(value) <= ID_MAX_LENGTH and value.isprintable():
            kept[value] = None
        if len(kept) > MAX_SELECTED:
            break
    return list(kept)


def clean_search(raw: str) -> str:
    """Return what was searched for on one line, without control characters and not endless."""
    return " ".join("".join(c if c.isprintable() else " " for c in raw).split())[:SEARCH_MAX_LENGTH]


def known_filters(raw: Mapping[str, str], known: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Keep the filters that exist with a value they offer; an outdated link shows more rows, never an error."""
    return {code: raw[code] for code, values in known.items() if raw.get(code) and raw[code] in set(values)}


def page_count(total: int, size: int) -> int:
    """Return the number of pages; an empty list has one."""
    return max(1, -(-total // size))
