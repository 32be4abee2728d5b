"""A connection of the pool that tells without a trip whether its server still holds it."""

from __future__ import annotations

import select
from typing import Any

import psycopg


class Connection(psycopg.Connection):
    """Before each request the pool asks by an empty statement whether a connection lives: a trip for every page.

    A server that has ended a connection, or ended itself, leaves something to read on it: what it said, or the end.
    Nothing to read is as good an answer; whatever is there, the statement is sent after all.

    A server that started anew has ended all of them. The pool would find that out one by one and wait after each,
    twice as long every time, until visitors are sent away: when one is lost it looks at all that wait.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[Any]:
        """Run a statement; the empty one only where there is something to read."""
        if query == "" and self._is_quiet():
            return self.cursor()
        try:
            return super().execute(query, params, **options)
        except psycopg.OperationalError:
            # The pool names itself on a connection that it gives out, and only on such a one.
            if query == "" and self._pool is not None:
                self._pool.check()
            raise

    def _is_quiet(self) -> bool:
        # Raises OperationalError where this side has closed it.
        socket = self.fileno()
        if not hasattr(select, "poll"):
            return False
        waiting = select.poll()
        waiting.register(socket, select.POLLIN)
        return not waiting.poll(0)
