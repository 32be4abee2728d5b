"""The mark a line begins with, in the language of the draft or in the explicit notation."""

import re
from dataclasses import replace

from consultations.drafts import chinese_marks, english_marks
from consultations.drafts.labels import CHINESE, ENGLISH, label
from consultations.drafts.lines import SourceLine
from consultations.drafts.marks import Mark

_READERS = {CHINESE: chinese_marks.read_mark, ENGLISH: english_marks.read_mark}
_DIRECTIVE = re.compile(
    r"\[(title|note|annex|part|subpart|chapter|section|article|closing)(?: ([\w.-]{1,20}))?\](?:\s+(.*))?$", re.DOTALL
)


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

    "[chapter] Final provisions" is a chapter without a number, "[article 3]" one whose heading stands apart.
    """
    if not text.startswith("["):
        return None
    found = _DIRECTIVE.match(text)
    if not found:
        return None
    number = found[2] or ""
    printed = label(found[1], number, language) if number and found[1] not in ("title", "note", "closing") else ""
    return Mark(found[1], number, printed, "", heading=(found[3] or "").strip(), form="directive")
