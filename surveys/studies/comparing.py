"""Two waves against each other: what changed in each answer, and what chance alone may have done; no Django.

Counts are hidden as in public results, with the waves of one questionnaire as groups: no difference of two waves, or
of a wave and all answers, tells what a table hides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from engage.errors import Refused
from surveys.results import tables
from surveys.results.answers import Answers
from surveys.results.layout import DAY, NONE, REST, VERSION, WAVE, Column, Level
from surveys.results.tables import Topline
from surveys.statistics import comparisons, estimates
from surveys.statistics.comparisons import Change
from surveys.statistics.design import Flags, Floats, make_design
from surveys.statistics.estimates import Figure
from surveys.statistics.intervals import effective_size, wilson
from surveys.studies.rules import Part

# The fact by which the answers to a questionnaire are grouped into the waves of a study.
GROUP = "#study"


@dataclass(frozen=True)
class WaveAnswers:
    """The answers to the questionnaire of a wave, grouped by waves; `place` is that of the wave.

    `weights` are of all rows of the questionnaire (None: every answer counts the same).
    """

    answers: Answers
    place: int
    weights: Floats | None = None

    @property
    def group(self) -> tuple[str, str]:
        """The wave as a group of results."""
        return GROUP, str(self.place)

    def hidden(self, key: str) -> Flags | None:
        """Return which counts of a question or fact with one answer are hidden in the wave; None: all."""
        return self.answers.guards(key, GROUP)[0].hidden(self.place)

    @property
    def inside(self) -> Flags:
        """Which rows are in the wave."""
        found: Flags = self.answers.coded(GROUP).codes == self.place
        return found


def taken(answers: Answers, part: Part) -> Flags:
    """Return which responses a wave takes."""
    found = np.ones(answers.n, dtype=bool)
    if part.version is not None:
        found &= answers.array(VERSION) == part.version
    if part.invitations is not None:
        found &= answers.array(WAVE) == part.invitations
    if part.first_day or part.last_day:
        days = answers.array(DAY).astype("datetime64[D]")
        if part.first_day:
            found &= days >= np.datetime64(part.first_day)
        if part.last_day:
            found &= days <= np.datetime64(part.last_day)
    return found


def grouped(answers: Answers, parts: Sequence[Part]) -> Answers:
    """Return answers with the waves of one questionnaire as a fact; parts do not overlap (`rules.overlap`)."""
    codes = np.full(answers.n, NONE, dtype=np.int64)
    for place, part in enumerate(parts):
        codes[taken(answers, part)] = place
    return answers.grouped(GROUP, codes, [Level(place, {}) for place in range(len(parts))])


@dataclass(frozen=True)
class Side:
    """One answer in one wave: people and share (0..1) with its interval; None where hidden or not offered."""

    count: int | None
    share: float | None
    low: float | None
    high: float | None
    hidden: bool


@dataclass(frozen=True)
class Line:
    """One answer in both waves. `change` None: it cannot be said."""

    level: Level
    is_reason: bool
    first: Side
    second: Side
    change: Change | None


@dataclass(frozen=True)
class Means:
    """The mean of a question with numbers in both waves, and its change."""

    first: float
    second: float
    change: Change


@dataclass(frozen=True)
class Compared:
    """One question in both waves: the column of each, who answered, lines, and the mean where it has one."""

    column: Column
    before: Column
    first: Topline
    second: Topline
    lines: tuple[Line, ...]
    means: Means | None

    @property
    def withheld(self) -> bool:
        """Whether a wave had too few people for a table."""
        return self.first.withheld or self.second.withheld


def changes(first: WaveAnswers, second: WaveAnswers) -> Iterator[Compared]:
    """Return every question that both waves asked in the same way, in the order of the second.

    Texts, days and what only one wave asked are left out. Raises Refused: survey_weights_zero, survey_lonely_cluster.
    """
    for column in second.answers.layout.columns:
        before = first.answers.layout.by_key.get(column.key)
        if before is None or not _alike(before, column):
            continue
        old, new = _topline(first, before), _topline(second, column)
        if not old.n and not new.n:
            continue
        lines: tuple[Line, ...] = ()
        means = None
        if old.n and new.n and not (old.withheld or new.withheld):
            # Bins of numbers are cut by the numbers of a wave; their means can be compared, the bins cannot.
            lines = () if column.kind == "number" else tuple(_lines(_Sides(first, old), _Sides(second, new)))
            means = _means(first, old, second, new)
        yield Compared(column, before, old, new, lines, means)


def _alike(one: Column, other: Column) -> bool:
    if not (one.asked and other.asked) or (one.kind, one.question.type) != (other.kind, other.question.type):
        return False
    return one.kind in ("coded", "mask", "number") or one.question.type == "region"


def _topline(wave: WaveAnswers, column: Column) -> Topline:
    return tables.topline(wave.answers, column, public=True, group=wave.group)


class _Sides:
    """The answers of one wave to one question, with the errors of the weighted ones."""

    def __init__(self, wave: WaveAnswers, topline: Topline) -> None:
        self.topline = topline
        self.lines = {(str(line.level.value), line.is_reason): line for line in topline.lines}
        self.size = float(topline.n)
        shares = [line.share for line in topline.lines]
        sizes: Sequence[float] | Floats = [self.size] * len(shares)
        if wave.weights is not None:
            figures, self.size = _weighted(wave, topline.column)
            shares = [one.value for one in figures]
            sizes = comparisons.sizes_of_shares(figures, self.size) if figures else []
        # Without weight in the base there is no share at all.
        self.estimates = {
            key: (share, float(size))
            for key, share, size in zip(self.lines, shares, sizes, strict=False)
            if share is not None
        }

    def side(self, key: tuple[str, bool]) -> tuple[Side, float]:
        """Return one answer as it is shown, and the size its change is computed on (0: none can be)."""
        line = self.lines.get(key)
        if line is None:
            # An answer that the questionnaire offers and nobody of a short list gave is none of its levels.
            offered = self.topline.column.kind == "words" and REST not in {value for value, _why in self.lines}
            if not (offered or key[1]):
                return Side(None, None, None, None, hidden=False), 0.0
            share, size, count = 0.0, self.size, 0
        elif line.hidden or key not in self.estimates:
            return Side(line.count, None, None, None, hidden=line.hidden), 0.0
        else:
            (share, size), count = self.estimates[key], line.count or 0
        low, high = wilson(share, size)
        return Side(count, share, float(low), float(high), hidden=False), size


def _weighted(wave: WaveAnswers, column: Column) -> tuple[list[Figure], float]:
    """Return the weighted share of each level with its linearised error, and the effective size of the base."""
    assert wave.weights is not None
    own = wave.inside
    if column.kind == "mask":
        several = wave.answers.chosen(column.key)
        asked, flags = several.asked[own], several.chosen[own].astype(float)
    else:
        single = wave.answers.coded(column.key)
        codes = single.codes[own]
        asked, flags = codes != NONE, (codes[:, None] == np.arange(len(single.levels))).astype(float)
    weights = wave.weights[own]
    base = asked & (weights > 0)
    if not base.any():
        return [], 0.0
    # Every response is drawn for itself: that weights were fitted to totals is not taken off the error.
    design = make_design(len(weights), weights=weights).domain(asked)
    return estimates.means(design, flags), effective_size(weights[base])


def _lines(first: _Sides, second: _Sides) -> Iterator[Line]:
    for key in dict.fromkeys([*second.lines, *first.lines]):
        (before, old_size), (after, new_size) = first.side(key), second.side(key)
        change = None
        if before.share is not None and after.share is not None and old_size > 0 and new_size > 0:
            change = comparisons.change_of_shares(before.share, old_size, after.share, new_size)
        known = second.lines.get(key) or first.lines[key]
        yield Line(known.level, key[1], before, after, change)


def _means(first: WaveAnswers, old: Topline, second: WaveAnswers, new: Topline) -> Means | None:
    """Return means with Welch's interval, under weights with linearised errors; None where hidden or without spread."""
    # What a topline does not say of a small group is not said here.
    if any(one.summary is None or one.summary.mean is None for one in (old, new)):
        return None
    before, after = (tables.numbers_of(wave.answers, one.column) for wave, one in ((first, old), (second, new)))
    assert before is not None and after is not None
    before, after = before[first.inside], after[second.inside]
    try:
        if first.weights is None or second.weights is None:
            change = comparisons.change_of_means(before, after)
            return Means(float(np.nanmean(before)), float(np.nanmean(after)), change)
        (one, one_freedom), (other, other_freedom) = (
            _weighted_mean(numbers, wave.weights[wave.inside])
            for numbers, wave in ((before, first), (after, second))
            if wave.weights is not None
        )
        # Freedom of independent samples adds up (Korn & Graubard 1999, sec. 5.2).
        change = comparisons.change_of_figures(one, other, df=one_freedom + other_freedom)
    except Refused as refused:
        if refused.code not in ("survey_test_sparse", "survey_domain_empty"):
            raise
        return None
    return Means(one.value or 0.0, other.value or 0.0, change)


def _weighted_mean(numbers: Floats, weights: Floats) -> tuple[Figure, int]:
    design = make_design(len(weights), weights=weights)
    return estimates.means(design, numbers[:, None])[0], design.domain(~np.isnan(numbers)).degrees_of_freedom
