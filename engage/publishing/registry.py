"""The registry of gated kinds: each room says what of its own may go public only with sign-offs, and whose.

A room registers in `AppConfig.ready()`:

    registry.register(GatedKind("outcome", _("outcome of a consultation"), (Key("approval", _("approval"), roles),)))

and, in the transaction that publishes, calls `gate.require(kind, content_hash, actor)`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from engage.accounts.actors import Role


@dataclass(frozen=True)
class Key:
    """One sign-off that a kind needs, and the roles that may give it."""

    code: str
    label: str | Promise
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class GatedKind:
    """One kind of content that goes public only through the gate."""

    code: str
    label: str | Promise
    keys: tuple[Key, ...]


_kinds: dict[str, GatedKind] = {}


def register(kind: GatedKind) -> None:
    """Add a kind; ValueError for one without keys or a second one of the same code."""
    if not kind.keys:
        raise ValueError(f"gated kind {kind.code!r} needs a key")
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"gated kind {kind.code!r} is registered twice")
    _kinds[kind.code] = kind


def get(code: str) -> GatedKind:
    """Return a registered kind; KeyError when none has that code."""
    return _kinds[code]


def registered() -> list[GatedKind]:
    """List all kinds."""
    return list(_kinds.values())
