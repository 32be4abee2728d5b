"""The rules of a study as they are kept: JSON that names only what differs from the usual rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from engage.errors import Refused
from surveys.telephone.rules.calling import MIDNIGHT, SPACINGS, CallRules, Spacing, Window

_USUAL = CallRules()


def read_rules(kept: Mapping[str, Any]) -> CallRules:
    """Return the rules that JSON names; what it leaves out is usual.

    `windows` is a list of seven lists of ["09:00", "21:00"] from Monday on; `max_attempts`, `promise_attempts`,
    `conversions` are counts, `grace_minutes` and `latest_days` periods; `spacing_minutes` is by code; `days_off` are
    dates by ISO 8601. Raises Refused("call_rules_unreadable") and what `CallRules.check` raises.
    """
    try:
        windows = (
            {
                day: tuple(Window(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in hours)
                for day, hours in enumerate(kept["windows"])
            }
            if "windows" in kept
            else _USUAL.windows
        )
        spacings = {
            code: Spacing(
                timedelta(minutes=kept.get("spacing_minutes", {}).get(code, usual.wait.total_seconds() / 60)),
                usual.other_part,
                usual.next_day,
            )
            for code, usual in SPACINGS.items()
        }
        rules = CallRules(
            windows=windows,
            max_attempts=int(kept.get("max_attempts", _USUAL.max_attempts)),
            promise_attempts=int(kept.get("promise_attempts", _USUAL.promise_attempts)),
            conversions=int(kept.get("conversions", _USUAL.conversions)),
            grace=timedelta(minutes=kept.get("grace_minutes", _USUAL.grace.total_seconds() / 60)),
            latest_appointment=timedelta(days=kept.get("latest_days", _USUAL.latest_appointment.days)),
            spacings=spacings,
            days_off=frozenset(date.fromisoformat(day) for day in kept.get("days_off", ())),
        )
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise Refused("call_rules_unreadable") from error
    rules.check()
    return rules


def written_windows(rules: CallRules) -> list[list[list[str]]]:
    """Return the windows as JSON, Monday first; 00:00 as the end is the end of the day."""
    return [
        [[window.opens.isoformat("minutes"), (window.closes or MIDNIGHT).isoformat("minutes")] for window in hours]
        for hours in (rules.windows.get(day, ()) for day in range(7))
    ]
