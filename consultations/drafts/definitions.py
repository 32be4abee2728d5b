"""The words that a draft defines, and where its articles use them.

A definition is what says so itself: 本法所称…，是指…; （以下简称…）; “data” means …; (“the Authority”). A term leads
from its first use in an article to the article that defines it; a term that two articles define leads nowhere, because
nobody can say which one is meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from consultations.drafts.labels import CHINESE

# Characters of a term: fewer say too little in Chinese (人), more are no term but a sentence.
_LEAST = {True: 2, False: 3}
_MOST = {True: 14, False: 48}
TERMS_MOST = 300

_CHINESE = (
    re.compile(
        r"本(?:法|条例|办法|规定|规则|细则|决定|意见|方案|章|节|条)所称的?“?([^，。；：、（）“”\n]+?)”?(?:属于[^，。；]+)?，?(?:包括|是?指)"
    ),
    re.compile(r"（以下(?:统|简)?称[：为]?“?([^，。；：、（）“”\n]+?)”?）"),
)
# In an article that opens a list of definitions each item is one: （一）慈善组织，是指…
_CHINESE_LIST = re.compile(r"用语[^。；\n]*含义")
_CHINESE_ITEM = re.compile(r"^“?([^，。；：、（）“”\n]+?)”?，?是?指")
_QUOTED = r"[“‘\"']([A-Za-z][^”’\"'\n]*?)[”’\"']"
_ENGLISH = (
    re.compile(rf"{_QUOTED},?(?: \([^)\n]*\))?,? (?:means|includes|has the meaning|have the meaning|refers to)\b"),
    re.compile(rf"\((?:hereinafter |in this [A-Za-z]+ )?(?:referred to as )?(?:the )?{_QUOTED}\)"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an article's words; `article` is the key of the article it belongs to."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """Where a defined term stands in a line (its place among the lines, start, end) and the article defining it."""

    line: int
    start: int
    end: int
    article: str


def defined_terms(lines: Sequence[Line], language: str) -> dict[str, str]:
    """Return term to the key of the one article that defines it, at most TERMS_MOST of them."""
    is_chinese = language == CHINESE
    found: dict[str, str] = {}
    twice: set[str] = set()
    for article, term in _definitions(lines, is_chinese):
        term = term.strip()
        if term.startswith("the "):
            term = term[4:]
        if not _LEAST[is_chinese] <= len(term) <= _MOST[is_chinese]:
            continue
        if found.setdefault(term, article) != article:
            twice.add(term)
    kept = [(term, article) for term, article in found.items() if term not in twice]
    return dict(kept[:TERMS_MOST])


def _definitions(lines: Sequence[Line], is_chinese: bool) -> Iterator[tuple[str, str]]:
    listing = ""
    for line in lines:
        for pattern in _CHINESE if is_chinese else _ENGLISH:
            for match in pattern.finditer(line.text):
                yield line.article, match[1]
        if is_chinese:
            if line.article == listing and (match := _CHINESE_ITEM.match(line.text)):
                yield line.article, match[1]
            if _CHINESE_LIST.search(line.text):
                listing = line.article


def uses(lines: Sequence[Line], terms: dict[str, str], language: str) -> list[Use]:
    """Return the first use of each term in each article but its own, in the order of the text; none overlaps."""
    if not terms:
        return []
    pattern = _pattern(terms, language)
    by_folded = {term.casefold(): (term, article) for term, article in terms.items()}
    seen: set[tuple[str, str]] = set()
    found = []
    for place, line in enumerate(lines):
        for match in pattern.finditer(line.text):
            term, article = by_folded[match[1].casefold()]
            if article != line.article and (line.article, term) not in seen:
                seen.add((line.article, term))
                found.append(Use(place, match.start(1), match.end(1), article))
    return found


def _pattern(terms: Iterable[str], language: str) -> re.Pattern[str]:
    longest_first = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    if language == CHINESE:
        return re.compile(f"({longest_first})")
    return re.compile(rf"(?<![\w-])({longest_first})(?:s|es)?(?![\w-])", re.IGNORECASE)
