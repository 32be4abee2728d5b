"""Pure decisions of the press room: how long a release may be, what its text is made of, which month a digest tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

ROUTINE, SHORT, EMERGENCY = "routine", "short", "emergency"
KINDS = (ROUTINE, SHORT, EMERGENCY)
LANGUAGES = ("zh-hans", "en")
# The words of a release; those after the bar may be empty.
REQUIRED = ("dateline", "title", "lead", "body", "contact")
OPTIONAL = ("facts",)
FIELDS = (*REQUIRED, *OPTIONAL)

# Lead and body together. Chinese is counted in characters without spaces, English in words: an English word takes the
# room of about one and two thirds Chinese characters. The short and the emergency release fit one screen of a
# telephone and one minute of a broadcast; the routine one fits two pages.
MOST: Mapping[str, Mapping[str, int]] = {
    ROUTINE: {"zh-hans": 2_000, "en": 1_200},
    SHORT: {"zh-hans": 300, "en": 180},
    EMERGENCY: {"zh-hans": 500, "en": 300},
}
TITLE_MOST: Mapping[str, int] = {"zh-hans": 40, "en": 120}
LINE_MOST = 120
TEXT_MOST = 20_000
FACTS_MOST = 12
FILES_MOST = 12
SLUG_MOST = 80
NOTE_MOST = 1_000
# Why something cannot wait is said in a sentence, not in a word.
REASON_LEAST = 10
# Names below /press/ that are pages of this room.
TAKEN = frozenset({"releases", "media", "digest", "feed"})

_TAGS = (
    "a|abbr|article|b|blockquote|body|br|button|center|code|dd|del|div|dl|dt|em|figure|font|footer|form|h[1-6]|head|header|"
    "hr|html|i|iframe|img|input|ins|li|link|main|meta|nav|o:p|ol|option|p|pre|s|script|section|select|small|span|strong|"
    "style|sub|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|u|ul|video"
)
_HTML = re.compile(rf"<\s*/?\s*(?:{_TAGS})(?:\s[^<>]*)?/?>|<!--|&(?:nbsp|lt|gt|amp|quot|#\d+);", re.IGNORECASE)
_WORD = re.compile(r"[^\s]*[^\W_][^\s]*")


def length(text: str, language: str) -> int:
    """Count a text as its language is counted: characters without spaces in Chinese, words in English."""
    if language == "zh-hans":
        return sum(not sign.isspace() for sign in text)
    return len(_WORD.findall(text))


def counted(lead: str, body: str, language: str) -> int:
    """Return the length of a release; the marks of headings, lists and quotations do not count."""
    bare = "\n".join(text for block in blocks(body) for text in block.lines)
    return length(f"{lead}\n{bare}", language)


def holds_html(text: str) -> bool:
    """Tell whether somebody pasted the source of a page: tags or entities would stand in the release as they are."""
    return bool(_HTML.search(text))


@dataclass(frozen=True)
class Block:
    """One part of a text: `heading`, `paragraph`, `list` or `quote`."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Read a text as it is typed: an empty line ends a part; "## " makes a heading, "- " a list, "> " a quotation."""
    found: list[Block] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        pending: list[str] = []
        for line in lines:
            if line.startswith("## "):
                found += _paragraph(pending)
                pending = []
                found.append(Block("heading", (line[3:].strip(),)))
            else:
                pending.append(line)
        found += _paragraph(pending)
    return [block for block in found if any(block.lines)]


def _paragraph(lines: list[str]) -> list[Block]:
    if not lines:
        return []
    for kind, mark in (("list", "- "), ("quote", "> ")):
        if all(line.startswith(mark) for line in lines):
            return [Block(kind, tuple(line[len(mark) :].strip() for line in lines))]
    return [Block("paragraph", tuple(lines))]


def facts(text: str) -> list[tuple[str, str]]:
    """Read the box of facts: one a line, name and value parted by the first colon; without one it is all value."""
    found = []
    for line in text.splitlines():
        parts = re.split(r"[:：]", line.strip(), maxsplit=1)
        name, value = (parts[0].strip(), parts[1].strip()) if len(parts) == 2 else ("", parts[0].strip())
        if name or value:
            found.append((name, value))
    return found


@dataclass(frozen=True)
class Lack:
    """One thing that a release still needs: a stable code, the language and field it is about, and values."""

    code: str
    language: str = ""
    field: str = ""
    values: tuple[tuple[str, int], ...] = ()

    @property
    def named(self) -> dict[str, int]:
        """The values by name."""
        return dict(self.values)


def lacks(
    kind: str,
    words: Mapping[str, Mapping[str, str]],
    *,
    embargo_until: datetime | None,
    now: datetime,
    corrects: bool,
    correction: Mapping[str, str],
    nameless_pictures: int,
) -> list[Lack]:
    """List what keeps a release from being handed in. `words`: language to field to text."""
    found: list[Lack] = []
    for language in LANGUAGES:
        given = words.get(language, {})
        if not any(given.get(field, "").strip() for field in FIELDS):
            found.append(Lack("language_missing", language, "title"))
            continue
        found += [Lack("field_missing", language, field) for field in REQUIRED if not given.get(field, "").strip()]
        found += [Lack("html", language, field) for field in FIELDS if holds_html(given.get(field, ""))]
        found += _too_long(kind, language, given)
        if corrects and not correction.get(language, "").strip():
            found.append(Lack("correction_missing", language, "correction"))
    if embargo_until is not None:
        if kind == EMERGENCY:
            found.append(Lack("emergency_embargo", field="embargo_until"))
        elif embargo_until <= now:
            found.append(Lack("embargo_past", field="embargo_until"))
    if nameless_pictures:
        found.append(Lack("alt_missing", field="files", values=(("n", nameless_pictures),)))
    return found


def _too_long(kind: str, language: str, given: Mapping[str, str]) -> list[Lack]:
    found = []
    checks = (
        ("body", counted(given.get("lead", ""), given.get("body", ""), language), MOST[kind][language]),
        ("title", len(given.get("title", "")), TITLE_MOST[language]),
        ("facts", len(facts(given.get("facts", ""))), FACTS_MOST),
    )
    for field, n, most in checks:
        if n > most:
            found.append(Lack(f"{field}_long", language, field, (("n", n), ("most", most), ("over", n - most))))
    return found


def public_from(published_at: datetime, embargo_until: datetime | None) -> datetime:
    """Return the minute from which everybody reads it."""
    return max(published_at, embargo_until) if embargo_until else published_at


def month_of(day: date) -> tuple[date, date]:
    """Return the first and the last day of a month."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return first, following - timedelta(days=1)


def month_before(day: date) -> date:
    """Return the first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
