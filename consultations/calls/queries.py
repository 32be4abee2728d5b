"""Reads about a running call: what happened to it, whether its period needs a reason, its documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from consultations import rules
from consultations.calls.models import Evidence, Extension
from consultations.models import Consultation
from engage.accounts.actors import Actor
from engage.calendars.queries import clock_profile_for
from engage.errors import Refused

PERIOD_FAMILY = "cn-consultation"
PERIOD_TARGET = "closes_end_of"


def shortest_days(opens_at: datetime) -> int:
    """Return how many days a call that opens then lasts at least, by the clock profile in force on that day."""
    profile = clock_profile_for(PERIOD_FAMILY, timezone.localdate(opens_at))
    return next(target.count for target in profile.targets if target.name == PERIOD_TARGET)


def is_short(opens_at: datetime, closes_at: datetime) -> bool:
    """Tell whether a period needs a published reason."""
    zone = timezone.get_current_timezone()
    return rules.is_short(opens_at, closes_at, zone, shortest=shortest_days(opens_at))


def check_period(call: Consultation) -> None:
    """Raise Refused("period_reason_missing", days=...) when a short period has no reason in every language."""
    if is_short(call.opens_at, call.closes_at) and not (call.short_reason_zh.strip() and call.short_reason_en.strip()):
        raise Refused("period_reason_missing", days=shortest_days(call.opens_at))


@dataclass(frozen=True)
class Notices:
    """What every reader of a call is told first: that it was withdrawn, extended, or is shorter than the rule asks.

    `short_days`: how long a call lasts at least; 0 when this one does.
    """

    withdrawn: bool
    extensions: list[Extension]
    short_days: int
    period_days: int

    @property
    def extended(self) -> Extension | None:
        """The newest extension."""
        return self.extensions[-1] if self.extensions else None


def notices(call: Consultation, now: datetime) -> Notices:
    """Return what to tell about a call; who may see the call is for the caller to ask."""
    zone = timezone.get_current_timezone()
    short = bool(call.short_reason) and is_short(call.opens_at, call.closes_at)
    return Notices(
        withdrawn=call.state(now) is rules.CallState.WITHDRAWN,
        extensions=list(Extension.objects.filter(consultation=call)),
        short_days=shortest_days(call.opens_at) if short else 0,
        period_days=rules.period_days(call.opens_at, call.closes_at, zone),
    )


def evidence(call: Consultation, *, actor: Actor) -> list[Evidence]:
    """Return the documents of a call, the newest first."""
    return list(Evidence.objects.visible_to(actor).filter(consultation=call).select_related("document"))
