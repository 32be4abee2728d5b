"""Limits without third parties: sliding windows per address and per contact, kept in the cache under keyed hashes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

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


def _buckets(scope: str, who: str, window: Window, now: float) -> tuple[str, str, float]:
    key = f"limit:{scope}:{window.seconds}:{blind_index('limit', who)[:24]}"
    slot, elapsed = divmod(now, window.seconds)
    return f"{key}:{int(slot)}", f"{key}:{int(slot) - 1}", elapsed


def peek(scope: str, who: str, windows: Sequence[Window], now: float | None = None) -> int:
    """Return the seconds to wait until one more event would be allowed; 0 when it is allowed now."""
    moment = time.time() if now is None else now
    wait = 0
    for window in windows:
        current_key, previous_key, elapsed = _buckets(scope, who, window, moment)
        counts = cache.get_many([current_key, previous_key])
        current, previous = counts.get(current_key, 0), counts.get(previous_key, 0)
        if sliding_count(previous, current, elapsed, window.seconds) + 1 > window.limit:
            wait = max(wait, retry_after(previous, current, elapsed, window))
    return wait


def count(scope: str, who: str, windows: Sequence[Window], now: float | None = None) -> None:
    """Count one event."""
    moment = time.time() if now is None else now
    for window in windows:
        current_key, _previous, _elapsed = _buckets(scope, who, window, moment)
        cache.add(current_key, 0, timeout=2 * window.seconds + 5)
        try:
            cache.incr(current_key)
        except ValueError:  # the key expired between the two calls
            cache.add(current_key, 1, timeout=2 * window.seconds + 5)


def check(scope: str, who: str, windows: Sequence[Window], now: float | None = None) -> None:
    """Raise Refused("too_many", seconds=...) when one more event would pass a window; count it otherwise."""
    if wait := peek(scope, who, windows, now):
        raise Refused("too_many", seconds=wait)
    count(scope, who, windows, now)


def under_attack() -> bool:
    """Tell whether the site takes in so much that the challenge is on."""
    return bool(peek("site", "all", (ATTACK_WINDOW,)))
