"""Figures from the facts of cases. No database here: a table goes in, numbers come out.

The formulas, as the page states them:

* received: cases of the period that were not spam; valid: of these, those that were no repetition and had content;
* in time: answered on or before the due day, of all whose due day lies in the period; what is due by now and still
  open counts as late; what is due later does not count yet;
* days to answer: working days after the receipt through the answer without those on which the clock stood still, and
  calendar days with nothing left out; of the valid cases that the period received. The median and the 90th percentile
  are the smallest day count by which half, or nine tenths, were answered. While more than a tenth of the cases are
  still open, the days are estimated with those (Kaplan and Meier 1958), because the slow ones would be missing;
* satisfaction: ratings of 4 and 5 of all ratings (the last one of a case), beside the number of answers;
* opened again: answers that came back after a low rating, of all answers;
* not needed: letters that were not sent because something published answered them; they belong to no unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from mailbox.performance.facts import STEPS

# Imported where they count: together they cost two seconds, and every process reads this module.
if TYPE_CHECKING:
    import pandas as pd

NOT_VALID = ("DUPLICATE", "SPAM", "NO_CONTENT")
SPAM = "SPAM"
OPEN_SHARE = 0.10
MEDIAN, MOST = 0.5, 0.9
ALL = ""


@dataclass(frozen=True)
class Cell:
    """The figures of one unit, kind and period; `estimated` says that open cases are reckoned with in the days.

    The days are None where nothing was answered, or where so many are open that the share is not reached yet.
    """

    received: int = 0
    valid: int = 0
    answered: int = 0
    open: int = 0
    overdue: int = 0
    due: int = 0
    in_time: int = 0
    rated: int = 0
    satisfied: int = 0
    opened_again: int = 0
    extended: int = 0
    reviews: int = 0
    not_needed: int = 0
    median_days: int | None = None
    p90_days: int | None = None
    median_calendar_days: int | None = None
    p90_calendar_days: int | None = None
    estimated: bool = False


COUNTS = (
    "received",
    "valid",
    "answered",
    "open",
    "overdue",
    "due",
    "in_time",
    "rated",
    "satisfied",
    "opened_again",
    "extended",
    "reviews",
    "not_needed",
)
DAYS = ("median_days", "p90_days", "median_calendar_days", "p90_calendar_days")


@dataclass(frozen=True)
class FunnelStep:
    """How many of a period's valid cases came to a step of the sender's line, and after how many working days."""

    step: int
    reached: int
    median_days: int | None
    p90_days: int | None = None


def prepared(table: pd.DataFrame, *, today: date) -> pd.DataFrame:
    """Add the months and flags that all figures of a table share. `today` is the day up to which things are known."""
    import pandas as pd

    now = pd.Timestamp(today)
    known = table.assign(
        month=table["received"].dt.strftime("%Y-%m"),
        due_month=table["due"].dt.strftime("%Y-%m"),
        spam=(table["not_taken"] == SPAM) | (table["suspect"] & table["open"]),
        is_due=table["due"].notna() & ((table["due"] < now) | (table["in_time"] != "")),
        late_open=table["open"] & table["due"].notna() & (table["due"] < now),
    )
    return known.assign(
        is_valid=~known["spam"] & ~known["not_taken"].isin(NOT_VALID),
        is_answered=known["answered"].notna(),
    )


def cell(received: pd.DataFrame, due: pd.DataFrame) -> Cell:
    """Count one cell: `received` are the prepared cases the period received, `due` those due in it."""
    counted = received[~received["spam"]]
    valid = counted[counted["is_valid"]]
    answered = valid[valid["is_answered"]]
    rated = answered[answered["score"].notna()]
    owed = due[due["is_due"] & due["is_valid"]]
    is_open = valid["open"] & ~valid["is_answered"]
    estimated = bool(len(valid)) and int(is_open.sum()) > OPEN_SHARE * len(valid)
    waiting = valid[is_open] if estimated else valid.iloc[:0]
    median, most = quantiles(answered["work_days"], waiting["work_days"])
    median_all, most_all = quantiles(answered["calendar_days"], waiting["calendar_days"])
    return Cell(
        received=len(counted),
        valid=len(valid),
        answered=len(answered),
        open=int(is_open.sum()),
        overdue=int((is_open & valid["late_open"]).sum()),
        due=len(owed),
        in_time=int((owed["in_time"] == "yes").sum()),
        rated=len(rated),
        satisfied=int((rated["score"] >= 4).sum()),
        opened_again=int(answered["opened_again"].sum()),
        extended=int(valid["extended"].sum()),
        reviews=int(valid["reviews"].sum()),
        median_days=median,
        p90_days=most,
        median_calendar_days=median_all,
        p90_calendar_days=most_all,
        estimated=estimated,
    )


def quantiles(done: pd.Series, waiting: pd.Series) -> tuple[int | None, int | None]:
    """Return the smallest number of days by which half and nine tenths are done; None for what is not reached.

    `waiting` are the days that cases not done yet have waited so far (right-censored; Kaplan and Meier 1958).
    """
    if not len(done):
        return None, None
    import numpy as np
    from scipy import stats

    sample = stats.CensoredData(
        uncensored=done.to_numpy(dtype=float), right=waiting.to_numpy(dtype=float) if len(waiting) else np.empty(0)
    )
    share_done = stats.ecdf(sample).cdf
    days, share = share_done.quantiles, share_done.probabilities

    def by(wanted: float) -> int | None:
        reached = np.flatnonzero(share >= wanted - 1e-9)
        return int(days[reached[0]]) if len(reached) else None

    return by(MEDIAN), by(MOST)


def funnel(received: pd.DataFrame) -> list[FunnelStep]:
    """Say how many valid cases reached each step of the sender's line, and the quantiles of the working days to it."""
    valid = received[received["is_valid"]]
    steps = []
    for step in STEPS:
        days = valid[f"step_{step}"].dropna()
        steps.append(FunnelStep(step, len(days), *quantiles(days, days.iloc[:0])))
    return steps


@dataclass(frozen=True, order=True)
class Place:
    """Where a cell stands: a year or a month of it, a unit or all (""), a kind or all ("")."""

    period: str
    unit: str = ALL
    kind: str = ALL

    @property
    def key(self) -> str:
        """As stored: `2026-10|water|letter`."""
        return f"{self.period}|{self.unit}|{self.kind}"


def cells_of_year(
    table: pd.DataFrame, year: int, *, today: date, not_needed: Mapping[tuple[str, str], int] | None = None
) -> Iterator[tuple[Place, Cell, list[FunnelStep]]]:
    """Count every cell of a year: months and the year, by unit, by kind, and by both for the year alone.

    `not_needed` are the letters that were not sent, by month (2026-10) and kind.
    """
    unsent = not_needed or {}

    def unsent_at(period: str, kind: str = ALL) -> int:
        return sum(n for (month, of), n in unsent.items() if month.startswith(period) and kind in (ALL, of))

    known = prepared(table, today=today)
    received = known[known["month"].str.startswith(f"{year}-")]
    due = known[known["due_month"].fillna("").str.startswith(f"{year}-")]
    last = today.month if today.year == year else 12
    periods = [str(year), *(f"{year}-{month:02}" for month in range(1, last + 1))]
    units = sorted(set(received["unit"]) | set(due["unit"]))
    kinds = sorted(set(received["kind"]) | set(due["kind"]) | {kind for _month, kind in unsent})
    none = known.iloc[:0]
    both, both_due = _parts(received, ["unit", "kind"]), _parts(due, ["unit", "kind"])
    for period in periods:
        whole = period == str(year)
        here = received if whole else received[received["month"] == period]
        owed = due if whole else due[due["due_month"] == period]
        yield Place(period), replace(cell(here, owed), not_needed=unsent_at(period)), funnel(here)
        for column, names in (("unit", units), ("kind", kinds)):
            parts, parts_due = _parts(here, column), _parts(owed, column)
            for name in names:
                part = parts.get(name, none)
                counted = cell(part, parts_due.get(name, none))
                if column == "kind":
                    counted = replace(counted, not_needed=unsent_at(period, name))
                yield Place(period, **{column: name}), counted, funnel(part)
    for unit, kind in product(units, kinds):
        part = both.get((unit, kind), none)
        yield Place(str(year), unit, kind), cell(part, both_due.get((unit, kind), none)), funnel(part)


def _parts(table: pd.DataFrame, by: str | list[str]) -> dict[Any, pd.DataFrame]:
    return dict(iter(table.groupby(by, sort=False)))


def as_json(counted: Cell) -> dict[str, Any]:
    """Return a cell as it is stored."""
    return asdict(counted)
