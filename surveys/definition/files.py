"""Which files a question takes: by the kinds its author names, and by how large and how many they may be."""

from __future__ import annotations

from collections.abc import Collection

from surveys.definition.model import Question

COUNT = "#files"
"""How many files were given stands beside the answer under its name with this."""


def accepted(question: Question) -> tuple[str, ...]:
    """The kinds a question takes, as its author wrote them; a photograph is a picture where nothing is written.

    Empty: all kinds. A kind is an ending (".pdf"), a media type ("image/png") or a family of them ("image/*"), as in
    the attribute `accept` of HTML.
    """
    if question.accept or question.type != "photo":
        return question.accept
    return ("image/*",)


def takes(question: Question, *, media_types: Collection[str], endings: Collection[str]) -> bool:
    """Whether a question takes a kind of file, known by its media types and the endings people give it."""
    if question.type == "photo" and not any(each.startswith("image/") for each in media_types):
        return False
    wanted = [each.strip().lower() for each in accepted(question)]
    return not wanted or any(_matches(each, media_types, endings) for each in wanted)


def _matches(kind: str, media_types: Collection[str], endings: Collection[str]) -> bool:
    if "/" not in kind:
        return kind == "*" or kind.lstrip(".") in endings
    family = kind.removesuffix("*")
    return kind == "*/*" or kind in media_types or (family != kind and any(m.startswith(family) for m in media_types))
