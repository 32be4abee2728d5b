"""The mark a line begins with, in the language of the draft or in the explicit notation."""

import re
from dataclasses import replace

from consultations.drafts import chinese_marks, english_marks
from consultations.drafts.labels import CHINESE, ENGLISH, label
from consultations.drafts.lines import SourceLine
from consultations.drafts.marks import Mark

_READERS = {CHINESE: chinese_marks.read_mark, ENGLISH: english_marks.read_mark}
_KINDS = ("title", "note", "annex", "part", "subpart", "chapter", "section", "article", "closing")
_WORDS = {
    ENGLISH: dict(zip(_KINDS, _KINDS, strict=True)),
    CHINESE: dict(zip(_KINDS, ("标题", "题注", "附件", "编", "分编", "章", "节", "条", "落款"), strict=True)),
}
_NAMED = {word: kind for words in _WORDS.values() for kind, word in words.items()}
_DIRECTIVE = re.compile(rf"\[({'|'.join(_NAMED)})(?: ([\w.-]{{1,20}}))?\](?:\s+(.*))?$", re.DOTALL)


def mark_of(line: SourceLine, language: str) -> Mark | None:
    """Return the mark a line begins with; None for a line of plain words."""
    if line.plain:
        return None
    found = directive(line.text, language) or _READERS[language](line.text)
    if found is not None and found.doubtful and line.automatic:
        return replace(found, doubtful=False)
    return found


def directive(text: str, language: str) -> Mark | None:
    """Return the mark of the explicit notation, for what no printed form says safely.

    "[chapter] Final provisions" is a chapter without a number, "[article 3]" one whose heading stands apart. Its words
    are read in both languages: [附件] is [annex].
    """
    if not text.startswith("["):
        return None
    found = _DIRECTIVE.match(text)
    if not found:
        return None
    kind, number = _NAMED[found[1]], found[2] or ""
    printed = label(kind, number, language) if number and kind not in ("title", "note", "closing") else ""
    return Mark(kind, number, printed, "", heading=(found[3] or "").strip(), form="directive")


def as_directive(kind: str, words: str, language: str, *, number: str = "") -> str:
    """Return words in the explicit notation of a language: "[chapter] Final provisions", "[章] 附则"."""
    name = f"{_WORDS[language][kind]} {number}" if number else _WORDS[language][kind]
    return f"[{name}] {words}".strip()
