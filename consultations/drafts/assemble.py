"""Places each line of the text proper in the tree."""

import re
from dataclasses import replace

from consultations.drafts import chinese_marks, english_marks
from consultations.drafts.builder import TreeBuilder
from consultations.drafts.forms import Text
from consultations.drafts.labels import CHINESE
from consultations.drafts.line_marks import mark_of
from consultations.drafts.lines import SourceLine, ends_sentence
from consultations.drafts.marks import HEADS, Mark
from consultations.drafts.numerals import CHINESE_CHARACTERS
from consultations.drafts.sequence import ChineseLists, EnglishLists, Placement

_INSIDE_CHINESE = re.compile(
    rf"[。；](第[{CHINESE_CHARACTERS}0-9]{{1,12}}条)[ 　]|[；：。][ 　]?([（(][二三四五六七八九十]{{1,3}}[）)])"
)
_INSIDE_ENGLISH = re.compile(r"[.;]\s+((?:Article|Section) [0-9]+[A-Z]?)[.:]?\s+[A-Z]")
_MARKS_A_LINE = 3  # "5 (1) (a)": more marks in a row are words
_DEEPEST = 3  # levels kept below a sub-item; ids stay short
_SCHEDULE_REFERENCE = re.compile(r"(?:Sections?|Articles?|Regulations?|Clauses?) [0-9][\w(), and-]{0,40}$")
_INDIAN_HEADING = re.compile(r"(.{2,120}?)\.\s?[—–]\s?(.+)$", re.DOTALL)


class Assembler:
    """Walks the lines once. `_lists` and `_numbered` describe the article (or heading) now open."""

    def __init__(self, text: Text, builder: TreeBuilder) -> None:
        self._text = text
        self._builder = builder
        self._chinese = text.language == CHINESE
        self._next_list = _following_lists(text)
        self._article_headings: list[tuple[int, str]] = []
        self._articles = 0
        self._article_style: tuple[str, str] | None = None
        self._closing = False
        self._pending_heading = ""
        self._begin()

    def read(self, start: int) -> None:
        """Place every line from index `start` on."""
        index = start
        while index < len(self._text.lines):
            mark = self._text.marks[index]
            if mark is None or mark.kind in ("preamble", "title", "note"):
                index = self._plain(index)
            elif mark.kind == "article":
                index = self._article(index, mark)
            elif mark.kind in HEADS:
                index = self._heading(index, mark)
            elif mark.kind == "closing":
                index = self._close_text(index)
            else:
                index = self._list(index, mark)
        self._doubt_guessed_headings()

    def _begin(self) -> None:
        """Forget the lists and paragraphs of the article before."""
        self._lists = ChineseLists() if self._chinese else EnglishLists()
        self._numbered: bool | None = None  # whether the paragraphs here carry numbers; unknown until the first
        self._paragraphs = 0
        self._last_words = ""
        self._after_list = False

    # Headings

    def _heading(self, index: int, mark: Mark) -> int:
        line = self._text.lines[index]
        heading, after = mark.heading, index + 1
        reference = None
        if mark.kind == "annex" and not heading and self._refers_to_text(after):
            reference, after = self._text.lines[after], after + 1  # "SCHEDULE 1 / Section 5 / Public bodies"
        if not heading and self._text.heading_shaped(after) and (self._text.kind(after + 1) or not self._chinese):
            heading, after = self._text.lines[after].text, after + 1
        elif not heading and self._chinese and mark.kind == "annex" and self._text.heading_shaped(after):
            heading, after = self._text.lines[after].text, after + 1
        if mark.kind == "annex":
            self._builder.close_all()
            self._closing = False
            self._builder.doubt(line.line, "annex_kept", label=mark.label or heading)
        self._builder.add(mark.kind, mark.number, label=mark.label, line=line.line, heading=heading)
        self._begin()
        if reference is not None:
            self._paragraph(reference)
        return after

    def _refers_to_text(self, index: int) -> bool:
        return (
            not self._chinese and not self._text.kind(index) and self._text.heading_shaped(index + 1)
            and bool(_SCHEDULE_REFERENCE.match(self._text.lines[index].text))
        )  # fmt: skip

    def _article(self, index: int, mark: Mark) -> int:
        line = self._text.lines[index]
        heading, rest, after = mark.heading, mark.rest, index + 1
        if not heading and rest:
            heading, rest = self._split_heading(index, rest)
        elif not heading and self._heads_article(after):
            heading, after = self._text.lines[after].text, after + 1
        if not heading and self._pending_heading:
            heading = self._pending_heading
        self._pending_heading = ""
        self._doubt_other_style(line.line, mark)
        self._articles += 1
        self._builder.add("article", mark.number, label=mark.label, line=line.line, heading=heading)
        self._begin()
        if rest:
            self._content(SourceLine(rest, line.line), index)
        elif self._text.kind(after) in (*HEADS, "end") and not heading:
            self._builder.doubt(line.line, "empty_clause", label=mark.label)
        return after

    def _doubt_other_style(self, line: int, mark: Mark) -> None:
        """One doubt where articles change between 第一条 and 第1条, "Article 1" and "1."."""
        style = f"{mark.form} {mark.label.isascii() or any(character.isdecimal() for character in mark.label)}"
        if self._article_style and style != self._article_style[0] and mark.label:
            self._builder.doubt(line, "mixed_numbering", label=mark.label, before=self._article_style[1])
        if mark.label:
            self._article_style = (style, mark.label)

    def _split_heading(self, index: int, rest: str) -> tuple[str, str]:
        """Return (heading, text) of the words after an article's number."""
        found = None if self._chinese else _INDIAN_HEADING.match(rest)
        if found and not found[1].endswith(")"):
            return found[1], found[2]
        follows = self._text.kind(index + 1)
        if follows not in ("", "list") or mark_of(SourceLine(rest, 0), self._text.language) is not None:
            return "", rest
        if not self._chinese and follows == "" and english_marks.titled(rest):
            return english_marks.titled(rest), ""
        if self._shaped(rest):
            self._article_headings.append((self._text.lines[index].line, rest))
            return rest, ""
        return "", rest

    def _heads_article(self, index: int) -> bool:
        """Tell whether the line after a lone article number is its heading: shaped so, and words follow it."""
        return self._text.heading_shaped(index) and self._text.kind(index + 1) in ("", "list")

    def _shaped(self, words: str) -> bool:
        probe = replace(self._text, lines=[SourceLine(words, 0)], marks=[None])
        return probe.heading_shaped(0)

    def _doubt_guessed_headings(self) -> None:
        """Headings told by shape alone are sure when most articles have one, and worth a look when few do."""
        if len(self._article_headings) * 2 < self._articles:
            for line, heading in self._article_headings:
                self._builder.doubt(line, "heading_guessed", heading=heading)

    # Lines within an article

    def _content(self, line: SourceLine, index: int) -> None:
        """Place words that follow a mark on its own line: they may begin with a list mark themselves."""
        mark = mark_of(line, self._text.language)
        if mark is not None and mark.kind == "list" and (mark.form != "5" or self._chinese):
            self._place(mark, line.line, mark.rest, self._next_list[index])
        else:
            self._paragraph(line)

    def _list(self, index: int, mark: Mark) -> int:
        line = self._text.lines[index]
        after, words = index + 1, mark.rest
        if not words and after < len(self._text.lines) and not self._text.kind(after):
            words, after = self._text.lines[after].text, after + 1
        if self._closing:
            self._builder.add_loose("closing", "", label="", line=line.line, text=f"{mark.label} {words}".strip())
        else:
            # Words on a line of their own begin with no mark: they were looked at already.
            self._place(mark, line.line, words, self._next_list[index], _MARKS_A_LINE if mark.rest else 0)
        return after

    def _place(
        self, mark: Mark, line: int, words: str, following: Mark | None, inner_marks: int = _MARKS_A_LINE
    ) -> None:
        """Place a list mark with its words, which may begin with up to `inner_marks` marks of deeper lists."""
        nested = self._nested(words, line) if inner_marks else None
        if self._numbered is None:
            self._numbered = not self._chinese
        placed = self._lists.place(mark, nested or following)
        if placed.problem:
            self._doubt_placement(line, mark, placed)
        levels = ("paragraph", "item", "subitem") if self._numbered else ("item", "subitem")
        level = levels[min(placed.depth, len(levels) - 1)]
        deeper = placed.depth - len(levels) + 1 if level == "subitem" else 0
        if deeper > 0:
            self._builder.doubt(line, "too_deep", label=mark.label)
        text = "" if nested else words
        deeper = min(max(deeper, 0), _DEEPEST)
        self._builder.add(level, mark.number, label=mark.label, line=line, text=text, deeper=deeper)
        if nested:
            self._place(nested, line, nested.rest, following, inner_marks - 1)
            return
        if not words:
            self._builder.doubt(line, "empty_clause", label=mark.label)
        self._after_words(line, words)
        self._after_list = True

    def _nested(self, words: str, line: int) -> Mark | None:
        """Return the list mark that words begin with: "(1)" in "2.—(1) A trader must", "(a)" in "(2) (a) the price"."""
        mark = mark_of(SourceLine(words, line), self._text.language) if words else None
        return mark if mark is not None and mark.form in ("(1)", "（一）", "（1）") else None

    def _doubt_placement(self, line: int, mark: Mark, placed: Placement) -> None:
        code = "number_again" if placed.problem == "duplicate_number" else placed.problem
        self._builder.doubt(line, code, number=mark.label, label=mark.label, before=placed.before)

    def _paragraph(self, line: SourceLine) -> None:
        if self._numbered is None:
            self._numbered = False
        if self._numbered:
            self._lists.close(keep=1)  # type: ignore[call-arg]
            number = ""
        else:
            self._lists.close()
            self._paragraphs += 1
            number = str(self._paragraphs)
        open_ended = self._last_words and not ends_sentence(self._last_words) and not self._closes_list(line.text)
        if open_ended and not line.plain and self._builder.is_open("article"):
            self._builder.doubt(line.line, "split_sentence")
        self._builder.add("paragraph", number, label="", line=line.line, text=line.text)
        self._after_list = False
        self._after_words(line.line, line.text)

    def _closes_list(self, words: str) -> bool:
        """Tell whether a line ends the sentence that a list is part of: "(b) ..., / is guilty of an offence."."""
        return self._after_list and (self._last_words.endswith((",", "，", "、")) or words[0].islower())

    def _after_words(self, line: int, words: str) -> None:
        found = (_INSIDE_CHINESE if self._chinese else _INSIDE_ENGLISH).search(words)
        if found:
            self._builder.doubt(line, "clause_inside_line", label=next(group for group in found.groups() if group))
        self._last_words = words

    # Lines without a mark

    def _plain(self, index: int) -> int:
        line = self._text.lines[index]
        mark = self._text.marks[index]
        words = line.text if mark is None else mark.heading or line.text
        if self._closing:
            self._builder.add_loose("closing", "", label="", line=line.line, text=words)
        elif not line.plain and self._stands_over_article(index):
            self._unnumbered_heading(index)
        else:
            inside = self._builder.is_open("article") or self._builder.is_open("annex")
            if not inside and self._articles_follow(index):
                self._builder.doubt(line.line, "stray_line")
            self._paragraph(replace(line, text=words))
        return index + 1

    def _articles_follow(self, index: int) -> bool:
        return self._articles > 0 or "article" in {self._text.kind(index + step) for step in range(1, 6)}

    def _stands_over_article(self, index: int) -> bool:
        """Tell a heading without a number from a line of the article before it."""
        if not self._text.heading_shaped(index) or (self._last_words and not ends_sentence(self._last_words)):
            return False
        if self._text.kind(index + 1) == "article":
            return not self._chinese or len(self._text.lines[index].text) <= 20
        return not self._chinese and self._text.heading_shaped(index + 1) and self._text.kind(index + 2) == "article"

    def _unnumbered_heading(self, index: int) -> None:
        line = self._text.lines[index]
        heading = chinese_marks.tidy_heading(line.text) if self._chinese else line.text
        over = self._text.marks[index + 1]
        if (
            not self._chinese
            and over is not None
            and over.kind == "article"
            and not over.heading
            and (over.rest and not self._shaped(over.rest))
        ):
            self._pending_heading = heading  # United Kingdom regulations print the heading above the number
            return
        self._builder.doubt(line.line, "unnumbered_heading", heading=heading)
        level = "chapter" if self._chinese and heading.endswith("则") else "section"
        self._builder.add(level, "", label="", line=line.line, heading=heading)
        self._begin()

    def _close_text(self, index: int) -> int:
        line, mark = self._text.lines[index], self._text.marks[index]
        words = mark.heading if mark is not None and mark.form == "directive" else line.text
        if self._builder.is_open("annex"):
            self._paragraph(replace(line, text=words))
            return index + 1
        if not self._closing:
            self._builder.doubt(line.line, "closing_kept")
        self._closing = True
        self._builder.close_all()
        self._builder.add_loose("closing", "", label="", line=line.line, text=words)
        return index + 1


def _following_lists(text: Text) -> list[Mark | None]:
    """Return for each line the next list mark after it, within the same article."""
    following: list[Mark | None] = [None] * len(text.lines)
    coming: Mark | None = None
    for index in range(len(text.lines) - 1, -1, -1):
        following[index] = coming
        mark = text.marks[index]
        if mark is not None:
            coming = mark if mark.kind == "list" else None
    return following
