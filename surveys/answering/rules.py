"""Whether a questionnaire can be answered now, and when its results may be seen; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from engage.errors import Refused

# How long answers that were put aside wait for whoever has their code.
KEPT = timedelta(days=30)
# On a device that many use: how long a sheet waits that nobody touches, and for how long the code of what was sent is
# shown.
KEPT_AT_KIOSK = timedelta(minutes=15)
SHOWN_AT_KIOSK = timedelta(seconds=60)
# A closed questionnaire still opens what was put aside, so that nobody loses words; sending is over.
State = Literal["planned", "open", "closed"]


@dataclass(frozen=True)
class Period:
    """When a questionnaire takes answers. Without a beginning it is open once published, without an end until it is
    taken down."""

    opens_at: datetime | None
    closes_at: datetime | None

    def state(self, now: datetime) -> State:
        """The state at a moment. The end itself is too late."""
        if self.opens_at is not None and now < self.opens_at:
            return "planned"
        return "closed" if self.closes_at is not None and now >= self.closes_at else "open"


def check_open(period: Period, now: datetime) -> None:
    """Raise Refused("survey_not_open", opens_at=...) or Refused("survey_closed", closed_at=...)."""
    state = period.state(now)
    if state == "planned":
        raise Refused("survey_not_open", opens_at=period.opens_at)
    if state == "closed":
        raise Refused("survey_closed", closed_at=period.closes_at)


def check_period(wanted: Period, told: Period | None, now: datetime) -> None:
    """Raise Refused("survey_period_wrong") for an end before the beginning, and Refused("survey_period_told") for a
    change that breaks what the public was told: `told` is the period of a published questionnaire, None before."""
    if wanted.opens_at is not None and wanted.closes_at is not None and wanted.closes_at <= wanted.opens_at:
        raise Refused("survey_period_wrong")
    if told is None:
        return
    begun = told.state(now) != "planned"
    shortened = wanted.closes_at is not None and (told.closes_at is None or wanted.closes_at < told.closes_at)
    if begun and (wanted.opens_at != told.opens_at or shortened):
        raise Refused("survey_period_told")


def may_see_results(shown: str, period: Period, now: datetime, *, has_answered: bool) -> bool:
    """Whether somebody outside the house may see results: `shown` is never, at_once or at_close.

    At once is for those who have answered, so that nobody answers what the others said; closed, it is for all.
    """
    if shown == "never":
        return False
    if period.state(now) == "closed":
        return True
    return shown == "at_once" and has_answered
