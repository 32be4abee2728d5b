"""Group commit: requests that come while a transaction is on its way share the next one.

Who comes while nothing is on its way carries its own request out at once; who comes meanwhile waits, and the first of
those carries out all that waited, in one transaction. Each is answered only after the commit that holds
it. A lone request is as quick as ever. In a stream the next transaction begins when ENOUGH wait, when nobody has come
for PAUSE, or SPACING after the last began: so few commits are needed, and the processor is left to those who read.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Generic, TypeVar

MOST = 64
# A transaction of as many requests costs about what one of many more does.
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
