"""Rows that tell what happened: written once, never changed, never deleted. A mistake is answered by another row."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class FrozenQuerySet(models.QuerySet):
    """Reads, and nothing that would change a row."""

    def update(self, **values: Any) -> NoReturn:
        """Refuse."""
        raise TypeError(f"{self.model.__name__} is written once")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise TypeError(f"{self.model.__name__} is never deleted")


class Frozen(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new row; refuse to change one."""
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is written once")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        raise TypeError(f"{type(self).__name__} is never deleted")
