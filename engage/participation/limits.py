"""Limits without third parties: sliding windows per address and per contact, kept in the cache under keyed hashes."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Self

from django.conf import settings
from django.core.cache import cache, caches
from django.http import HttpRequest

from engage.caches import RedisCache, Slot, count_many
from engage.errors import Refused
from engage.participation.rules import Window, retry_after, sliding_count
from engage.participation.vault import blind_index

# Sending anything: a burst and a sustained window per address, generous enough for a library or a factory gate.
SEND_WINDOWS = (Window(20, 60), Window(200, 3600))
CONTACT_WINDOWS = (Window(5, 60), Window(40, 24 * 3600))
# The whole site: above this many submissions a minute the challenge is switched on.
ATTACK_WINDOW = Window(settings.ATTACK_SENDS_A_MINUTE, 60)


def client_address(request: HttpRequest) -> str:
    """Return the address of the client, believing only as many forwarded hops as there are own proxies.

    Of an IPv6 address the first half: the other half is for the client alone to choose, anew for every request.
    """
    return address_of(request.META.get("HTTP_X_FORWARDED_FOR", ""), request.META.get("REMOTE_ADDR", ""))


def address_of(forwarded: str, remote: str) -> str:
    """Return `client_address` from the header X-Forwarded-For and the address that is connected to us."""
    hops = settings.TRUSTED_PROXY_COUNT
    if hops:
        chain = [part.strip() for part in forwarded.split(",") if part.strip()]
        if len(chain) >= hops:
            return _one_line(chain[-hops])
    return _one_line(remote)


def _one_line(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or f"{IPv6Address(int(parsed) >> 64 << 64)}/64")


@dataclass(frozen=True)
class Event:
    """One event of somebody (an address, a contact) that is counted in its windows."""

    scope: str
    who: str
    windows: tuple[Window, ...]

    @property
    def _mark(self) -> str:
        return blind_index("limit", self.who)[:24]

    def buckets(self, now: float) -> list[tuple[Window, str, str, float]]:
        """Return for each window the keys of its bucket and of the one before, and the seconds into it."""
        mark, found = self._mark, []
        for window in self.windows:
            key = f"limit:{self.scope}:{window.seconds}:{mark}"
            slot, elapsed = divmod(now, window.seconds)
            found.append((window, f"{key}:{int(slot)}", f"{key}:{int(slot) - 1}", elapsed))
        return found


class Counts:
    """What was counted of several events up to now, read at once."""

    def __init__(self, events: Sequence[Event], now: float | None = None) -> None:
        moment = time.time() if now is None else now
        self._buckets = {event: event.buckets(moment) for event in events}
        self._counts: Mapping[str, int] = {}

    @classmethod
    def read(cls, events: Sequence[Event], now: float | None = None) -> Self:
        """Ask what was counted."""
        made = cls(events, now)
        keys = [key for buckets in made._buckets.values() for bucket in buckets for key in bucket[1:3]]
        made._counts = cache.get_many(keys)
        return made

    @classmethod
    def unless_free(cls, events: Sequence[Event], now: float | None = None) -> Self | None:
        """Count each event once and return None; where one is full count none, and return what was counted.

        One trip to Redis; elsewhere what is read and what is written are two.
        """
        store = caches["default"]
        if not isinstance(store, RedisCache):
            made = cls.read(events, now)
            if any(made.wait(event) for event in events):
                return made
            made.count(events)
            return None
        made = cls(events, now)
        stood = store.take(
            [
                Slot(current, previous, window.limit, window.seconds, elapsed, _lives(window))
                for buckets in made._buckets.values()
                for window, current, previous, elapsed in buckets
            ]
        )
        if stood is None:
            return None
        made._counts = stood
        return made

    def wait(self, event: Event) -> int:
        """Return the seconds to wait until one more event would be allowed; 0 when it is allowed now."""
        wait = 0
        for window, current_key, previous_key, elapsed in self._buckets[event]:
            current, previous = self._counts.get(current_key, 0), self._counts.get(previous_key, 0)
            if sliding_count(previous, current, elapsed, window.seconds) + 1 > window.limit:
                wait = max(wait, retry_after(previous, current, elapsed, window))
        return wait

    def count(self, events: Sequence[Event]) -> None:
        """Count each of these once."""
        count_many({bucket[1]: _lives(bucket[0]) for event in events for bucket in self._buckets[event]})

    def take(self, events: Sequence[Event], also: Sequence[Event] = ()) -> None:
        """Count events one after the other, until one would pass a window; then raise Refused("too_many", seconds=...).

        `also` are counted with the last of them, whatever their own windows say.
        """
        for place, event in enumerate(events):
            if wait := self.wait(event):
                self.count(events[:place])
                raise Refused("too_many", seconds=wait)
        self.count([*events, *also])


def _lives(window: Window) -> int:
    # A bucket is read until its window has gone by once more. While it is counted in, it lives for a window at least.
    return 2 * window.seconds + 5


def peek(scope: str, who: str, windows: Sequence[Window], now: float | None = None) -> int:
    """Return the seconds to wait until one more event would be allowed; 0 when it is allowed now."""
    event = Event(scope, who, tuple(windows))
    return Counts.read([event], now).wait(event)


def count(scope: str, who: str, windows: Sequence[Window], now: float | None = None) -> None:
    """Count one event."""
    moment = time.time() if now is None else now
    count_many({bucket[1]: _lives(bucket[0]) for bucket in Event(scope, who, tuple(windows)).buckets(moment)})


def check(scope: str, who: str, windows: Sequence[Window], now: float | None = None) -> None:
    """Raise Refused("too_many", seconds=...) when one more event would pass a window; count it otherwise."""
    event = Event(scope, who, tuple(windows))
    if counts := Counts.unless_free([event], now):
        counts.take([event])


# One sending, the whole site taken together.
SITE = Event("site", "all", (ATTACK_WINDOW,))


def under_attack() -> bool:
    """Tell whether the site takes in so much that the challenge is on."""
    return bool(Counts.read([SITE]).wait(SITE))
