"""Pure decisions of the coding desk: stretches and sentences, the tree of themes, decisions in force, agreement."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from engage.errors import Refused

THEME_NAME_MOST = 200
DESCRIPTION_MOST = 2_000
REASON_MOST = 5_000
FORWARDED_MOST = 200
# Themes above one another; more is no codebook that two people apply alike.
TREE_MOST = 4
THEMES_MOST = 500
BULK_MOST = 50_000
BULK_BATCH = 500
SAMPLE_LEAST, SAMPLE_MOST, SAMPLE_PERCENT = 100, 400, 5

# What a reason has to be given for, and what has to say where it went.
NEEDS_REASON = frozenset({"not_adopted", "in_part"})
NEEDS_FORWARDING = frozenset({"out_of_scope"})

Parents = Mapping[int, int | None]


# --- stretches -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """A stretch of a text in characters (code points), the end not included."""

    start: int
    end: int

    @property
    def value(self) -> str:
        """How a form sends it."""
        return f"{self.start}-{self.end}"


# Where a sentence may end: at Chinese marks and line ends wherever they stand, at Latin marks before a space. Quotes
# and brackets that close behind the mark belong to it.
_MARKS = re.compile(r"(?:[。！？；\n]|(?:[.!?]+(?=[”’\"')\]）」』]*(?:\s|$))))+[”’\"')\]）」』]*")
_ABBREVIATIONS = frozenset(
    {"art", "no", "mr", "mrs", "ms", "dr", "prof", "e.g", "i.e", "cf", "sec", "para", "vs", "st"}
)


def sentences(text: str) -> list[Stretch]:
    """Cut a text in Chinese, English or both into its sentences, without the space around them.

    A full stop in a number, an address or after a common abbreviation ends none. Nothing but space is left out.
    """
    found: list[Stretch] = []
    start = 0
    for end in _ends(text):
        if stretch := trimmed(text, start, end):
            found.append(stretch)
        start = end
    return found


def _ends(text: str) -> Iterable[int]:
    for match in _MARKS.finditer(text):
        word = re.search(r"[\w.]*$", text[max(0, match.start() - 12) : match.start()])
        if match.group() != "." or word is None or word.group().lower() not in _ABBREVIATIONS:
            yield match.end()
    yield len(text)


def trimmed(text: str, start: int, end: int) -> Stretch | None:
    """Return a stretch without the space at its ends; None when nothing is left."""
    start, end = max(0, start), min(end, len(text))
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Stretch(start, end) if start < end else None


def joined(stretches: Iterable[Stretch], text: str) -> list[Stretch]:
    """Put neighbouring stretches together: sentences that follow one another are one passage."""
    kept: list[Stretch] = []
    for stretch in sorted(stretches, key=lambda one: (one.start, one.end)):
        if kept and not text[kept[-1].end : stretch.start].strip():
            kept[-1] = Stretch(kept[-1].start, max(kept[-1].end, stretch.end))
        else:
            kept.append(stretch)
    return kept


def check_stretch(text: str, wanted: Stretch, others: Iterable[Stretch]) -> Stretch:
    """Return the stretch to keep, without space at its ends.

    The same stretch twice is one point. Stretches that share some characters only would count one sentence twice:
    they are refused, and a second theme on the point there is the way.
    Raises Refused("stretch_empty"), Refused("stretch_outside"), Refused("stretch_overlaps", quote=...).
    """
    if wanted.start < 0 or wanted.end > len(text):
        raise Refused("stretch_outside")
    stretch = trimmed(text, wanted.start, wanted.end)
    if stretch is None or not any(character.isalnum() for character in text[stretch.start : stretch.end]):
        raise Refused("stretch_empty")
    for other in others:
        if other != stretch and other.start < stretch.end and stretch.start < other.end:
            raise Refused("stretch_overlaps", quote=shortened(text[other.start : other.end]))
    return stretch


def shortened(text: str, most: int = 40) -> str:
    """Return the beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most]}…"


@dataclass(frozen=True)
class Segment:
    """A piece of a comment as it is shown: its words and the number of the point that covers it, or 0."""

    text: str
    number: int = 0


def segments(text: str, marked: Sequence[Stretch]) -> list[Segment]:
    """Cut a text at its marks; numbers count from 1 in the order given. Marks lie within the text, none overlaps."""
    shown: list[Segment] = []
    place = 0
    for number, stretch in sorted(enumerate(marked, start=1), key=lambda pair: pair[1].start):
        if stretch.start > place:
            shown.append(Segment(text[place : stretch.start]))
        shown.append(Segment(text[stretch.start : stretch.end], number))
        place = stretch.end
    if place < len(text):
        shown.append(Segment(text[place:]))
    return shown


# --- the tree of themes --------------------------------------------------------------------------------------------


def above(theme: int, parents: Parents) -> list[int]:
    """List the themes above one, nearest first."""
    found: list[int] = []
    parent = parents.get(theme)
    while parent is not None and parent not in found:
        found.append(parent)
        parent = parents.get(parent)
    return found


def below(theme: int, parents: Parents) -> set[int]:
    """Return the themes below one, itself not."""
    return {other for other in parents if theme in above(other, parents)}


def check_place(theme: int | None, parent: int | None, parents: Parents) -> None:
    """Check that a theme (None: a new one) may stand below another.

    Raises Refused("theme_below_itself"), Refused("tree_too_deep", most=...), Refused("theme_gone").
    """
    if parent is None:
        return
    if parent not in parents:
        raise Refused("theme_gone")
    if theme is not None and (parent == theme or theme in above(parent, parents)):
        raise Refused("theme_below_itself")
    height = (
        1 if theme is None else 1 + max((_steps(other, theme, parents) for other in below(theme, parents)), default=0)
    )
    if len(above(parent, parents)) + 1 + height > TREE_MOST:
        raise Refused("tree_too_deep", most=TREE_MOST)


def _steps(theme: int, top: int, parents: Parents) -> int:
    return above(theme, parents).index(top) + 1


def check_merge(theme: int, into: int, parents: Parents) -> None:
    """Check that a theme may be merged into another; what is below it moves there too.

    Raises Refused("merge_with_itself"), Refused("merge_below_itself"), Refused("theme_gone"), Refused("tree_too_deep").
    """
    if theme == into:
        raise Refused("merge_with_itself")
    if into not in parents:
        raise Refused("theme_gone")
    if theme in above(into, parents):
        raise Refused("merge_below_itself")
    for child in [child for child, parent in parents.items() if parent == theme]:
        check_place(child, into, parents)


# --- decisions -----------------------------------------------------------------------------------------------------


D = TypeVar("D")  # a decision: these rules only pass it on


@dataclass(frozen=True)
class InForce(Generic[D]):
    """A decision that counts for a point: by its own (no theme) or that of a theme; `of` is the theme it is on."""

    decision: D
    theme: int | None = None
    of: int | None = None


def theme_decision(theme: int, parents: Parents, by_theme: Mapping[int, D]) -> InForce[D] | None:
    """Return the decision that counts for a theme: its own, else that of the nearest theme above that has one."""
    for place in (theme, *above(theme, parents)):
        if place in by_theme:
            return InForce(by_theme[place], theme, place)
    return None


def effective(own: D | None, themes: Sequence[int], parents: Parents, by_theme: Mapping[int, D]) -> list[InForce[D]]:
    """List the decisions that count for a point: its own alone, else those of its themes, each decision once."""
    if own is not None:
        return [InForce(own)]
    found: dict[int | None, InForce[D]] = {}
    for theme in themes:
        decided = theme_decision(theme, parents, by_theme)
        if decided is not None:
            found.setdefault(decided.of, decided)
    return list(found.values())


def decided_themes(parents: Parents, by_theme: Collection[int]) -> set[int]:
    """Return the themes that have a decision, their own or one from above."""
    return {theme for theme in parents if theme in by_theme or any(up in by_theme for up in above(theme, parents))}


def is_undisposed(has_own: bool, themes: Collection[int], decided: Collection[int]) -> bool:
    """Tell whether a point still lacks an answer: no decision of its own, and no theme or one without a decision.

    A point of two themes says two things; one answered theme does not answer the other.
    """
    return not has_own and (not themes or any(theme not in decided for theme in themes))


def check_decision(
    disposition: str, *, reason_code: str, reason_zh: str, reason_en: str, forwarded_zh: str, forwarded_en: str
) -> None:
    """Check that a decision says what it has to.

    Raises Refused("decision_missing"), Refused("reason_kind_missing"), Refused("reason_text_missing"),
    Refused("forwarding_missing"), Refused("reason_too_long", most=...).
    """
    if not disposition:
        raise Refused("decision_missing")
    if disposition in NEEDS_REASON and not reason_code:
        raise Refused("reason_kind_missing")
    if disposition in NEEDS_REASON and not (reason_zh or reason_en):
        raise Refused("reason_text_missing")
    if disposition in NEEDS_FORWARDING and not (forwarded_zh or forwarded_en):
        raise Refused("forwarding_missing")
    if max(len(reason_zh), len(reason_en)) > REASON_MOST or max(len(forwarded_zh), len(forwarded_en)) > FORWARDED_MOST:
        raise Refused("reason_too_long", most=REASON_MOST)


# --- agreement -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Two coders and one theme, counted in comments: both gave it, only the first, only the second, neither."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def n(self) -> int:
        """The comments that both read."""
        return self.both + self.first + self.second + self.neither

    def __add__(self, other: Table) -> Table:
        return Table(
            self.both + other.both,
            self.first + other.first,
            self.second + other.second,
            self.neither + other.neither,
        )


@dataclass(frozen=True)
class Agreement:
    """How far two coders agree about a theme; shares are 0 to 1.

    `kappa` is None where it says nothing: no comment read by both, or no variation. `low` and `high` are the limits of
    its 95 % interval, kept within -1 and 1.
    """

    table: Table
    percent: float | None
    kappa: float | None
    low: float | None = None
    high: float | None = None

    @property
    def level(self) -> str:
        """firm (0.80 and above), tentative (0.667 and above), weak, or none where kappa says nothing."""
        if self.kappa is None:
            return "none"
        return "firm" if self.kappa >= 0.8 else "tentative" if self.kappa >= 2 / 3 else "weak"


def agreement(table: Table) -> Agreement:
    """Return Cohen's kappa of one 2x2 table: (po - pe) / (1 - pe).

    po is the share of comments on which both say the same, pe the share to expect if each gave the theme as often as
    they do but at random. Where both gave it to every comment, or neither to any, pe is 1 and kappa is 0/0: there is no
    variation to agree about, and None is returned beside the plain share. The interval is kappa +/- 1.96 times the
    standard error sqrt(po (1 - po) / (n (1 - pe)^2)). Source: J. Cohen, A coefficient of agreement for nominal scales,
    Educational and Psychological Measurement 20 (1960), 37-46. The bands of `level` are Krippendorff's (2004).
    """
    n = table.n
    if n == 0:
        return Agreement(table, None, None)
    observed = (table.both + table.neither) / n
    first, second = (table.both + table.first) / n, (table.both + table.second) / n
    expected = first * second + (1 - first) * (1 - second)
    if math.isclose(expected, 1.0):
        return Agreement(table, observed, None)
    kappa = (observed - expected) / (1 - expected)
    spread = 1.96 * math.sqrt(observed * (1 - observed) / n) / (1 - expected)
    return Agreement(table, observed, kappa, max(-1.0, kappa - spread), min(1.0, kappa + spread))


def tables(
    first: Mapping[int, Collection[int]], second: Mapping[int, Collection[int]], themes: Iterable[int]
) -> dict[int, Table]:
    """Count, for each theme, the comments of the second coder: comment to its themes, for each coder."""
    counted: dict[int, Table] = {}
    for theme in themes:
        cells = [(theme in first.get(comment, ()), theme in given) for comment, given in second.items()]
        counted[theme] = Table(
            cells.count((True, True)),
            cells.count((True, False)),
            cells.count((False, True)),
            cells.count((False, False)),
        )
    return counted


def sample_size(available: int, wanted: int | None = None) -> int:
    """Return how many comments a blind sample has: the wanted number, else 5 %, at least 100 and at most 400.

    With 100 the 95 % interval of kappa is about +/- 0.1, with 400 about +/- 0.05.
    """
    size = wanted or min(SAMPLE_MOST, max(SAMPLE_LEAST, math.ceil(available * SAMPLE_PERCENT / 100)))
    return min(size, available)
