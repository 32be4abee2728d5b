"""The port of the gate: `gate.sign(kind, content_hash, actor)` and `gate.require(kind, content_hash, actor)`."""

from engage.publishing.actions import require, sign

__all__ = ["require", "sign"]
