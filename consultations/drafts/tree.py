"""What a parsed draft is: a flat list of clauses in reading order, each knowing its parent, and the doubts met."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from consultations.drafts.messages import doubt_message

# From the outside in; the only levels a clause can have.
LEVELS = ("part", "chapter", "section", "article", "paragraph", "item", "subitem")
HEADING_LEVELS = ("part", "chapter", "section", "article")


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote or endnote. `at`: its place in the clause's text, -1 at the heading. `mark`: as printed ("1", "*")."""

    at: int
    mark: str
    text: str


@dataclass(frozen=True, slots=True)
class ParsedClause:
    """One node of the tree; two are equal when they say the same, wherever each stands in its source.

    `id`: after the eId of Akoma Ntoso: "chp_3", "art_12", "art_12__para_2__item_3"; an article's id names no chapter,
    so it survives a new chapter division. `number`: "12", "12A", "15.1", "a" or "". `label`: as the source prints it.
    `parent`: the id above, None at the top. `text`: this node's own words; a heading's words are in `heading`.
    `line`: in the source, from 1. `notes`: the footnotes that hang on it, in order.
    """

    id: str
    level: str
    number: str
    label: str
    heading: str
    parent: str | None
    text: str
    line: int = field(compare=False)
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at; the text was imported all the same. `code` and `values`: see messages.py."""

    line: int
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedDraft:
    """A whole draft; two are equal when their words and trees are.

    `counts` follows the counting rule of `counted`; `language` is "zh-hans" or "en". `doubts` tell about one source.
    """

    title: str
    note: str
    language: str
    clauses: tuple[ParsedClause, ...]
    doubts: tuple[Doubt, ...] = field(compare=False)
    counts: Mapping[str, int]

    def as_json(self, message: Callable[[Doubt], str] | None = None) -> dict[str, Any]:
        """Return the object `import_draft --json` prints; `message` words a doubt (English when none is given)."""
        word = message or (lambda doubt: doubt_message(doubt.code, doubt.values))
        return {
            "title": self.title,
            "language": self.language,
            "counts": dict(self.counts),
            "clauses": [
                {
                    "id": clause.id,
                    "level": clause.level,
                    "number": clause.number,
                    "heading": clause.heading or None,
                    "parent": clause.parent,
                    "text": clause.text,
                }
                | ({"notes": [{"mark": note.mark, "text": note.text} for note in clause.notes]} if clause.notes else {})
                for clause in self.clauses
            ],
            "doubts": [{"line": doubt.line, "message": word(doubt)} for doubt in self.doubts],
        }

    def text_of(self, clause_id: str) -> str:
        """Return the words of a clause and all below it, one line a clause, labels as printed, its heading left out.

        Raises KeyError for an id that is not in the draft.
        """
        lines: list[str] = []
        inside: set[str] = set()
        for clause in self.clauses:
            if clause.id == clause_id or clause.parent in inside:
                inside.add(clause.id)
                label = clause.label if clause.level in ("paragraph", "item", "subitem") else ""
                heading = clause.heading if clause.id != clause_id else ""
                words = " ".join(part for part in (heading, clause.text) if part)
                if words:
                    lines.append(_with_label(label, words))
        if not inside:
            raise KeyError(clause_id)
        return "\n".join(lines)


def _with_label(label: str, words: str) -> str:
    if not label:
        return words
    return label + words if label.endswith(("）", "、", "．")) else f"{label} {words}"


def outside_articles(clauses: tuple[ParsedClause, ...]) -> Iterator[str]:
    """Yield the ids of preamble, annex and closing clauses: kept in the tree, not counted."""
    outside: set[str] = set()
    for clause in clauses:
        if clause.parent in outside or (
            clause.parent is None and clause.id.startswith(("preamble_", "rec_", "annex", "closing_"))
        ):
            outside.add(clause.id)
            yield clause.id


def counted(clauses: tuple[ParsedClause, ...]) -> dict[str, int]:
    """Return the number of clauses of each level in the enacting text.

    The rule: 编, 章, 节, 条, 款, 项, 目 as their headings, lines and marks say; an article's own first line is its
    first paragraph, each further line without a mark is one more. Not counted: preamble, annexes and closing
    lines; a 分编 (a division of a 编, not a 编); a heading without a number inside a text whose headings carry numbers.
    """
    left_out = set(outside_articles(clauses))
    numbered = any(clause.number and clause.level == "article" for clause in clauses)
    counts = dict.fromkeys(LEVELS, 0)
    for clause in clauses:
        bare_heading = numbered and not clause.number and clause.level in HEADING_LEVELS
        if clause.id not in left_out and not bare_heading and "subpt_" not in clause.id.rpartition("__")[2]:
            counts[clause.level] += 1
    return counts


def prefixed(draft: ParsedDraft, prefix: str) -> ParsedDraft:
    """Return the draft with a prefix before the id of every clause, as a further draft of a call keeps them."""
    if not prefix:
        return draft
    clauses = (
        replace(clause, id=f"{prefix}{clause.id}", parent=f"{prefix}{clause.parent}" if clause.parent else None)
        for clause in draft.clauses
    )
    return replace(draft, clauses=tuple(clauses))
