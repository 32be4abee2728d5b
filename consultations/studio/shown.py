"""A parsed draft as an editor sees it: one clause a line, every doubt beside the line it is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consultations.drafts.canonical import to_text
from consultations.drafts.messages import doubt_message
from consultations.drafts.questions import questions_text, read_questions
from consultations.drafts.reader import parse_text
from consultations.drafts.reading import read_lines
from consultations.drafts.tree import Doubt, ParsedDraft
from consultations.models import Clause, Draft
from engage.errors import Refused

LEVELS: dict[str, str | Promise] = {
    Clause.Level.PART: _("Parts"),
    Clause.Level.CHAPTER: _("Chapters"),
    Clause.Level.SECTION: _("Sections"),
    Clause.Level.ARTICLE: _("Articles"),
    Clause.Level.PARAGRAPH: _("Paragraphs"),
    Clause.Level.ITEM: _("Items"),
    Clause.Level.SUBITEM: _("Sub-items"),
}
# What the text needs to come back in a form; settings.DATA_UPLOAD_MAX_MEMORY_SIZE holds for the whole request.
MOST_TEXT_BYTES = 2_900_000


# How the lines of a source become a draft of a kind, and how the draft is written for correction.
READERS = {Draft.Kind.TEXT: read_lines, Draft.Kind.QUESTIONS: read_questions}
_WRITERS = {Draft.Kind.TEXT: to_text, Draft.Kind.QUESTIONS: questions_text}


@dataclass(frozen=True)
class Source:
    """Where a text came from: the file's name, and the doubts about what only the file had (pictures, footnotes)."""

    name: str = ""
    doubts: tuple[Doubt, ...] = ()

    def sealed(self) -> str:
        """Return it as a form carries it from step to step; nobody else can make one."""
        rows = [[doubt.line, doubt.code, dict(doubt.values)] for doubt in self.doubts]
        return signing.dumps([self.name, rows], salt="draft-source", compress=True)

    @classmethod
    def unsealed(cls, given: str) -> Source:
        """Read what a form brought back; nothing given is an empty source. Raises SuspiciousOperation."""
        if not given:
            return cls()
        try:
            name, rows = signing.loads(given, salt="draft-source")
        except signing.BadSignature as fault:
            raise SuspiciousOperation("the source of a draft was changed on the way") from fault
        return cls(name, tuple(Doubt(line, code, values) for line, code, values in rows))


@dataclass(frozen=True)
class ShownDraft:
    """`draft`: the parsed text, with the lines of `text`. `source`: what was left behind in the file."""

    draft: ParsedDraft
    text: str
    source: Source

    def all_doubts(self) -> tuple[Doubt, ...]:
        """Return what is kept with the version: doubts of the file stand at line 0, before those of the text."""
        return (*(replace(doubt, line=0) for doubt in self.source.doubts), *self.draft.doubts)


def shown(
    parsed: ParsedDraft, *, kind: str = Draft.Kind.TEXT, name: str = "", source: Source | None = None
) -> ShownDraft:
    """Write the text one clause a line and move every doubt to the line of its clause there.

    Without `source` this is the first reading of a file called `name` or of a pasted text: a doubt about a line that is
    no clause (a table of contents, tracked changes) stays with the source. Later such a doubt keeps its line.
    Raises Refused("too_large", limit_mb=...) when the text would not fit into a form.
    """
    text = _WRITERS[Draft.Kind(kind)](parsed, parsed.language)
    if len(text.encode()) > MOST_TEXT_BYTES:
        raise Refused("too_large", limit_mb=MOST_TEXT_BYTES // 1_000_000)
    again = parse_text(text, language=parsed.language, read=READERS[Draft.Kind(kind)])
    lines: dict[int, int] = {}
    for old, new in zip(parsed.clauses, again.clauses, strict=False):
        lines.setdefault(old.line, new.line)
    here = [doubt for doubt in parsed.doubts if doubt.line in lines or source is not None]
    left = tuple(doubt for doubt in parsed.doubts if doubt.line not in lines)
    draft = replace(again, doubts=tuple(_moved(doubt, lines) for doubt in here))
    return ShownDraft(draft, text, source or Source(name, left))


def _moved(doubt: Doubt, lines: Mapping[int, int]) -> Doubt:
    values = dict(doubt.values)
    if "first_line" in values:
        values["first_line"] = lines.get(values["first_line"], values["first_line"])
    return Doubt(lines.get(doubt.line, doubt.line), doubt.code, values)


def tree(draft: ParsedDraft) -> list[dict[str, Any]]:
    """Return the clauses in reading order, each with its depth as something a template can repeat."""
    depths: dict[str | None, int] = {None: -1}
    rows = []
    for clause in draft.clauses:
        depths[clause.id] = depths[clause.parent] + 1
        rows.append({"clause": clause, "depth": range(depths[clause.id])})
    return rows


def counts(draft: ParsedDraft) -> list[tuple[str | Promise, int]]:
    """Return how many clauses there are of each level that the text has."""
    return [(LEVELS[level], n) for level, n in draft.counts.items() if n]


def sentences(doubts: Iterable[Doubt]) -> list[tuple[int, str]]:
    """Return line and sentence of each doubt, in the order of the lines."""
    ordered: Sequence[Doubt] = sorted(doubts, key=lambda doubt: doubt.line)
    return [(doubt.line, doubt_message(doubt.code, doubt.values, gettext)) for doubt in ordered]
