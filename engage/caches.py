"""Django's cache in Redis with one client for all its questions, and counters raised in one trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from django.core.cache import caches
from django.core.cache.backends import redis


class KeptClient(redis.RedisCacheClient):
    """Django's makes a client for every question, which costs as much as the question; clients serve all threads."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._made: dict[Any, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client of the server that is asked."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]
        made = self._made.get(pool)
        if made is None:
            made = self._made[pool] = self._client(connection_pool=pool)  # type: ignore[attr-defined]
        return made


# A counter begins with its time to live, and keeps it.
COUNT = """
for place, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then redis.call('EXPIRE', key, ARGV[place]) end
end
"""


# For each window its counter and that of the window before; limit, seconds, seconds into it, seconds a counter lives.
# Either every counter is raised and nothing said, or none is, and what they stand at is said. The sum is that of
# `engage.participation.rules.sliding_count`.
TAKE = """
local stored, free = redis.call('MGET', unpack(KEYS)), true
for place = 1, #KEYS do stored[place] = tonumber(stored[place] or 0) end
for window = 1, #KEYS / 2 do
    local limit, seconds, elapsed = ARGV[4 * window - 3], ARGV[4 * window - 2], ARGV[4 * window - 1]
    local share = math.max(0, 1 - elapsed / seconds)
    if stored[2 * window] * share + stored[2 * window - 1] + 1 > tonumber(limit) then free = false end
end
if not free then return stored end
for window = 1, #KEYS / 2 do
    local counter = KEYS[2 * window - 1]
    if redis.call('INCR', counter) == 1 then redis.call('EXPIRE', counter, ARGV[4 * window]) end
end
return {}
"""


class Slot(NamedTuple):
    """A window as it stands now: the keys of its counter and of the one before, and what may be counted in it."""

    current: str
    previous: str
    limit: int
    seconds: int
    elapsed: float
    lives: int


class RedisCache(redis.RedisCache):
    """Django's, which can count several keys at once."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def validate_key(self, key: str) -> None:
        """Take any key: what Django warns of, sign by sign, is what memcached refuses."""

    @cached_property
    def _count(self) -> Any:
        return self._cache.get_client(None, write=True).register_script(COUNT)

    def count_many(self, keys: Mapping[str, int]) -> None:
        """Raise counters by one; `keys` with the seconds that those live which begin now."""
        self._count(keys=[self.make_and_validate_key(key) for key in keys], args=list(keys.values()))

    @cached_property
    def _take(self) -> Any:
        return self._cache.get_client(None, write=True).register_script(TAKE)

    def take(self, slots: Sequence[Slot]) -> dict[str, int] | None:
        """Count once in each of these windows and return None; where one is full count in none, return what stands."""
        keys = [key for slot in slots for key in (slot.current, slot.previous)]
        about = [one for slot in slots for one in (slot.limit, slot.seconds, slot.elapsed, slot.lives)]
        stood = self._take(keys=[self.make_and_validate_key(key) for key in keys], args=about)
        return dict(zip(keys, stood, strict=True)) if stood else None


def count_many(keys: Mapping[str, int]) -> None:
    """Raise counters by one. `keys`: each with the seconds it lives from its beginning."""
    cache = caches["default"]
    if isinstance(cache, RedisCache):
        cache.count_many(keys)
        return
    for key, seconds in keys.items():
        cache.add(key, 0, timeout=seconds)
        try:
            cache.incr(key)
        except ValueError:  # the key expired between the two calls
            cache.add(key, 1, timeout=seconds)
