"""What moderation decides: what may be done with a petition, when it is late, which others ask the same. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from engage.calendars.arithmetic import add_months
from mailbox.routing.rules import words_in

QUEUED = frozenset({"collecting", "waiting", "flagged", "dormant"})
READY = frozenset({"waiting", "flagged", "dormant"})

# From which states each act leads on. What was opened is taken down, what was not is hidden; both by two persons.
FROM: Mapping[str, frozenset[str]] = {
    "open": READY,
    "reject": QUEUED,
    "merge": QUEUED,
    "tell": QUEUED,
    "edit": QUEUED,
    "ask_hide": QUEUED,
    "flag": READY - {"flagged"},
    "dormant": READY - {"dormant"},
    "back": READY - {"waiting"},
    "ask_remove": frozenset({"open", "closed", "rejected", "withdrawn"}),
}
# What the second person decides about; everything else waits for that.
DECIDES = frozenset({"agree", "decline"})
PARKED: Mapping[str, str] = {"flag": "flagged", "dormant": "dormant", "back": "waiting"}

# So long a petition may be set aside or at rest, from the last time a moderator put it there. Then it ends, so that
# whoever signed it is forgotten in time.
PARKED_MONTHS = 6

NEAR_LEAST, NEAR_MOST = 0.25, 5
TAG_LENGTH, NOTE_LENGTH = 40, 2_000


def may(act: str, state: str, *, was_open: bool, asked: bool) -> bool:
    """Tell whether an act is possible in a state; `asked`: a second person is to decide whether it is not shown."""
    if act in DECIDES:
        return asked
    if asked:
        return False
    if act == "ask_remove" and state == "withdrawn" and not was_open:
        return False
    return state in FROM[act]


@dataclass(frozen=True)
class Waited:
    """How long a petition waits for moderation, in calendar days; the day it came does not count."""

    days: int
    due: date
    left: int
    state: str


def waited(since: date, today: date, *, days: int, near_days: int) -> Waited:
    """Return the clock of moderation: nearly late from `near_days` on, late on the day after the last of `days`."""
    passed = (today - since).days
    state = "bad" if passed > days else "warn" if passed >= near_days else "ok"
    return Waited(passed, since + timedelta(days=days), days - passed, state)


def last_day_aside(since: date) -> date:
    """Return the last day on which what was set aside, or put to rest, can be brought back."""
    return add_months(since, PARKED_MONTHS)


def closing_moment(opened_at: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Return the second at which a petition closes: so many calendar months on, at the same time on the clock."""
    local = opened_at.astimezone(zone).replace(microsecond=0, fold=0)
    later = datetime.combine(add_months(local.date(), months), local.time(), tzinfo=zone)
    return later.astimezone(UTC)


def median_days(waits: Sequence[timedelta]) -> float:
    """Return the median of waits in days, to a tenth; 0 for none."""
    if not waits:
        return 0.0
    ordered = sorted(waits)
    middle = len(ordered) // 2
    half = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    return round(half / timedelta(days=1), 1)


def clean_tag(typed: str) -> str:
    """Return a tag on one line, in lower case, without signs that cannot be seen; empty for none."""
    seen = "".join(sign if sign.isprintable() else " " for sign in typed)
    return " ".join(seen.split()).casefold()[:TAG_LENGTH].strip()


@dataclass(frozen=True)
class Near:
    """Another petition that says the same: its place in the list, and how near it is (0 to 1)."""

    place: int
    share: float


def nearest(own: str, others: Sequence[str], *, most: int = NEAR_MOST, least: float = NEAR_LEAST) -> list[Near]:
    """Return the texts nearest to one, the nearest first.

    Pairs of Chinese characters and stems of other words, weighed by how few of the texts have them; the cosine of
    both. A text that is the same is 1.
    """
    words, sets = _words(own), [_words(other) for other in others]
    seen = Counter(word for one in (words, *sets) for word in one)
    count = len(sets) + 1
    weight = {word: (math.log((1 + count) / (1 + n)) + 1) ** 2 for word, n in seen.items()}
    whole = sum(weight[word] for word in words)
    found = []
    for place, other in enumerate(sets):
        both = sum(weight[word] for word in words & other)
        if not both:
            continue
        share = both / math.sqrt(whole * sum(weight[word] for word in other))
        if share >= least:
            found.append(Near(place, min(1.0, share)))
    return sorted(found, key=lambda one: (-one.share, one.place))[:most]


@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    return words_in(text)
