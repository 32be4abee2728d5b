"""Writes small drafts of random words and revises them, remembering what became of each article."""

import random
from dataclasses import dataclass, field

from consultations.drafts import ParsedDraft, parse_text
from consultations.drafts.labels import CHINESE, ENGLISH, label

_CHARACTERS = [chr(code) for code in range(0x4E2D, 0x4E2D + 900) if chr(code) not in "条章节款项目编第之、（）"]
_SYLLABLES = [f"{head}{vowel}" for head in ("b", "d", "f", "g", "k", "l", "m", "n", "r", "s", "t") for vowel in "aeiou"]
_WORDS = [first + second for first in _SYLLABLES for second in _SYLLABLES[::3]]


@dataclass
class Revision:
    """Articles as lists of sentences, and for each new one the old ones it came from."""

    old: list[list[str]]
    new: list[list[str]] = field(default_factory=list)
    sources: list[set[int]] = field(default_factory=list)

    def add(self, sentences: list[str], *sources: int) -> None:
        """Put an article at the end of the new version."""
        self.new.append(sentences)
        self.sources.append(set(sources))

    @property
    def pairs(self) -> set[tuple[str, str]]:
        """The true (old number, new number) pairs."""
        return {(str(old + 1), str(new + 1)) for new, sources in enumerate(self.sources) for old in sources}


def sentence(chance: random.Random, language: str) -> str:
    """Return a sentence of random words."""
    if language == ENGLISH:
        return " ".join(chance.choice(_WORDS) for _ in range(chance.randint(10, 25))).capitalize() + "."
    return "".join(chance.choice(_CHARACTERS) for _ in range(chance.randint(16, 40))) + "。"


def reworded(text: str, chance: random.Random, language: str) -> str:
    """Return a sentence with every tenth word or character another one."""
    units = text[:-1].split(" ") if language == ENGLISH else list(text[:-1])
    for place in range(chance.randrange(10), len(units), 10):
        units[place] = chance.choice(_WORDS if language == ENGLISH else _CHARACTERS)
    return (" " if language == ENGLISH else "").join(units) + text[-1]


def written(articles: list[list[str]], language: str) -> ParsedDraft:
    """Print the articles as a draft and read it: one paragraph a sentence."""
    lines = ["测试条例（草案）" if language == CHINESE else "Test Act"]
    for number, sentences in enumerate(articles, 1):
        name = label("article", str(number), language)
        lines += [f"{name}　{sentences[0]}" if language == CHINESE else f"{name}\n{sentences[0]}", *sentences[1:]]
    draft = parse_text("\n".join(lines), language=language)
    assert draft.counts["article"] == len(articles)
    return draft
