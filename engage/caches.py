"""Django's cache in Redis with one client for all its questions, and counters raised in one trip."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

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


class RedisCache(redis.RedisCache):
    """Django's, which can count several keys at once."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    @cached_property
    def _count(self) -> Any:
        return self._cache.get_client(None, write=True).register_script(COUNT)

    def count_many(self, keys: Mapping[str, int]) -> None:
        """Raise counters by one; `keys` with the seconds that those live which begin now."""
        self._count(keys=[self.make_and_validate_key(key) for key in keys], args=list(keys.values()))


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
