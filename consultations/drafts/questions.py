"""A list of consultation questions as a draft: each question is an article with its words as paragraphs below it.

So versions are aligned, comments counted, sorted and answered for questions exactly as for articles.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from consultations.drafts.builder import TreeBuilder
from consultations.drafts.footnotes import NoteWriter
from consultations.drafts.labels import CHINESE, question_label
from consultations.drafts.line_marks import as_directive, directive
from consultations.drafts.lines import SourceLine
from consultations.drafts.reading import language_of
from consultations.drafts.tree import Doubt, ParsedClause, ParsedDraft
from engage.errors import Refused

_TITLE = re.compile(r"#{1,6}\s+(.*)$")
# 1.  1)  1、  (1)  （1）  一、  （一）  Q1:  Question 1.  问题1：  问题一、
_NUMBER = re.compile(
    r"(?:(?:Question|Q)\s*[0-9]{1,3}\s*[.:：)—-]?|问题\s*[0-9一二三四五六七八九十]{1,4}\s*[、：:.．]?"
    r"|[(（][0-9一二三四五六七八九十]{1,4}[)）]|[0-9]{1,3}\s*[.、．)）](?![0-9])|[一二三四五六七八九十]{1,3}、)\s*(?=\S)",
    re.IGNORECASE,
)
MOST = 200


def read_questions(lines: Sequence[SourceLine], doubts: Sequence[Doubt], language: str | None) -> ParsedDraft:
    """Read questions from the lines of any source; they are numbered in their order.

    A line with a number in front begins a question. Where no line has one, each group of lines between blank lines is
    a question; where there are no blank lines either, each line. Raises Refused("no_text"), Refused("many_questions",
    most=...).
    """
    if not lines:
        raise Refused("no_text")
    language = language or language_of(lines)
    title, rest = _title(lines, language)
    if not rest:
        raise Refused("no_text")
    builder = TreeBuilder(language)
    builder.doubts.extend(doubts)
    for number, question in enumerate(_questions(rest), 1):
        if number > MOST:
            raise Refused("many_questions", most=MOST)
        label = question_label(str(number), language)
        builder.add("article", str(number), label=label, line=question[0].line)
        for place, line in enumerate(question, 1):
            builder.add("paragraph", str(place), label="", line=line.line, text=line.text)
    builder.attach(rest)
    return builder.draft(
        title=title or ("征求意见的问题" if language == CHINESE else "Consultation questions"), note=""
    )


def _title(lines: Sequence[SourceLine], language: str) -> tuple[str, Sequence[SourceLine]]:
    """Return the title, where the first line says or shows that it is one, and the lines after it."""
    first = lines[0]
    told = None if first.plain else directive(first.text, language)
    if told is not None and told.kind == "title":
        return told.heading, lines[1:]
    if not first.plain and (headed := _TITLE.match(first.text)):
        return headed[1].strip(), lines[1:]
    if first.title or first.rank:
        return first.text, lines[1:]
    return "", lines


def _questions(lines: Sequence[SourceLine]) -> list[list[SourceLine]]:
    numbered = [_bare(line) for line in lines]
    by_number = any(bare is not None for bare in numbered)
    by_gap = not by_number and any(line.gap for line in lines[1:])
    found: list[list[SourceLine]] = []
    for line, bare in zip(lines, numbered, strict=True):
        begins = not found or (bare is not None if by_number else line.gap if by_gap else True)
        shown = bare or line
        if begins:
            found.append([shown])
        else:
            found[-1].append(shown)
    return found


def _bare(line: SourceLine) -> SourceLine | None:
    """Return a numbered line without its number; None for another line."""
    found = None if line.plain else _NUMBER.match(line.text)
    if found is None:
        return None
    cut = found.end()
    notes = tuple(replace(note, at=max(note.at - cut, 0)) for note in line.notes)
    return replace(line, text=line.text[cut:], notes=notes)


def questions_text(parsed: ParsedDraft, language: str | None = None) -> str:
    """Return the questions as an editor corrects them; `parse_questions` of it gives the same ones."""
    notes = NoteWriter(parsed)
    title = as_directive("title", parsed.title, language or parsed.language)
    return "\n".join([title, *_written(parsed.clauses, notes), *notes.definitions()]) + "\n"


def _written(clauses: Sequence[ParsedClause], notes: NoteWriter) -> Iterator[str]:
    opening = ""
    for clause in clauses:
        if clause.level == "article":
            yield ""
            opening = f"{clause.number}. "
            continue
        # A further line that begins like a question, or like a note, stands behind a backslash.
        words = clause.text
        escaped = words.startswith(("\\", "[", "#")) or _NUMBER.match(words) is not None
        front = opening or ("\\" if escaped else "")
        yield notes.noted(f"{front}{words}", clause)
        opening = ""
