"""The rules of a study as they are kept: JSON that names only what differs from the usual rules."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
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


def write_rules(rules: CallRules) -> dict[str, Any]:
    """Return rules as the JSON that `read_rules` reads; what is usual is left out."""
    kept, usual = _whole(rules), _whole(_USUAL)
    spacings = {
        code: minutes for code, minutes in kept["spacing_minutes"].items() if minutes != usual["spacing_minutes"][code]
    }
    named = {name: value for name, value in kept.items() if name != "spacing_minutes" and value != usual[name]}
    return named | ({"spacing_minutes": spacings} if spacings else {})


def _whole(rules: CallRules) -> dict[str, Any]:
    return {
        "windows": written_windows(rules),
        "max_attempts": rules.max_attempts,
        "promise_attempts": rules.promise_attempts,
        "conversions": rules.conversions,
        "grace_minutes": _minutes(rules.grace),
        "latest_days": rules.latest_appointment.days,
        "spacing_minutes": {code: _minutes(rules.spacings[code].wait) for code in SPACINGS},
        "days_off": sorted(day.isoformat() for day in rules.days_off),
    }


def _minutes(period: timedelta) -> int:
    return int(period / timedelta(minutes=1))


def mark_of(kept: Mapping[str, Any]) -> str:
    """Return a mark of rules as they are kept: a form that was open while they changed is told by it."""
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()[:16]


_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*(?:[-~至到]|to)\s*(\d{1,2}):(\d{2})")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u301c", "-"))


def read_windows(text: str) -> tuple[Window, ...]:
    """Return the hours of one day that a person wrote, as "9:00-12:00, 14:00-21:00"; none for an empty text.

    24:00 and 00:00 as the end are the end of the day. Raises Refused("call_window_unreadable", value=...).
    """
    found = []
    for part in re.split(r"[,;、]", unicodedata.normalize("NFKC", text).translate(_DASHES)):
        if not part.strip():
            continue
        hours = _HOURS.fullmatch(part.strip())
        try:
            if hours is None:
                raise ValueError(part)
            opens, closes = time(int(hours[1]), int(hours[2])), (int(hours[3]), int(hours[4]))
            found.append(Window(opens, MIDNIGHT if closes == (24, 0) else time(*closes)))
        except ValueError:
            raise Refused("call_window_unreadable", value=part.strip()[:40]) from None
    return tuple(found)


def windows_text(windows: Sequence[Window]) -> str:
    """Write hours of one day as `read_windows` reads them."""
    return ", ".join(
        f"{window.opens:%H:%M}-{'24:00' if window.closes == MIDNIGHT else format(window.closes, '%H:%M')}"
        for window in windows
    )


def written_windows(rules: CallRules) -> list[list[list[str]]]:
    """Return the windows as JSON, Monday first; 00:00 as the end is the end of the day."""
    return [
        [[window.opens.isoformat("minutes"), (window.closes or MIDNIGHT).isoformat("minutes")] for window in hours]
        for hours in (rules.windows.get(day, ()) for day in range(7))
    ]
