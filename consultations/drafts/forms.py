"""Which marks mean what in this draft: decided over the whole text before any clause is placed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from consultations.drafts import chinese_marks, english_marks
from consultations.drafts.labels import CHINESE
from consultations.drafts.lines import SourceLine, ends_sentence
from consultations.drafts.marks import HEADS, Mark
from consultations.drafts.sequence import sequence_problem
from consultations.drafts.tree import Doubt

Marks = list[Mark | None]
_LONGEST_HEADING = 200
STRUCTURE = frozenset(HEADS) - {"annex"}


@dataclass(slots=True)
class Text:
    """A draft on its way: its lines, the mark of each, its language, and the doubts so far."""

    lines: list[SourceLine]
    marks: Marks
    language: str
    doubts: list[Doubt]

    def doubt(self, line: int, code: str, **values: object) -> None:
        self.doubts.append(Doubt(line, code, values))

    def heading_shaped(self, index: int) -> bool:
        """Tell whether an unmarked line looks like a heading."""
        if index >= len(self.lines) or self.marks[index] is not None or self.lines[index].plain:
            return False
        marks = chinese_marks if self.language == CHINESE else english_marks
        return marks.heading_shaped(self.lines[index].text)

    def kind(self, index: int) -> str:
        """Return the kind of the mark of a line; "" for plain words, "end" past the last line."""
        if index >= len(self.lines):
            return "end"
        mark = self.marks[index]
        return mark.kind if mark is not None else ""


def settle_forms(text: Text) -> None:
    """Give every mark of `text` its final kind, in place."""
    for index, mark in enumerate(text.marks):
        if mark is not None and mark.kind == "reference":
            text.marks[index] = None
    _settle_headings_by_style(text)
    if text.language == CHINESE:
        _settle_chinese(text)
    else:
        _settle_english(text)
    _drop_early_annexes(text)


# Chinese


def _settle_chinese(text: Text) -> None:
    has_articles = any(mark is not None and mark.kind == "article" for mark in text.marks)
    if has_articles:
        _believe_in_sequence(text)
        _lift_chapters_written_as_lists(text)
        return
    for form, least in (("一、", 1), ("1.", 2)):
        indexes = [index for index, mark in enumerate(text.marks) if mark is not None and mark.form == form]
        if len(indexes) >= least:
            for index in indexes:
                mark = text.marks[index]
                assert mark is not None
                text.marks[index] = mark.as_kind("article")
            return


def _believe_in_sequence(text: Text) -> None:
    """A mark that may be a reference is an article only when its number comes next and a sentence ended before it."""
    last = ""
    for index, mark in enumerate(text.marks):
        if mark is None or mark.kind != "article":
            continue
        ended = index == 0 or text.marks[index - 1] is not None or ends_sentence(text.lines[index - 1].text)
        if mark.doubtful and (sequence_problem(last, mark.number) or not ended):
            text.doubt(text.lines[index].line, "number_is_a_reference", label=mark.label)
            text.marks[index] = None
        else:
            last = mark.number


def _lift_chapters_written_as_lists(text: Text) -> None:
    """Some rules number chapters 一、 and the articles below them 第一条: such a line is a chapter heading."""
    chapters = 0
    for index, mark in enumerate(text.marks):
        if mark is None or mark.form != "一、" or mark.kind != "list" or text.kind(index + 1) != "article":
            continue
        if mark.number == str(chapters + 1) and chinese_marks.heading_shaped(mark.rest):
            chapters += 1
            text.marks[index] = replace(mark, kind="chapter", heading=chinese_marks.tidy_heading(mark.rest), rest="")


# English


def _settle_english(text: Text) -> None:
    _rank_upper_levels(text)
    articles = _score(text, "article")
    sections = _score(text, "section")
    numbered = {form: _score(text, form) for form in ("5.", "5")}
    explicit = any(mark is not None and mark.kind == "article" and mark.form == "directive" for mark in text.marks)
    alone = any(mark is not None and mark.form == "article" and not mark.rest for mark in text.marks)
    has_articles = explicit or articles >= 2 or (articles == 1 and (alone or max(numbered.values()) < 2))
    if has_articles:
        if sections and _sections_lie_in_articles(text):
            _turn(text, "article", _as_chapter)
            _turn(text, "section", lambda mark: mark.as_kind("article"))
        else:
            _turn(text, "section", _as_section_heading)
    elif sections and sections >= max(numbered.values()):
        _turn(text, "article", lambda mark: None)
        _turn(text, "section", lambda mark: mark.as_kind("article"))
    else:
        _turn(text, "article", lambda mark: None)
        _turn(text, "section", lambda mark: None)
        if max(numbered.values()) >= 2:
            _number_articles(text, "5." if numbered["5."] >= numbered["5"] else "5")
    for index, mark in enumerate(text.marks):
        if mark is not None and mark.kind == "list" and mark.form == "5":
            text.marks[index] = None


def _rank_upper_levels(text: Text) -> None:
    """Title and Part, Division and Chapter: whichever comes first in the text is the outer one."""
    printed = [mark.kind for mark in text.marks if mark is not None and mark.form != "directive"]
    order = list(dict.fromkeys(kind for kind in printed if kind in ("title", "part")))
    kinds = {"division": "chapter", "subdivision": "section", "title": "part"}
    if order == ["title", "part"]:
        kinds["part"] = "subpart"
    elif order == ["part", "title"]:
        kinds["title"] = "subpart"
    for index, mark in enumerate(text.marks):
        if mark is not None and mark.kind in kinds and mark.form != "directive":
            text.marks[index] = mark.as_kind(kinds[mark.kind])


def _score(text: Text, form: str) -> int:
    """Return how many marks of a form follow one another: how far the form carries the text.

    A bare number must begin at 1; "Article 12" may begin an extract.
    """
    last, count = None if form.isalpha() else 0, 0
    for mark in text.marks:
        if mark is not None and mark.form == form and mark.number.isdigit() and last in (None, int(mark.number) - 1):
            last, count = int(mark.number), count + 1
    return count


def _turn(text: Text, form: str, change: Callable[[Mark], Mark | None]) -> None:
    for index, mark in enumerate(text.marks):
        if mark is not None and mark.form == form:
            text.marks[index] = change(mark)


def _sections_lie_in_articles(text: Text) -> bool:
    """Tell bylaws (ARTICLE II, then Section 1, 2, 3) from European acts (Section 1, then Article 12, 13)."""
    heads = [mark.form for mark in text.marks if mark is not None and mark.form in ("article", "section")]
    before_article = sum(pair == ("section", "article") for pair in zip(heads, heads[1:], strict=False))
    return heads[0] == "article" and before_article * 2 < heads.count("section")


def _as_chapter(mark: Mark) -> Mark:
    return replace(mark, kind="chapter", heading=english_marks.tidy_heading(mark.heading or mark.rest), rest="")


def _as_section_heading(mark: Mark) -> Mark | None:
    words = mark.heading or mark.rest
    if words and not english_marks.heading_shaped(words):
        return None
    return replace(mark, kind="section", heading=english_marks.tidy_heading(words), rest="")


def _number_articles(text: Text, form: str) -> None:
    """Turn "12." or "12" into articles where the numbers go on; a list inside an article starts again at 1."""
    last, inner, restart, headed = "", 0, True, False
    for index, mark in enumerate(text.marks):
        if mark is None:
            continue
        if mark.kind in ("annex", "part", "chapter"):
            last, inner, restart = ("" if mark.kind == "annex" else last), 0, True
        if mark.kind != "list" or mark.form != form:
            continue
        place, shaped = mark.values[0][1], english_marks.heading_shaped(mark.rest)
        problem = "" if mark.number == "1" and restart else sequence_problem(last, mark.number)
        goes_on_inside = inner > 0 and place == inner + 1 and (bool(problem) or (headed and not shaped))
        if goes_on_inside or (problem == "out_of_order" and mark.number == "1"):
            inner = place
        elif form == "5." or not problem or (problem == "missing_numbers" and place <= _head(last) + 5 and shaped):
            last, inner, restart, headed = mark.number, 0, False, shaped
            text.marks[index] = mark.as_kind("article")


def _head(number: str) -> int:
    digits = "".join(character for character in number.partition(".")[0] if character.isdigit())
    return int(digits) if digits else 0


# Both


def _settle_headings_by_style(text: Text) -> None:
    """Lines that a style or mark makes headings but that carry no number become headings of a fitting level."""
    ranked = [
        index for index, line in enumerate(text.lines)
        if line.rank and text.marks[index] is None and not line.plain and len(line.text) <= _LONGEST_HEADING
    ]  # fmt: skip
    if ranked and ranked[0] == 0:
        ranked = ranked[1:]  # the title
    if not ranked:
        return
    numbered = {
        text.lines[index].rank: mark.kind for index, mark in enumerate(text.marks)
        if mark is not None and mark.kind in STRUCTURE and text.lines[index].rank
    }  # fmt: skip
    if not any(mark is not None and mark.kind in STRUCTURE for mark in text.marks):
        levels = _levels_for([text.lines[index].rank for index in ranked])
    else:
        levels = {rank: _near_level(rank, numbered) for rank in {text.lines[index].rank for index in ranked}}
    for index in ranked:
        line = text.lines[index]
        text.marks[index] = Mark(levels[line.rank], "", "", "", heading=line.text, form="style")


def _levels_for(ranks: Sequence[int]) -> dict[int, str]:
    """Without any number the innermost heading is the article, the unit people comment on."""
    distinct = sorted(set(ranks))
    names = ("part", "chapter", "section", "article")
    if len(distinct) <= 4:
        fitting = {1: names[3:], 2: ("chapter", "article"), 3: names[1:], 4: names}
        return dict(zip(distinct, fitting[len(distinct)], strict=True))
    return {rank: names[min(place, 3)] for place, rank in enumerate(distinct)}


def _near_level(rank: int, numbered: dict[int, str]) -> str:
    if rank in numbered:
        return numbered[rank]
    above = [other for other in numbered if other < rank]
    if not above:
        return "chapter"
    order = ("part", "chapter", "section", "section")
    return order[min(order.index(numbered[max(above)]) + 1, 3)] if numbered[max(above)] in order else "section"


def _drop_early_annexes(text: Text) -> None:
    """An annex comes after the text: "附件：…办法" in the notice that carries a draft is no annex of the draft."""
    seen = False
    for index, mark in enumerate(text.marks):
        if mark is None:
            continue
        if mark.kind == "article" or (mark.kind in STRUCTURE and mark.form != "style"):
            seen = True
        elif mark.kind == "annex" and not seen and mark.form != "directive":
            text.marks[index] = None
