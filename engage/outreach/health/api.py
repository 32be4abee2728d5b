"""The status of the channels in the public API."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from engage.accounts.actors import ANYONE
from engage.outreach.health import queries, rules
from engage.outreach.health.rules import State

router = Router(tags=["status"])


class DayOut(Schema):
    """One day of a channel: how many checks found what."""

    on: date
    state: State
    ok: int
    slow: int
    failing: int


class ChannelOut(Schema):
    """One channel; `since` is when it came to stand as the last check found it."""

    code: str
    state: State
    since: datetime | None
    checked_at: datetime | None
    last_ok_at: datetime | None
    interval_seconds: int
    queue_age_seconds: int | None
    days: list[DayOut]


class IncidentOut(Schema):
    """One time that a channel was down."""

    code: str
    opened_at: datetime
    closed_at: datetime | None


class StatusOut(Schema):
    """How everything stands; times are in UTC."""

    state: State
    at: datetime
    channels: list[ChannelOut]
    incidents: list[IncidentOut]


@router.get("", response=StatusOut)
def status(request: HttpRequest) -> StatusOut:
    """Tell how every public channel stands, its last ninety days, and when it was down."""
    now = timezone.now()
    standing = queries.standings(actor=ANYONE, now=now)
    return StatusOut(
        state=rules.worst([one.state for one in standing]),
        at=now,
        channels=[_channel(one) for one in standing],
        incidents=[
            IncidentOut(
                code=outage.incident.code, opened_at=outage.incident.opened_at, closed_at=outage.incident.closed_at
            )
            for outage in queries.outages(actor=ANYONE, now=now)
        ],
    )


def _channel(one: queries.Standing) -> ChannelOut:
    found = one.found
    return ChannelOut(
        code=one.code,
        state=one.state,
        since=found.since if found else None,
        checked_at=found.checked_at if found else None,
        last_ok_at=found.last_ok_at if found else None,
        interval_seconds=one.probe.interval_seconds,
        queue_age_seconds=found.queue_age_seconds if found else None,
        days=[DayOut(on=day.on, state=day.state, ok=day.ok, slow=day.slow, failing=day.failing) for day in one.days],
    )
