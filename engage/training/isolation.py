"""The wall between practice and the real site.

Inside `inside(place)` everything that Django calls "default" is another thing: the database is a SQLite file of that
place (also where the real one is PostgreSQL), the cache is a memory of its own, files lie in its folder, tasks run at
once, and letters go to its outbox. What runs inside needs to know nothing about it: the ORM, raw cursors,
transactions and `on_commit` all ask for the connection by its name. Outside, nothing of a place is ever reached.

The swap belongs to the thread that makes it, as Django's connections do, and is undone whatever happens inside.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import CacheHandler, caches
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import ConnectionHandler
from django_tasks import TaskBackendHandler, task_backends

ALIAS = DEFAULT_DB_ALIAS


@dataclass(frozen=True)
class Place:
    """The folder of one practice site."""

    folder: Path

    @property
    def database(self) -> Path:
        """Its database."""
        return self.folder / "engage.sqlite3"

    @property
    def outbox(self) -> Path:
        """The letters that would have gone out."""
        return self.folder / "mail"


_here: ContextVar[Place | None] = ContextVar("practice_place", default=None)


def here() -> Place | None:
    """Return the practice site that this thread works in; None on the real site."""
    return _here.get()


@contextmanager
def inside(place: Place) -> Iterator[Place]:
    """Work in a practice site; it must have been built. Not to be nested."""
    if _here.get() is not None:
        raise RuntimeError("a practice site within a practice site")
    real = connections[ALIAS], caches[ALIAS], task_backends[ALIAS]
    connection = ConnectionHandler({ALIAS: _database(place)})[ALIAS]
    token = _here.set(place)
    connections[ALIAS] = connection
    caches[ALIAS] = CacheHandler({ALIAS: _cache(place)})[ALIAS]
    task_backends[ALIAS] = TaskBackendHandler({ALIAS: {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}})[
        ALIAS
    ]
    try:
        yield place
    finally:
        connections[ALIAS], caches[ALIAS], task_backends[ALIAS] = real
        _here.reset(token)
        connection.close()


def _database(place: Place) -> dict:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(place.database),
        # Nobody misses a practice site after a power cut.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;",
        },
    }


def _cache(place: Place) -> dict:
    # A memory by its place: what one person's site keeps is not what another's shows.
    return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": f"practice:{place.folder}"}
