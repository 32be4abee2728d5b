"""Pure decisions about campaigns: days, tasks, what is missing, where one stands, what surveys of awareness tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import sqrt
from typing import Any

from engage.calendars.arithmetic import WorkCalendar
from engage.calendars.observances import FIRST_YEAR, LAST_YEAR, OBSERVANCES, observances_of
from engage.errors import Refused

# 出台背景、具体要点、配套措施: without these three a campaign is not handed in.
REQUIRED = ("background", "points", "measures")
# 消息推送、案例剖析、延伸链接、媒体视点、专家评论、受众感言: the combination, one part of each at the least.
SIX = ("message", "case", "link", "media", "expert", "audience")
KINDS = REQUIRED + SIX
EXPERT, AUDIENCE, LINK = "expert", "audience", "link"

TITLE_MOST, LINE_MOST, SUMMARY_MOST = 120, 200, 1_000
HEADING_MOST, BODY_MOST, INTEREST_MOST, ADDRESS_MOST = 200, 20_000, 1_000, 500
PARTS_MOST, TASKS_MOST = 60, 40
DAYS_MOST = 366
OFFSET_MOST = 366
TARGET_MOST = 10_000_000_000
ASKED_MOST = 10_000_000
VOICE_LEAST, VOICE_MOST = 5, 1_000
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")
SLUG_MOST = 80


class Stage(StrEnum):
    """Where a campaign stands."""

    PLANNING = "planning"
    PREPARING = "preparing"
    IN_REVIEW = "in_review"
    RUNNING = "running"
    ENDED = "ended"
    REPORTED = "reported"


@dataclass(frozen=True)
class Moments:
    """What happened to a campaign so far, and the last day it runs."""

    last_day: date
    begun: bool = False
    in_review: bool = False
    published: bool = False
    reported: bool = False


def stage(moments: Moments, today: date) -> Stage:
    """Return where a campaign stands on a day; never stored, so that it changes by itself."""
    if moments.reported:
        return Stage.REPORTED
    if moments.published:
        return Stage.ENDED if today > moments.last_day else Stage.RUNNING
    if moments.in_review:
        return Stage.IN_REVIEW
    return Stage.PREPARING if moments.begun else Stage.PLANNING


# --- the day and the tasks before and after it ----------------------------------------------------------------------


def day_of(observance: str, year: int | None, custom: date | None) -> date:
    """Return the day of a campaign: that of an observance in a year, or one of its own.

    Raises Refused("campaign_date_missing") without either, Refused("campaign_date_twice") with both,
    Refused("observance_unknown"), Refused("calendar_year_out_of_range", ...).
    """
    if observance and custom:
        raise Refused("campaign_date_twice")
    if observance:
        if observance not in {known.key for known in OBSERVANCES}:
            raise Refused("observance_unknown")
        if year is None:
            raise Refused("campaign_date_missing")
        return observances_of(year)[observance]
    if custom is None:
        raise Refused("campaign_date_missing")
    if not FIRST_YEAR <= custom.year <= LAST_YEAR:
        raise Refused("calendar_year_out_of_range", year=custom.year, first=FIRST_YEAR, last=LAST_YEAR)
    return custom


def due_day(day: date, offset: int, calendar: WorkCalendar, *, exact: bool) -> date:
    """Return the day a task is due, so many days from the day of the campaign.

    A day off is no day to finish something: what is due before goes back to the last working day, what is due after
    goes on to the next. An `exact` task falls on its day whatever day it is (a message on a Sunday).
    """
    planned = day + timedelta(days=offset)
    if exact or calendar.is_workday(planned):
        return planned
    return calendar.roll(planned) if offset > 0 else calendar.add(planned, -1)


def check_offset(offset: int) -> None:
    """Raise Refused("offset_wrong", most=...) for a task further away than a year."""
    if abs(offset) > OFFSET_MOST:
        raise Refused("offset_wrong", most=OFFSET_MOST)


def check_days(before: int, after: int) -> None:
    """Raise Refused("campaign_days_wrong", most=...) for a campaign that begins or ends more than a year away."""
    if not (0 <= before <= DAYS_MOST and 0 <= after <= DAYS_MOST):
        raise Refused("campaign_days_wrong", most=DAYS_MOST)


def check_slug(slug: str) -> None:
    """Raise Refused("campaign_slug_wrong") for what is no part of an address."""
    if len(slug) > SLUG_MOST or not SLUG.match(slug):
        raise Refused("campaign_slug_wrong")


# --- what is there, what is missing ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """One gap: a code with a sentence in words.py, what fills the sentence, and the part in which it is closed."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    part: int = 0


@dataclass(frozen=True)
class Gauge:
    """Whether one of the nine kinds is there, language by language."""

    kind: str
    there: Mapping[str, bool]

    @property
    def is_full(self) -> bool:
        """Whether it is there in every language."""
        return all(self.there.values())


def needed(kind: str) -> tuple[str, ...]:
    """Return the fields that a part of a kind needs in each language when it is written here."""
    if kind == AUDIENCE:
        return ("body",)
    if kind == EXPERT:
        return ("body", "byline", "affiliation", "interest", "source")
    return ("body", "byline", "source")


def is_there(part: Mapping[str, Any], language: str) -> bool:
    """Tell whether a part is complete in a language: linked to something released, or written with all it needs."""
    if part["link"]:
        return language in part["link"]["titles"]
    words = part["texts"].get(language, {})
    dated = bool(part["dated"]) or part["kind"] == AUDIENCE
    address = bool(part["url"]) or part["kind"] != LINK
    return dated and address and all(words.get(name, "").strip() for name in needed(part["kind"]))


def gauges(parts: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> list[Gauge]:
    """Return the completeness of the nine kinds, the three required ones first."""
    return [
        Gauge(kind, {code: any(part["kind"] == kind and is_there(part, code) for part in parts) for code in languages})
        for kind in KINDS
    ]


def missing(
    texts: Mapping[str, Mapping[str, str]], parts: Sequence[Mapping[str, Any]], languages: Sequence[str]
) -> list[Missing]:
    """Return every gap, the weightiest first; empty when the campaign may be handed in.

    The three required parts have to be there; of the six, what was begun has to be finished.
    """
    gaps = []
    for language in languages:
        empty = [name for name in ("title", "summary") if not texts.get(language, {}).get(name, "").strip()]
        if empty:
            gaps.append(Missing("campaign_words_missing", {"language": language, "fields": empty}))
    present = {part["kind"] for part in parts}
    gaps += [Missing("part_missing", {"kind": kind}) for kind in REQUIRED if kind not in present]
    for part in parts:
        gaps += _of_part(part, languages)
    return gaps


def _of_part(part: Mapping[str, Any], languages: Sequence[str]) -> list[Missing]:
    kind, pk = part["kind"], part["id"]
    if part["link"]:
        gone = [code for code in languages if code not in part["link"]["titles"]]
        return [Missing("part_link_gone", {"kind": kind, "language": code}, pk) for code in gone]
    gaps = []
    for language in languages:
        words = part["texts"].get(language, {})
        empty = [name for name in needed(kind) if not words.get(name, "").strip()]
        if empty:
            gaps.append(Missing("part_words_missing", {"kind": kind, "language": language, "fields": empty}, pk))
    if not part["dated"] and kind != AUDIENCE:
        gaps.append(Missing("part_date_missing", {"kind": kind}, pk))
    if kind == LINK and not part["url"]:
        gaps.append(Missing("part_address_missing", {"kind": kind}, pk))
    return gaps


def check_voice(text: str) -> None:
    """Raise Refused("voice_too_short", least=...) or Refused("campaign_text_too_long", most=...)."""
    if len(text) < VOICE_LEAST:
        raise Refused("voice_too_short", least=VOICE_LEAST)
    if len(text) > VOICE_MOST:
        raise Refused("campaign_text_too_long", most=VOICE_MOST)


def check_address(address: str) -> None:
    """Let only addresses of the web pass; raises Refused("campaign_address_wrong")."""
    if len(address) > ADDRESS_MOST or (address and not address.startswith(("https://", "http://"))):
        raise Refused("campaign_address_wrong")


# --- awareness: shares with their uncertainty -----------------------------------------------------------------------

# The 97.5th percentile of the normal distribution: intervals of 95 %.
Z = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """A share of those asked, with the bounds of its 95 % interval."""

    n: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.n / self.of


@dataclass(frozen=True)
class Difference:
    """How far the later share lies above the earlier one, with the bounds of its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves out no change at all."""
        return self.low > 0 or self.high < 0


def check_wave(*, asked: int, aware: int) -> None:
    """Raise Refused("wave_wrong") for a survey that asked nobody, or in which more knew than were asked."""
    if not (0 < asked <= ASKED_MOST and 0 <= aware <= asked):
        raise Refused("wave_wrong")


def wilson(n: int, of: int) -> Share:
    """Return a share with its Wilson score interval, without continuity correction.

    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212; method 3 in R. G. Newcombe, Stat. Med. 17 (1998) 857-872.
    """
    check_wave(asked=of, aware=n)
    centre = 2 * n + Z * Z
    spread = Z * sqrt(Z * Z + 4 * n * (1 - n / of))
    below = 2 * (of + Z * Z)
    # Rounding may leave a hair beyond the ends.
    return Share(n, of, max(0.0, (centre - spread) / below), min(1.0, (centre + spread) / below))


def newcombe(after: Share, before: Share) -> Difference:
    """Return the difference of two independent shares with its hybrid score interval.

    Method 10 in R. G. Newcombe, Stat. Med. 17 (1998) 873-890: the Wilson bounds of both, put together.
    """
    value = after.value - before.value
    below = sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    above = sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    return Difference(value, value - below, value + above)


def share_of_target(reached: int, target: int | None) -> float | None:
    """Return what part of a target was reached; None without a target."""
    return reached / target if target else None


def added(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Add counts up by their key."""
    sums: dict[str, int] = {}
    for key, n in counts:
        sums[key] = sums.get(key, 0) + n
    return sums
