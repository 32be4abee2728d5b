"""The pictures, sounds and films that a definition shows: which, where, and under what other names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from surveys.definition import model
from surveys.definition.checks import parts_with_media

Kind = Literal["image", "audio", "video"]
IMAGES: tuple[Kind, ...] = ("image",)
SOUNDS: tuple[Kind, ...] = ("audio", "video")

_ENDINGS: Mapping[str, Kind] = {
    **dict.fromkeys(("jpg", "png", "webp"), "image"),
    **dict.fromkeys(("mp3", "m4a", "ogg", "wav", "weba"), "audio"),
    **dict.fromkeys(("mp4", "webm"), "video"),
}
# The names that files are given when they are taken in: their own, the beginning of the digest, how they are kept.
STORED_NAME = re.compile(rf"[a-z0-9_-]{{1,60}}-[0-9a-f]{{16}}\.(?:{'|'.join(_ENDINGS)})")


@dataclass(frozen=True)
class Place:
    """One picture, sound or film of one part; `path` is the JSON Pointer of the part."""

    path: str
    medium: model.Media


def kind_of(name: str) -> Kind | None:
    """Say by the name of a file that was taken in what it is; None of a name that no such file has."""
    return _ENDINGS[name.rpartition(".")[2]] if STORED_NAME.fullmatch(name) else None


def places(definition: model.Definition) -> Iterator[Place]:
    """Yield the pictures, sounds and films of a definition in the order of the document."""
    for path, media in parts_with_media(definition):
        yield from (Place(path, medium) for medium in media)


def names(definition: model.Definition, kinds: Iterable[Kind] = (*IMAGES, *SOUNDS)) -> set[str]:
    """Return the names of all pictures, sounds and films of a definition, in every language."""
    wanted = frozenset(kinds)
    found = (place.medium for place in places(definition))
    return {name for medium in found if medium.kind in wanted for name in medium.source.values() if name}


def renamed(document: Mapping[str, Any], others: Mapping[str, str]) -> dict[str, Any]:
    """Return a document whose pictures, sounds and films have other names where `others` says so."""

    def anew(value: Any) -> Any:
        if isinstance(value, list):
            return [anew(one) for one in value]
        if not isinstance(value, Mapping):
            return value
        if value.get("kind") in ("image", *SOUNDS) and isinstance(value.get("source"), Mapping):
            source = {language: others.get(name, name) for language, name in value["source"].items()}
            return {**value, "source": source}
        return {key: anew(one) for key, one in value.items()}

    found: dict[str, Any] = anew(document)
    return found
