"""Builds the clause tree: parents, ids, and the doubts that numbers raise. One pass, constant work a clause."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from consultations.drafts.lines import SourceLine
from consultations.drafts.sequence import sequence_problem
from consultations.drafts.tree import Doubt, Note, ParsedClause, ParsedDraft, counted
from engage.errors import Refused

MAX_CLAUSES = 100_000  # the longest codes have some 4,000; 10,000 articles some 50,000
EXCERPT = 500  # characters of a footnote or text box that a doubt repeats; the file itself stays with the sender
_MOST_OF_A_CODE = 300  # a person looks at no more, and a report stays readable
_DEPTH = {"annex": 0, "part": 1, "subpart": 2, "chapter": 3, "section": 4, "article": 5, "paragraph": 6, "item": 7,
          "subitem": 8}  # fmt: skip
_ABBREVIATION = {"annex": "annex", "part": "part", "subpart": "subpt", "chapter": "chp", "section": "sec",
                 "article": "art", "paragraph": "para", "item": "item", "subitem": "subitem"}  # fmt: skip
# What the id of a heading names above itself. An article names only its annex, so that moving it between chapters
# keeps its id; a chapter does not name the 分编, across which chapters are numbered on.
_ID_PARENTS = {"annex": (), "part": ("annex",), "subpart": ("part", "annex"), "chapter": ("part", "annex"),
               "section": ("chapter", "part", "annex"), "article": ("annex",)}  # fmt: skip


class TreeBuilder:
    """Collects clauses in reading order. `add` is the only way in; `draft` hands over the result."""

    def __init__(self, language: str, *, articles_restart: bool = False) -> None:
        self.language = language
        self.clauses: list[ParsedClause] = []
        self.doubts: list[Doubt] = []
        self._open: dict[str, str] = {}  # level -> id of the node that further clauses fall under
        self._subitems: list[str] = []
        self._ids: dict[str, int] = {}
        self._first_lines: dict[tuple[str, str], int] = {}
        self._last: dict[str, str] = {}
        self._last_labels: dict[str, str] = {}
        self._unnumbered: dict[str, int] = {}
        self._article_parents = ("chapter", "annex") if articles_restart else ("annex",)

    def doubt(self, line: int, code: str, **values: Any) -> None:
        self.doubts.append(Doubt(line, code, values))

    def is_open(self, level: str) -> bool:
        return level in self._open

    def last_number(self, level: str) -> str:
        """Return the number of the last clause of a heading level in its own series; "" before the first."""
        return self._last.get(self._series(level), "")

    def add(
        self, level: str, number: str, *, label: str, line: int, heading: str = "", text: str = "", deeper: int = 0
    ) -> str:
        """Append a clause under the open one above its level and return its id.

        `level` may also be "subpart" or "annex". `deeper`: for a sub-item, how many sub-items it lies under.
        Raises Refused("too_many_clauses").
        """
        if len(self.clauses) >= MAX_CLAUSES:
            raise Refused("too_many_clauses", limit=MAX_CLAUSES)
        self._close(level, deeper)
        parent = self._parent(level, deeper)
        if level in _ID_PARENTS:
            self._check_heading(level, number, label, line)
        clause_id = self._unique(self._id(level, number, parent))
        stored = "part" if level in ("subpart", "annex") else level
        self.clauses.append(ParsedClause(clause_id, stored, number, label, heading, parent, text, line))
        if level == "subitem":
            self._subitems.append(clause_id)
        else:
            self._open[level] = clause_id
        return clause_id

    def add_loose(self, prefix: str, number: str, *, label: str, line: int, text: str, heading: str = "") -> None:
        """Append a paragraph outside the enacting text: preamble, recital, closing line. It stands at the top."""
        if len(self.clauses) >= MAX_CLAUSES:
            raise Refused("too_many_clauses", limit=MAX_CLAUSES)
        if not number:
            self._unnumbered[prefix] = self._unnumbered.get(prefix, 0) + 1
        clause_id = self._unique(f"{prefix}_{_id_number(number) or self._unnumbered[prefix]}")
        self.clauses.append(ParsedClause(clause_id, "paragraph", number, label, heading, None, text, line))

    def attach(self, lines: Sequence[SourceLine]) -> None:
        """Hang the footnotes of the lines on the clauses that came of them."""
        if not any(line.notes for line in lines):
            return
        starts = [clause.line for clause in self.clauses]
        for line in lines:
            for note in line.notes:
                index, at = self._place_of(note, line, self._clauses_of(line, starts))
                if index < 0:
                    self.doubt(line.line, "footnote_left_out", text=note.text[:EXCERPT])
                    continue
                clause = self.clauses[index]
                self.clauses[index] = replace(clause, notes=(*clause.notes, replace(note, at=at)))
                self.doubt(line.line, "footnote_kept", text=note.text[:EXCERPT])

    def _clauses_of(self, line: SourceLine, starts: Sequence[int]) -> Sequence[int]:
        """Return the clauses that begin in a line; of one that only goes on with a clause, that clause.

        `starts`: the line of each clause. A mark or a number may stand on the line above its words.
        """
        first, end = bisect_left(starts, line.line), bisect_right(starts, line.line)
        if first < end:
            return range(first, end)
        beside = [index for index in (first - 1, first) if 0 <= index < len(starts)]
        return [
            index
            for index in beside
            if any(words and words in line.text for words in (self.clauses[index].text, self.clauses[index].heading))
        ]

    def _place_of(self, note: Note, line: SourceLine, indexes: Sequence[int]) -> tuple[int, int]:
        """Return the clause a note belongs to and where in its text; (-1, 0) when its line became no clause."""
        for index in indexes:
            words = self.clauses[index].text
            start = line.text.rfind(words) if words else -1
            if start >= 0 and start <= note.at <= start + len(words):
                return index, note.at - start
        for index in indexes:
            heading = self.clauses[index].heading
            if heading and heading in line.text:
                return index, -1
        return (indexes[-1], len(self.clauses[indexes[-1]].text)) if indexes else (-1, 0)

    def close_all(self) -> None:
        """Leave every open heading: what follows stands at the top."""
        self._open.clear()
        self._subitems.clear()

    def draft(self, *, title: str, note: str) -> ParsedDraft:
        clauses = tuple(self.clauses)
        return ParsedDraft(title, note, self.language, clauses, _bounded(self.doubts), counted(clauses))

    def _close(self, level: str, deeper: int) -> None:
        depth = _DEPTH[level]
        for other in [name for name in self._open if _DEPTH[name] >= depth]:
            del self._open[other]
        del self._subitems[deeper if level == "subitem" else 0 :]

    def _parent(self, level: str, deeper: int) -> str | None:
        if level == "subitem" and deeper and self._subitems:
            return self._subitems[-1]
        return max(self._open.items(), key=lambda pair: _DEPTH[pair[0]], default=(None, None))[1]

    def _id(self, level: str, number: str, parent: str | None) -> str:
        if level in _ID_PARENTS:
            above = self._article_parents if level == "article" else _ID_PARENTS[level]
            prefix = next((self._open[name] for name in above if name in self._open), "")
        else:
            prefix = parent or ""
        stem = f"{prefix}__{_ABBREVIATION[level]}" if prefix else _ABBREVIATION[level]
        if not number:
            if level == "annex":
                return stem
            self._unnumbered[stem] = self._unnumbered.get(stem, 0) + 1
            return f"{stem}_n{self._unnumbered[stem]}"
        return f"{stem}_{_id_number(number)}"

    def _unique(self, wanted: str) -> str:
        count = self._ids.get(wanted, 0) + 1
        self._ids[wanted] = count
        if count == 1:
            return wanted
        return self._unique(f"{wanted}_{count}")

    def _series(self, level: str) -> str:
        above = self._article_parents if level == "article" else _ID_PARENTS[level]
        return f"{next((self._open[name] for name in above if name in self._open), '')}|{level}"

    def _check_heading(self, level: str, number: str, label: str, line: int) -> None:
        if not number:
            return
        series = self._series(level)
        first_line = self._first_lines.get((series, number))
        if first_line is not None:
            self.doubt(line, "duplicate_number", number=label, first_line=first_line)
            return
        self._first_lines[series, number] = line
        before = self._last.get(series, "")
        problem = sequence_problem(before, number)
        if problem and not (level == "chapter" and not before and self._continues_chapters(number)):
            self.doubt(line, problem, number=label, before=self._last_labels.get(series, ""))
        if problem != "out_of_order":
            self._last[series], self._last_labels[series] = number, label

    def _continues_chapters(self, number: str) -> bool:
        """Chapters may be numbered on across parts: chapter 4 opens part 2 after chapter 3."""
        earlier = [last for series, last in self._last.items() if series.endswith("|chapter")]
        return any(not sequence_problem(last, number) for last in earlier)


def _bounded(doubts: list[Doubt]) -> tuple[Doubt, ...]:
    """Return the doubts in the order of their lines, those of one code cut off after _MOST_OF_A_CODE with a count."""
    kept: list[Doubt] = []
    seen: Counter[str] = Counter()
    first_cut: dict[str, Doubt] = {}
    for doubt in sorted(doubts, key=lambda doubt: doubt.line):
        seen[doubt.code] += 1
        if seen[doubt.code] <= _MOST_OF_A_CODE:
            kept.append(doubt)
        else:
            first_cut.setdefault(doubt.code, doubt)
    for code, doubt in first_cut.items():
        kept.append(Doubt(doubt.line, "more_like_this", {"count": seen[code] - _MOST_OF_A_CODE, "code": code}))
    return tuple(sorted(kept, key=lambda doubt: doubt.line))


def _id_number(number: str) -> str:
    """Return a number fit for an id: letters, digits and full stops (第十五条之一 is art_15.1)."""
    return "".join(character if character.isalnum() else "." for character in number)
