"""Periodic work: a room's `tasks.py` registers functions, `manage.py worker` runs them.

Each function is short and safe to run twice; a failing one is logged with its trace and tried again at its next
turn, and never stops the others. Work that fills its time (`alone=True`) runs in a thread of its own, turn after turn,
so that nothing waits for it; each turn still ends within seconds.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

Job = Callable[[], object]


@dataclass(frozen=True)
class Periodic:
    """One piece of periodic work."""

    name: str
    seconds: float
    run: Job
    alone: bool = False


# Set when the worker was told to end: long turns end early.
stopping = threading.Event()
_jobs: dict[str, Periodic] = {}


def every(*, seconds: float, alone: bool = False) -> Callable[[Job], Job]:
    """Register the decorated function to run every so many seconds."""

    def register(function: Job) -> Job:
        name = f"{function.__module__}.{function.__name__}"
        _jobs[name] = Periodic(name, seconds, function, alone)
        return function

    return register


def jobs() -> list[Periodic]:
    """List what is registered."""
    return list(_jobs.values())
