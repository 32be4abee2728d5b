"""From the lines of any source to the clause tree."""

import re
from collections.abc import Sequence

from consultations.drafts.assemble import Assembler
from consultations.drafts.builder import TreeBuilder
from consultations.drafts.contents import leave_out_contents
from consultations.drafts.forms import Text, settle_forms
from consultations.drafts.front import read_front
from consultations.drafts.labels import CHINESE, ENGLISH
from consultations.drafts.line_marks import mark_of
from consultations.drafts.lines import SourceLine, join_wrapped
from consultations.drafts.tree import Doubt, ParsedDraft
from engage.errors import Refused

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile("[A-Za-z]")


def read_lines(lines: Sequence[SourceLine], doubts: Sequence[Doubt], language: str | None) -> ParsedDraft:
    """Parse the lines of a source. `doubts`: those its reader already had. Raises Refused("no_text")."""
    if not lines:
        raise Refused("no_text")
    language = language or language_of(lines)
    joined, count = join_wrapped(lines, lambda line: mark_of(line, language) is not None)
    text = Text(joined, [mark_of(line, language) for line in joined], language, list(doubts))
    if count:
        text.doubt(lines[0].line, "lines_joined", lines=count)
    leave_out_contents(text)
    if not text.lines:
        raise Refused("no_text")
    settle_forms(text)
    restart = _articles_restart(text)
    builder = TreeBuilder(language, articles_restart=restart is not None)
    if restart is not None:
        text.doubt(restart, "articles_restart")
    front = read_front(text, builder)
    Assembler(text, builder).read(front.body)
    builder.attach(text.lines)
    builder.doubts.extend(text.doubts)
    return builder.draft(title=front.title, note=front.note)


def language_of(lines: Sequence[SourceLine]) -> str:
    """Return "zh-hans" when a good part of the letters are Chinese characters, else "en"."""
    sample = "".join(line.text for line in lines[:400])[:40_000]
    chinese, latin = len(_HAN.findall(sample)), len(_LATIN.findall(sample))
    return CHINESE if chinese * 4 >= latin and chinese else ENGLISH


def _articles_restart(text: Text) -> int | None:
    """Return the line where article numbers first begin again, when they do so in every chapter; None otherwise."""
    first_again, ones, under_chapter = None, 0, True
    for line, mark in zip(text.lines, text.marks, strict=True):
        if mark is None or mark.kind == "annex":
            if mark is not None:
                break
        elif mark.kind in ("part", "chapter"):
            under_chapter = True
        elif mark.kind == "article":
            if mark.number == "1":
                if not under_chapter:
                    return None
                ones += 1
                first_again = line.line if ones == 2 else first_again
            under_chapter = False
    return first_again
