"""Reads about channels: how each stands, its ninety days, its incidents. Page, API, strip and desk show the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

from engage.accounts.actors import Actor, Role, has_role
from engage.outreach.health import registry, rules
from engage.outreach.health.actions import ALARM_KEY, STRIP_KEY
from engage.outreach.health.models import Channel, ChannelDay, Incident
from engage.outreach.health.registry import Probe
from engage.outreach.health.rules import Day, Run, State
from engage.outreach.health.words import CHIPS, age_words, detail_sentence, state_word

KEPT_SECONDS = 15
INCIDENTS_SHOWN = 20


@dataclass(frozen=True)
class Standing:
    """How one channel stands now. `found` is the row of the last check, if there was one."""

    probe: Probe
    state: State
    found: Channel | None
    days: Sequence[Day] = field(default_factory=tuple)

    def __str__(self) -> str:
        return self.label

    @property
    def code(self) -> str:
        """Its code, which is its anchor on the page."""
        return self.probe.code

    @property
    def label(self) -> str:
        """Its name."""
        return str(self.probe.label)

    @property
    def word(self) -> str:
        """Its state in a word."""
        return state_word(self.state)

    @property
    def chip(self) -> str:
        """The kind of chip that shows its state."""
        return CHIPS[self.state]

    @property
    def is_down(self) -> bool:
        """Tell whether people cannot use it."""
        return self.state is State.FAILING

    @property
    def detail(self) -> str:
        """What the last check found, as a sentence; nothing when nobody has looked in time."""
        if self.found is None or self.state is State.UNKNOWN:
            return ""
        return detail_sentence(self.probe, self.found.detail, self.found.values)

    @property
    def queue_age(self) -> str:
        """How long the oldest thing waits, in words."""
        seconds = self.found.queue_age_seconds if self.found else None
        return age_words(seconds) if seconds else ""

    @property
    def figures(self) -> list[tuple[str, int]]:
        """Numbers for the desk, with their names."""
        found = self.found.figures if self.found else {}
        return [(str(name), found[code]) for code, name in self.probe.figures.items() if code in found]

    @property
    def runs(self) -> list[Run]:
        """The ninety days as a table."""
        return rules.runs(self.days)

    @property
    def good_days(self) -> int:
        """On how many of the days with a check nothing failed."""
        return sum(day.state in (State.OK, State.SLOW) for day in self.days)

    @property
    def checked_days(self) -> int:
        """On how many days there was a check."""
        return sum(day.checks > 0 for day in self.days)


def standings(*, actor: Actor, now: datetime, with_days: bool = True) -> list[Standing]:
    """Return every channel that the actor may know of: the public ones, all of them for an administrator."""
    sees_all = has_role(actor, Role.ADMINISTRATOR)
    shown = [probe for probe in registry.probes() if probe.public or sees_all]
    found = {channel.code: channel for channel in Channel.objects.all()}
    counted = _days(timezone.localdate(now)) if with_days else {}
    today = timezone.localdate(now)
    return [
        Standing(
            probe,
            _state(probe, found.get(probe.code), now),
            found.get(probe.code),
            rules.strip(counted.get(probe.code, {}), today) if with_days else (),
        )
        for probe in shown
    ]


def _state(probe: Probe, found: Channel | None, now: datetime) -> State:
    if found is None:
        return State.UNKNOWN
    return rules.stands(found.state, found.checked_at, probe.interval_seconds, now)


def _days(today: date) -> dict[str, dict[date, Day]]:
    first = today - timedelta(days=rules.HISTORY_DAYS - 1)
    counted: dict[str, dict[date, Day]] = defaultdict(dict)
    rows = ChannelDay.objects.filter(on__gte=first)
    for code, on, ok, slow, failing in rows.values_list("code", "on", "ok", "slow", "failing"):
        counted[code][on] = Day(on, ok, slow, failing)
    return counted


@dataclass(frozen=True)
class Outage:
    """One incident as it is told."""

    incident: Incident
    probe: Probe

    @property
    def label(self) -> str:
        """The channel's name."""
        return str(self.probe.label)

    @property
    def lasted(self) -> str:
        """How long it took, once it is over."""
        over = self.incident.closed_at
        return age_words(max(1, round((over - self.incident.opened_at).total_seconds()))) if over else ""

    @property
    def detail(self) -> str:
        """What was found, as a sentence."""
        return detail_sentence(self.probe, self.incident.detail, self.incident.values)


def outages(*, actor: Actor, now: datetime, most: int = INCIDENTS_SHOWN) -> list[Outage]:
    """Return the incidents of the last ninety days, newest first, of the channels the actor may know of."""
    sees_all = has_role(actor, Role.ADMINISTRATOR)
    known = {probe.code: probe for probe in registry.probes() if probe.public or sees_all}
    since = now - timedelta(days=rules.HISTORY_DAYS)
    rows = Incident.objects.filter(code__in=known, opened_at__gte=since)[:most]
    return [Outage(incident, known[incident.code]) for incident in rows]


def down_codes(now: datetime) -> list[str]:
    """Return the channels that are down or that nobody has checked in time; kept for a few seconds."""
    kept = cache.get(ALARM_KEY)
    if kept is None:
        found = {channel.code: channel for channel in Channel.objects.all()}
        kept = [
            (probe.code, (channel := found[probe.code]).state, channel.checked_at, probe.interval_seconds)
            for probe in registry.probes()
            if probe.code in found
        ]
        cache.set(ALARM_KEY, kept, KEPT_SECONDS)
    judged = [(code, rules.stands(state, checked_at, interval, now)) for code, state, checked_at, interval in kept]
    return [code for code, state in judged if state in (State.FAILING, State.UNKNOWN)]


def overall(now: datetime) -> tuple[State, list[Probe]]:
    """Return the state of the whole for the strip, and the public channels that are down; one small kept read."""
    kept = cache.get(STRIP_KEY)
    if kept is None:
        kept = list(Channel.objects.values_list("code", "state", "checked_at"))
        cache.set(STRIP_KEY, kept, KEPT_SECONDS)
    found = {code: (state, checked_at) for code, state, checked_at in kept}
    judged = [
        (probe, rules.stands(*found[probe.code], probe.interval_seconds, now))
        for probe in registry.probes()
        if probe.public and probe.code in found
    ]
    down = [probe for probe, state in judged if state is State.FAILING]
    return rules.worst([state for _probe, state in judged]), down
