"""Group commit: requests that come while a transaction is on its way share the next one.

Who comes while nothing is on its way carries its own request out at once; who comes meanwhile waits, and the first of
those carries out all that waited, in one statement and one commit. Each is answered only after the commit that holds
it. A lone request is as quick as ever. In a stream the next transaction begins when ENOUGH wait, when nobody has come
for PAUSE, or SPACING after the last began: so few commits are needed, and the processor is left to those who read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from mailbox.petitions.actions import statements

MOST = 64
# Of as many requests a statement costs about what it costs of many more.
ENOUGH = 8
# Seconds. Nobody notices SPACING; where fewer than ENOUGH can wait, as with few threads, none waits longer than PAUSE.
SPACING, PAUSE = 0.025, 0.006
Item = TypeVar("Item")
Result = TypeVar("Result")


class _Entry(Generic[Item, Result]):
    __slots__ = ("error", "gate", "is_done", "item", "result")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.result: Result | None = None
        self.error: BaseException | None = None
        self.is_done = False
        # Held from the start: who acquires it waits until it is released.
        self.gate = threading.Lock()
        self.gate.acquire()


class Group(Generic[Item, Result]):
    """Carries items out together: `together(items)` returns their results in order."""

    def __init__(self, together: Callable[[Sequence[Item]], Sequence[Result]], most: int = MOST) -> None:
        self.together, self.most = together, most
        self._lock = threading.Lock()
        self._waiting: list[_Entry[Item, Result]] = []
        self._is_led = False
        self._began = float("-inf")
        self._enough = threading.Event()

    def submit(self, item: Item) -> Result | None:
        """Carry an item out with whatever else waits; returns its result, or raises what `together` raised."""
        entry: _Entry[Item, Result] = _Entry(item)
        with self._lock:
            self._waiting.append(entry)
            leads, self._is_led = not self._is_led, True
            if len(self._waiting) >= ENOUGH:
                self._enough.set()
        if not leads:
            entry.gate.acquire()
        if not entry.is_done:
            self._lead()
        if entry.error is not None:
            raise entry.error
        return entry.result

    def _lead(self) -> None:
        self._let_others_come()
        self._began = monotonic()
        with self._lock:
            batch, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
            if len(self._waiting) < ENOUGH:
                self._enough.clear()
        try:
            for entry, result in zip(batch, self.together([entry.item for entry in batch]), strict=True):
                entry.result = result
        except BaseException as error:  # each of those who wait has to hear of it
            for entry in batch:
                entry.error = error
        with self._lock:
            follower = self._waiting[0] if self._waiting else None
            self._is_led = follower is not None
        for entry in batch:
            entry.is_done = True
            entry.gate.release()
        if follower is not None:
            follower.gate.release()

    def _let_others_come(self) -> None:
        until = self._began + SPACING
        while (left := until - monotonic()) > 0:
            before = len(self._waiting)
            if self._enough.wait(min(left, PAUSE)) or len(self._waiting) == before:
                return


class Line:
    """One connection for the groups of this process, used by one thread at a time; opened when first needed."""

    def __init__(self) -> None:
        self._wrapper: BaseDatabaseWrapper | None = None
        self._lock = threading.Lock()

    def run(self, write: Callable[[object, str], Result]) -> Result | None:
        """Call `write(cursor, vendor)` in one transaction. None when the database could not be asked or refused.

        What became of the transaction is unknown then; the ordinary way looks, for every request has its token.
        """
        with self._lock:
            wrapper = self._wrapper = self._wrapper or _opened()
            try:
                wrapper.ensure_connection()
                return _on_postgres(wrapper, write) if wrapper.vendor == "postgresql" else _on_sqlite(wrapper, write)
            except DatabaseError:
                self._close()
                return None

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._wrapper is not None:
            self._wrapper.close()
            self._wrapper = None


def _opened() -> BaseDatabaseWrapper:
    """Return a connection of its own, not one of the pool: threads that hold those may all be waiting for this one."""
    wrapper: BaseDatabaseWrapper = connections["default"].copy()
    wrapper.settings_dict["OPTIONS"].pop("pool", None)
    wrapper.inc_thread_sharing()
    return wrapper


def _on_postgres(wrapper: BaseDatabaseWrapper, write: Callable[[object, str], Result]) -> Result:
    """One statement, prepared once a connection: parsing and planning it costs more than the rows."""
    import psycopg

    with wrapper.wrap_database_errors, psycopg.Cursor(wrapper.connection) as cursor:
        return write(_Prepared(cursor), wrapper.vendor)


class _Prepared:
    """A cursor whose statements are prepared."""

    def __init__(self, cursor: object) -> None:
        self._cursor = cursor
        self.fetchall = cursor.fetchall  # type: ignore[attr-defined]

    def execute(self, statement: str, values: Sequence[object]) -> None:
        """Run a statement; its connection commits it by itself."""
        self._cursor.execute(statement, values, prepare=True)  # type: ignore[attr-defined]


def _on_sqlite(wrapper: BaseDatabaseWrapper, write: Callable[[object, str], Result]) -> Result:
    with wrapper.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        try:
            found = write(cursor, wrapper.vendor)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
    return found


line = Line()


def _ask(rows: Sequence[statements.Row]) -> Sequence[statements.Written | None]:
    found = line.run(lambda cursor, vendor: statements.ask(cursor, vendor, rows)) or {}
    return [found.get(row.token_digest) for row in rows]


def _confirm(keys: Sequence[int]) -> Sequence[bool]:
    """Confirm readers' requests. Where one of several meets a constraint, nothing of it stands: each goes alone."""
    done = line.run(lambda cursor, vendor: statements.confirm(cursor, vendor, keys, ["signer"]))
    if done is None and len(keys) > 1:
        return [found for key in keys for found in _confirm([key])]
    return [key in (done or ()) for key in keys]


asking: Group[statements.Row, statements.Written | None] = Group(_ask)
confirming: Group[int, bool] = Group(_confirm)
