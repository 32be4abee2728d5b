"""What an office sets and seldom changes, kept by the process for two seconds so that a rush does not read it again.

    receiving = Settled(read_receiving, Intake, Department)      # read_receiving(kind) -> what is kept
    receiving("letter")

A change made by this process is seen at once (its models' signals), one by another process after two seconds at most,
so it is only for what may be two seconds old. What is kept belongs to one database: a practice site has its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

KEPT_SECONDS = 2.0
# What is set is little; a mistake in the key must not fill the memory.
MOST = 1_000

Asked = ParamSpec("Asked")
Read = TypeVar("Read")
_all: list[Settled[Any, Any]] = []


class Settled(Generic[Asked, Read]):
    """A read whose answers are kept, by its (hashable) arguments; all threads share them, so nobody changes them."""

    def __init__(self, read: Callable[Asked, Read], *models: type[Model]) -> None:
        self._read = read
        self._kept: dict[Hashable, tuple[float, Read]] = {}
        _all.append(self)
        for model in models:
            for signal in (post_save, post_delete):
                signal.connect(self._changed, sender=model, weak=False)

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> Read:
        """Return what is set."""
        key = (connection.settings_dict["NAME"], args, *kwargs.items())
        now = time.monotonic()
        kept = self._kept.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        read = self._read(*args, **kwargs)
        if len(self._kept) >= MOST:
            self.forget()
        self._kept[key] = (now + KEPT_SECONDS, read)
        return read

    def forget(self) -> None:
        """Read anew from now on."""
        self._kept = {}

    def _changed(self, **kwargs: Any) -> None:
        self.forget()


def forget_all() -> None:
    """Read everything anew: after changes that send no signal, and between tests."""
    for one in _all:
        one.forget()
