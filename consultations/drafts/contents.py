"""Leaves out a table of contents before the text, so that no heading is met twice."""

import re

from consultations.drafts.forms import Text
from consultations.drafts.labels import CHINESE
from consultations.drafts.lines import ends_sentence

_WORD = re.compile(
    r"目\s*[录錄次]$|(?:table of )?contents$|arrangement of (?:sections|articles|clauses|regulations|rules)$",
    re.IGNORECASE,
)
_PAGE = re.compile(r"(?:[\s.…·．]|\t)*[0-9]{1,4}$|[\s.…·．]+$")
_HEADING_KINDS = frozenset({"part", "subpart", "title", "chapter", "division", "section", "subdivision", "annex"})


def leave_out_contents(text: Text) -> None:
    """Remove the lines of a table of contents from `text`, in place, leaving one doubt that says how many."""
    _leave_out(text, [index for index, line in enumerate(text.lines) if line.contents])
    headings = (index for index, line in enumerate(text.lines) if not line.plain and names_contents(line.text))
    word = next(headings, None)
    if word is not None and len(text.lines) > 1:
        end = _repeated(text, word + 1)
        if end is not None and _all_short(text, word + 1, end):
            _leave_out(text, range(word, end))
        else:
            text.doubt(text.lines[word].line, "contents_unclear")
            del text.lines[word], text.marks[word]
        return
    start = next((index for index in range(len(text.lines)) if text.kind(index) in _HEADING_KINDS), None)
    if start is None:
        return
    end = start
    while text.kind(end) in _HEADING_KINDS:
        end += 1
    again = _repeated(text, start)
    if again is not None and start + 1 < again < end:
        _leave_out(text, range(start, again))


def names_contents(words: str) -> bool:
    """Tell whether a line is the heading of a table of contents."""
    return len(words) <= 30 and _WORD.match(words) is not None


def _leave_out(text: Text, indexes: range | list[int]) -> None:
    if not len(indexes):
        return
    gone = set(indexes)
    text.doubt(text.lines[min(gone)].line, "contents_skipped", lines=len(gone))
    text.marks[:] = [mark for index, mark in enumerate(text.marks) if index not in gone]
    text.lines[:] = [line for index, line in enumerate(text.lines) if index not in gone]


def _repeated(text: Text, first: int) -> int | None:
    """Return the index of the line that says again what the first entry says: there the text begins."""
    if first >= len(text.lines):
        return None
    entry = _key(text, first)
    return next((index for index in range(first + 1, len(text.lines)) if _key(text, index) == entry), None)


def _key(text: Text, index: int) -> tuple[str, str]:
    mark = text.marks[index]
    if mark is not None and mark.number and (mark.kind in _HEADING_KINDS or mark.kind == "article"):
        return mark.kind, mark.number
    return "", re.sub(r"\s+", "", _PAGE.sub("", text.lines[index].text)).casefold()


def _all_short(text: Text, start: int, end: int) -> bool:
    chinese = text.language == CHINESE
    long = sum(
        len(line.text) > 120 or (chinese and ends_sentence(line.text) and not _PAGE.search(line.text))
        for line in text.lines[start:end]
    )
    return long * 10 <= end - start
