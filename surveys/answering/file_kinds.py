"""Which of the kinds of files that the house takes a question takes, and how they are named to people."""

from __future__ import annotations

from functools import cache
from mimetypes import guess_type

from django.utils.translation import get_language

from surveys.definition import files
from surveys.definition.model import Question


@cache
def _kinds() -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
    """Return media types and endings by the kinds of `engage.participation.attachments`."""
    # The package brings its image and PDF libraries, which a process that meets no question for files does without.
    from engage.participation.attachments import KINDS

    found = {}
    for kind in KINDS.values():
        known = {guess_type(f"x.{ending}")[0] or "" for ending in kind.names}
        # "image/heic" is known as such and kept as JPEG; a sound in a film's box is kept as the sound alone.
        known = {each for each in known if each.partition("/")[0] == kind.media_type.partition("/")[0]}
        own = kind.media_type.partition(";")[0]
        named = {f"{kind.family}/{ending}" for ending in kind.names} if kind.family in ("image", "audio") else set()
        found[kind.name] = (frozenset(known | named | {own}), kind.names)
    return found


def is_taken(question: Question, kind: str) -> bool:
    """Whether a question takes a kind of `engage.participation.attachments`."""
    media_types, endings = _kinds()[kind]
    return files.takes(question, media_types=media_types, endings=endings)


def kinds_taken(question: Question) -> list[str]:
    """List the kinds of `engage.participation.attachments` that a question takes."""
    return [kind for kind in _kinds() if is_taken(question, kind)]


def kinds_said(question: Question) -> str:
    """Name the kinds that a question takes by their usual endings, as a reader of the active language is told."""
    mark = "、" if (get_language() or "").startswith("zh") else ", "
    return mark.join(_kinds()[kind][1][0].upper() for kind in kinds_taken(question))
