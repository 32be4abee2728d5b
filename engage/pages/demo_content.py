"""The registry of demo content: each room loads its own share, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "demo"


@dataclass(frozen=True)
class Loader:
    """One room's share. `load()` is idempotent: what is there stays as it is."""

    name: str
    order: int
    load: Callable[[], None]


_loaders: dict[str, Loader] = {}


def register(name: str, *, order: int, load: Callable[[], None]) -> None:
    """Add a room's loader."""
    _loaders[name] = Loader(name, order, load)


def loaders() -> list[Loader]:
    """List the loaders in their order."""
    return sorted(_loaders.values(), key=lambda loader: loader.order)
