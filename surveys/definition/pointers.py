"""JSON Pointers (RFC 6901) into a definition: what a step is in them, and the steps of one."""

from __future__ import annotations


def escaped(step: str) -> str:
    """Write a step as it stands in a pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def steps(pointer: str) -> list[str]:
    """Return the steps of a pointer from the outermost in; none for the whole document."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
