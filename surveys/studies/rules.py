"""Which responses a wave takes, and how a benchmark is read; no Django."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engage.errors import Refused

NAME_MOST, WAVE_MOST, AUDIENCE_MOST, SOURCE_MOST = 120, 80, 200, 200
WAVES_MOST, BENCHMARKS_MOST = 24, 12
# Published percentages are rounded, so their sum may miss a hundred by so much.
SUM_MISSES = 0.5
# Weights stay between these multiples of their mean (Battaglia, Hoaglin & Frankel 2009 trim at 5).
LOWEST, HIGHEST = 0.2, 5.0


@dataclass(frozen=True)
class Part:
    """Which responses of a questionnaire a wave takes: a version, a wave of invitations, local days; None: of all."""

    version: int | None = None
    invitations: int | None = None
    first_day: date | None = None
    last_day: date | None = None


def check_part(part: Part) -> None:
    """Raise Refused("study_days_wrong") for a last day before the first."""
    if part.first_day and part.last_day and part.last_day < part.first_day:
        raise Refused("study_days_wrong")


def overlap(one: Part, other: Part) -> bool:
    """Tell whether a response could be in both: waves are of different people, or their change has no interval."""
    for own, others in ((one.version, other.version), (one.invitations, other.invitations)):
        if own is not None and others is not None and own != others:
            return False
    begins = max((day for day in (one.first_day, other.first_day) if day), default=date.min)
    ends = min((day for day in (one.last_day, other.last_day) if day), default=date.max)
    return begins <= ends


def read_percent(text: str) -> float | None:
    """Read a percentage (0..100), with a sign or without; None for nothing or a dash. ValueError for anything else."""
    plain = text.strip().removesuffix("%").strip()
    if plain in ("", "-", "–", "—"):
        return None
    if "_" in plain:
        raise ValueError(text)
    found = float(plain)
    if not (math.isfinite(found) and 0 <= found <= 100):
        raise ValueError(text)
    return found


def read_shares(
    lines: Iterable[tuple[int, str, str]], values: Sequence[str], names: Mapping[str, Iterable[str]]
) -> list[tuple[str, float | None]]:
    """Return the percent of each value from lines (number, group, share); a group is a value or one of its names.

    Every value needs a line, so that nothing is left out by mistake; a group of which nothing is known has a dash.
    Raises Refused: study_group_unknown, study_group_twice, study_share_wrong (all with line and group),
    study_group_missing (group), and as `check_shares`.
    """
    known = {value.casefold(): value for value in values}
    for own, words in names.items():
        for word in words:
            known.setdefault(word.strip().casefold(), own)
    found: dict[str, float | None] = {}
    for line, group, share in lines:
        if (value := known.get(group.strip().casefold(), "")) not in values:
            raise Refused("study_group_unknown", line=line, group=group.strip())
        if value in found:
            raise Refused("study_group_twice", line=line, group=group.strip())
        try:
            found[value] = read_percent(share)
        except ValueError:
            raise Refused("study_share_wrong", line=line, group=group.strip()) from None
    for value in values:
        if value not in found:
            raise Refused("study_group_missing", group=next(iter(names.get(value, ())), value))
    shares = [(value, found[value]) for value in values]
    check_shares(shares)
    return shares


def check_shares(shares: Sequence[tuple[str, float | None]]) -> None:
    """Raise Refused: study_shares_few (fewer than two known groups), study_shares_sum (sum) when it is not 100."""
    known = [share for _value, share in shares if share is not None]
    if sum(share > 0 for share in known) < 2:
        raise Refused("study_shares_few")
    if abs(sum(known) - 100) > SUM_MISSES:
        raise Refused("study_shares_sum", sum=f"{sum(known):g}")
