"""The registry of real input that stands beside the demo: each room reads its own share from a folder outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Loaded:
    """What one loader did: things made now, things that were there, and counts of its own by name."""

    added: int = 0
    known: int = 0
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Samples:
    """One room's share. `needs` are paths below the folder; `load(folder)` is idempotent and runs in a transaction."""

    name: str
    order: int
    needs: tuple[str, ...]
    load: Callable[[Path], Loaded]


_samples: dict[str, Samples] = {}


def register(samples: Samples) -> None:
    """Add a room's loader."""
    _samples[samples.name] = samples


def registered() -> list[Samples]:
    """List the loaders in their order."""
    return sorted(_samples.values(), key=lambda samples: samples.order)


def missing(folder: Path) -> list[str]:
    """List what the loaders need and the folder does not hold."""
    return [path for samples in registered() for path in samples.needs if not (folder / path).exists()]
