"""Sessions in database and cache as Django keeps them, written back with one statement."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.sessions.backends import cached_db
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection

from engage import rows

log = logging.getLogger(__name__)


class SessionStore(cached_db.SessionStore):
    """Django's, but a session that exists is one UPDATE that commits by itself: no transaction around it, no model."""

    def save(self, must_create: bool = False) -> None:
        """Write the session; raises UpdateError when it was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        data = self._kept()
        table = self.model._meta.db_table
        expires = connection.ops.adapt_datetimefield_value(self.get_expiry_date())
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET session_data = %s, expire_date = %s WHERE session_key = %s",
                [self.encode(data), expires, self.session_key],
            )
            if cursor.rowcount != 1:
                raise UpdateError
        try:
            self._cache.set(self.cache_key, data, self.get_expiry_age())  # type: ignore[attr-defined]
        except Exception:  # as Django: the database has it
            log.exception("session not kept in the cache")

    def _kept(self) -> dict[str, Any]:
        return self._get_session()  # type: ignore[attr-defined, no-any-return]

    def save_beside(self) -> None:
        """Write the session with what `rows.together` writes, if it is still there; `saved_beside` follows it."""
        values = {"session_data": self.encode(self._kept()), "expire_date": self.get_expiry_date()}
        rows.change(self.model, self.session_key, **values)

    def saved_beside(self) -> None:
        """Take the older one out of the cache once `save_beside` is committed; the request's end saves no more.

        Nothing is put there: the row may be gone, where somebody has signed out meanwhile.
        """
        self.modified = False
        try:
            self._cache.delete(self.cache_key)  # type: ignore[attr-defined]
        except Exception:  # what was written is committed, and its sender has to hear of it
            log.exception("session not taken out of the cache")
