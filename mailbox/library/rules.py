"""Decisions of the library. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from engage.errors import Refused

TITLE_MOST, TEXT_MOST = 120, 8_000


@dataclass(frozen=True)
class Words:
    """What stands in the library of one case."""

    title: str
    question: str
    answer: str

    @property
    def texts(self) -> tuple[str, str, str]:
        """Every text of it."""
        return self.title, self.question, self.answer


def tidy(words: Words) -> Words:
    """Return the words without outer space and NUL.

    Raises Refused("library_text_missing"), Refused("case_text_too_long", most=...).
    """
    title, question, answer = (text.replace("\x00", "").strip() for text in words.texts)
    if not (title and question and answer):
        raise Refused("library_text_missing")
    for text, most in ((title, TITLE_MOST), (question, TEXT_MOST), (answer, TEXT_MOST)):
        if len(text) > most:
            raise Refused("case_text_too_long", most=most)
    return Words(title, question, answer)


def unsaid(found: Iterable[str], stays: Collection[str]) -> list[str]:
    """Return of what tells of a person that of which nobody said that it stays."""
    kept = {_folded(one) for one in stays}
    return [one for one in found if _folded(one) not in kept]


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
