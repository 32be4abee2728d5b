"""Django's cache in Redis with one client for all its questions, and counters raised in one trip."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.cache import caches
from django.core.cache.backends import redis


class KeptClient(redis.RedisCacheClient):
    """Django's makes a client for every question, which costs as much as the question; clients serve all threads."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._made: dict[Any, Any] = {}

    def get_client(self, key: str | None = None, *, write: bool = False) -> Any:
        """Return the client of the server that is asked."""
        pool = self._get_connection_pool(write)
        made = self._made.get(pool)
        if made is None:
            made = self._made[pool] = self._client(connection_pool=pool)
        return made


class RedisCache(redis.RedisCache):
    """Django's, which can count several keys at once."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def count_many(self, keys: Mapping[str, int], known: Collection[str]) -> None:
        """Raise counters by one; `keys` with their seconds to live, which only those that begin now are given."""
        pipeline = self._cache.get_client(None, write=True).pipeline(transaction=False)
        for key, seconds in keys.items():
            name = self.make_and_validate_key(key)
            if key not in known:
                pipeline.set(name, 0, ex=seconds, nx=True)
            pipeline.incr(name)
        pipeline.execute()


def count_many(keys: Mapping[str, int], known: Collection[str] = ()) -> None:
    """Raise counters by one. `keys`: each with the seconds it lives; `known` were there a moment ago and still are."""
    cache = caches["default"]
    if isinstance(cache, RedisCache):
        cache.count_many(keys, known)
        return
    for key, seconds in keys.items():
        cache.add(key, 0, timeout=seconds)
        try:
            cache.incr(key)
        except ValueError:  # the key expired between the two calls
            cache.add(key, 1, timeout=seconds)
