"""One statement and one commit for all requests of readers that meet in this process (engage.group_commit)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import DatabaseError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from engage.group_commit import Group
from mailbox.petitions.actions import statements

Result = TypeVar("Result")


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
