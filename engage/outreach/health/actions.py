"""Every write about channels: a check and what it found, incidents, alarms, and the clearing of old days."""

from __future__ import annotations

import hmac
import json
import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from engage.accounts.actors import SYSTEM, Actor, Role, has_role
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.delivery import net
from engage.outreach.health import letters, registry, rules
from engage.outreach.health.models import Beat, Call, Channel, ChannelDay, Incident
from engage.outreach.health.registry import Probe, Result
from engage.outreach.health.rules import State

log = logging.getLogger("engage.health")

STRIP_KEY = "channel-strip"
ALARM_KEY = "channel-alarm"
# A channel that answers, but only after so long, is slow.
SLOW_AFTER_SECONDS = 8
INCIDENTS_KEPT = timedelta(days=400)
CALL_TRIES = 12


def beat(*, now: datetime) -> None:
    """Say that the worker's loop still turns."""
    if not Beat.objects.filter(pk=1).update(at=now):
        Beat.objects.get_or_create(pk=1, defaults={"at": now})


def run_due(*, now: datetime) -> int:
    """Check every channel whose time has come; returns how many. Safe to run twice: a check leaves no trace."""
    checked = dict(Channel.objects.values_list("code", "checked_at"))
    due = [one for one in registry.probes() if rules.is_due(checked.get(one.code), one.interval_seconds, now)]
    for probe in due:
        record(probe, *_tested(probe, now), now=now)
    return len(due)


def check_now(code: str, *, now: datetime, actor: Actor) -> Channel:
    """Check one channel at once for an administrator.

    Raises Refused("not_allowed"), Refused("unknown_channel").
    """
    if not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("not_allowed")
    probe = registry.get(code)
    if probe is None:
        raise Refused("unknown_channel")
    return record(probe, *_tested(probe, now), now=now)


def _tested(probe: Probe, now: datetime) -> tuple[Result, int]:
    """Run a probe; return what it found and how many milliseconds it took. Whatever it raises is a failure to tell."""
    begun = time.monotonic()
    try:
        result = probe.run(now)
    except Exception:
        log.exception("the test of channel %s broke", probe.code)
        result = Result(State.FAILING, "test_broke")
    return result, round((time.monotonic() - begun) * 1000)


@transaction.atomic
def record(probe: Probe, result: Result, took_ms: int = 0, *, now: datetime) -> Channel:
    """Write what a check found; open or close the channel's incident and tell administrators once of each."""
    state = result.state
    if state is State.OK and took_ms >= SLOW_AFTER_SECONDS * 1000:
        state = State.SLOW
    known = Channel.objects.select_for_update().filter(code=probe.code).first()
    channel = known or Channel(code=probe.code, since=now)
    if known and known.state != state:
        channel.since = now
    channel.state = state
    channel.detail, channel.values, channel.figures = result.detail, dict(result.values), dict(result.figures)
    channel.queue_age_seconds = result.queue_age_seconds
    channel.took_ms, channel.checked_at = took_ms, now
    if state is not State.FAILING:
        channel.last_ok_at = now
    channel.save(force_insert=known is None)
    _count(probe.code, state, now)
    _follow(probe, result, state, now)
    cache.delete_many([STRIP_KEY, ALARM_KEY])
    return channel


def _count(code: str, state: State, now: datetime) -> None:
    day = ChannelDay.objects.filter(code=code, on=timezone.localdate(now))
    if not day.update(**{state.value: F(state.value) + 1}):
        ChannelDay.objects.create(code=code, on=timezone.localdate(now), **{state.value: 1})


def _follow(probe: Probe, result: Result, state: State, now: datetime) -> None:
    """Open an incident with the first failing check, close it with the first that does not fail."""
    incident = Incident.objects.filter(code=probe.code, closed_at__isnull=True).first()
    if state is State.FAILING and incident is None:
        incident = Incident.objects.create(
            code=probe.code, opened_at=now, detail=result.detail, values=dict(result.values)
        )
        journal.record(SYSTEM, "channel.down", incident, channel=probe.code, detail=result.detail)
        _tell(incident, probe, Call.What.DOWN, now)
    elif state is not State.FAILING and incident is not None:
        incident.closed_at = now
        incident.save(update_fields=["closed_at"])
        journal.record(SYSTEM, "channel.repaired", incident, channel=probe.code)
        _tell(incident, probe, Call.What.REPAIRED, now)
        if probe.repaired:
            probe.repaired(now)


def _tell(incident: Incident, probe: Probe, what: Call.What, now: datetime) -> None:
    """Tell administrators by letter, unless letters are what is broken, and owe the webhook a call."""
    if probe.alarm_by_mail or what is Call.What.REPAIRED:
        letters.write(incident, probe, what, now=now)
    if settings.ALARM_WEBHOOK_URL:
        Call.objects.create(incident=incident, what=what, next_try_at=now)


def call_webhook(*, now: datetime) -> int:
    """Make the calls that are owed, in their order; returns how many were taken."""
    taken = 0
    owed = Call.objects.filter(sent_at__isnull=True, next_try_at__lte=now, tries__lt=CALL_TRIES)
    for call in list(owed.select_related("incident").order_by("pk")[:20]):
        taken += _call(call, now)
    return taken


def _call(call: Call, now: datetime) -> int:
    """Post one call, signed; the other side tells a repeated one by its `id`."""
    incident = call.incident
    told = {
        "id": f"{incident.pk}-{call.what}",
        "channel": incident.code,
        "event": call.what,
        "since": incident.opened_at.isoformat(),
        "until": incident.closed_at.isoformat() if incident.closed_at else None,
        "detail": incident.detail,
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"}
    if settings.ALARM_WEBHOOK_KEY:
        signature = hmac.digest(settings.ALARM_WEBHOOK_KEY.encode(), body, "sha256").hex()
        headers["X-Engage-Signature"] = f"sha256={signature}"
    try:
        reply = net.fetch(settings.ALARM_WEBHOOK_URL, method="POST", body=body, headers=headers)
        error = "" if reply.ok else f"status_{reply.status}"
    except Refused as refusal:
        error = refusal.code
    call.tries += 1
    call.last_error = error
    if error:
        call.next_try_at = now + timedelta(minutes=2 ** min(call.tries - 1, 6))
    else:
        call.sent_at = now
    call.save(update_fields=["tries", "last_error", "next_try_at", "sent_at"])
    return int(not error)


def forget_old(*, now: datetime) -> int:
    """Delete days older than the strip and incidents that are long over; returns how many rows went."""
    first = timezone.localdate(now) - timedelta(days=rules.HISTORY_DAYS)
    days, _rows = ChannelDay.objects.filter(on__lt=first).delete()
    over, _rows = Incident.objects.filter(closed_at__lt=now - INCIDENTS_KEPT).delete()
    return days + over
