"""The pictures that a definition shows: which, where, and under what other names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from surveys.definition import model
from surveys.definition.checks import parts_with_media

# The names that pictures are given when they are taken in: their own, the beginning of the digest, how they are kept.
STORED_NAME = re.compile(r"[a-z0-9_-]{1,60}-[0-9a-f]{16}\.(?:jpg|png|webp)")


@dataclass(frozen=True)
class Place:
    """One picture of one part; `path` is the JSON Pointer of the part."""

    path: str
    picture: model.Media


def places(definition: model.Definition) -> Iterator[Place]:
    """Yield the pictures of a definition in the order of the document."""
    for path, media in parts_with_media(definition):
        yield from (Place(path, medium) for medium in media if medium.kind == "image")


def names(definition: model.Definition) -> set[str]:
    """Return the names of all pictures of a definition, in every language."""
    return {name for place in places(definition) for name in place.picture.source.values() if name}


def renamed(document: Mapping[str, Any], others: Mapping[str, str]) -> dict[str, Any]:
    """Return a document whose pictures have other names where `others` says so."""

    def anew(value: Any) -> Any:
        if isinstance(value, list):
            return [anew(one) for one in value]
        if not isinstance(value, Mapping):
            return value
        if value.get("kind") == "image" and isinstance(value.get("source"), Mapping):
            source = {language: others.get(name, name) for language, name in value["source"].items()}
            return {**value, "source": source}
        return {key: anew(one) for key, one in value.items()}

    found: dict[str, Any] = anew(document)
    return found
