"""What stands before the first clause: title, passing note, preamble."""

import re
from dataclasses import dataclass

from consultations.drafts.builder import TreeBuilder
from consultations.drafts.forms import STRUCTURE, Text
from consultations.drafts.labels import CHINESE
from consultations.drafts.lines import SourceLine
from consultations.drafts.marks import Mark

_STATUS = re.compile(
    r"[（(][^（）()]{0,20}(?:稿|草案|试行|暂行|修正|修订)[^（）()]{0,6}[）)]$|\(?(?:consultation )?draft\)?$",
    re.IGNORECASE,
)
_CHINESE_NOTE = re.compile(
    r"[（(].*[）)]$|(?=.*\d{4}年\d{1,2}月\d{1,2}日)"
    r"(?=.*(?:通过|公布|发布|施行|实施|实行|修订|修正|批准|印发))[^。]{8,200}$"
)
_ENGLISH_NOTE = re.compile(
    r"[(\[].*[)\]]\.?$|\d{4} (?:CHAPTER|No\.) .*"
    r"|(?:Made|Laid before|Coming into force|Adopted|Passed|Enacted|Approved)\b.{0,160}$"
)
_ENGLISH_TITLE_GOES_ON = re.compile(r"(?:of|on|to|for|amending|concerning|laying|establishing|and) ")
_ENGLISH_TITLE = re.compile(
    r"(?:The |Draft )?.{3,140}\b(?:Act|Bill|Regulations?|Order|Rules|Ordinance|Code|Law|Policy)\b"
    r"(?: \(.{1,40}\))?(?: \d{4})?$"
)


@dataclass(slots=True)
class Front:
    """`title` and `note` ("" when none); `body`: the index of the first line of the text proper."""

    title: str
    note: str
    body: int


def read_front(text: Text, builder: TreeBuilder) -> Front:
    """Read everything before the first clause; what is neither title nor note goes into `builder` as preamble."""
    start = next((index for index in range(len(text.lines)) if _is_structure(text, index)), None)
    end = len(text.lines) if start is None else start
    head = list(range(end))
    title, title_line = _take_title(text, head, has_structure=start is not None)
    note = _take_note(text, head, title_line)
    if not title:
        builder.doubt(text.lines[0].line, "no_title")
    if start is None:
        builder.doubt(text.lines[0].line, "no_structure")
        return Front(title, note, head[0] if head else end)
    _add_preamble(text, head, builder)
    return Front(title, note, start)


def _is_structure(text: Text, index: int) -> bool:
    mark = text.marks[index]
    return mark is not None and mark.kind in STRUCTURE


def _take_title(text: Text, head: list[int], *, has_structure: bool) -> tuple[str, int]:
    """Remove the title's lines from `head`; return the title and the index of its first line (0 when there is none)."""
    if not head:
        return "", 0
    given = next((index for index in head if text.kind(index) == "title"), None)
    if given is not None:
        head.remove(given)
        mark = text.marks[given]
        return (mark.heading if mark is not None else ""), given
    styled = next((index for index in head if text.lines[index].title), None)
    first = styled if styled is not None else _likely_title(text, head)
    if first is None or (not has_structure and not _short(text.lines[first])):
        return "", 0
    words = [text.lines[first].text]
    place = head.index(first)
    del head[place]
    while place < len(head) and head[place] == first + len(words) and _title_goes_on(text, words, head[place]):
        words.append(text.lines[head[place]].text)
        del head[place]
    return ("" if text.language == CHINESE else " ").join(words), first


def _likely_title(text: Text, head: list[int]) -> int | None:
    if text.kind(head[0]) in ("note", "preamble") or text.lines[head[0]].plain:
        return None
    if text.language != CHINESE and not _ENGLISH_TITLE.match(text.lines[head[0]].text):
        named = [index for index in head[:12] if _ENGLISH_TITLE.match(text.lines[index].text)]
        if named and text.lines[head[0]].text.isupper():
            return named[0]  # "STATUTORY INSTRUMENTS", "2019 No. 12" and the like stand above the title
    return head[0]


def _short(line: SourceLine) -> bool:
    return len(line.text) <= 80 and not line.text.endswith(("。", "；", ";", "：")) and not line.plain


def _title_goes_on(text: Text, words: list[str], index: int) -> bool:
    line = text.lines[index]
    if line.plain or text.kind(index) not in ("", "list"):
        return False
    if text.language == CHINESE:
        return bool(_STATUS.match(line.text)) and not _STATUS.search(words[-1])
    if _STATUS.match(line.text):
        return True
    return words[0].isupper() and bool(_ENGLISH_TITLE_GOES_ON.match(line.text))


def _take_note(text: Text, head: list[int], title_line: int) -> str:
    """Remove the lines after the title that say when and by whom the text was passed; return them as one line."""
    given = [index for index in head if text.kind(index) == "note"]
    if given:
        head[:] = [index for index in head if index not in given]
        return _joined(text, [mark.heading for index in given if (mark := text.marks[index]) is not None])
    pattern = _CHINESE_NOTE if text.language == CHINESE else _ENGLISH_NOTE
    above = [index for index in head if index < title_line]  # "STATUTORY INSTRUMENTS" and the like
    del head[: len(above)]
    notes = []
    while (
        head
        and not text.lines[head[0]].plain
        and text.kind(head[0]) in ("", "list")
        and (pattern.match(text.lines[head[0]].text) or _opens_note(text, head))
    ):
        notes.append(text.lines[head.pop(0)].text)
        while head and _bracket_open(notes[-1]):
            notes[-1] += text.lines[head.pop(0)].text
    head[:0] = above
    return _joined(text, notes)


def looks_like_note(words: str, language: str) -> bool:
    """Tell whether a line after the title would be read as saying when and by whom the text was passed."""
    return bool((_CHINESE_NOTE if language == CHINESE else _ENGLISH_NOTE).match(words))


def _opens_note(text: Text, head: list[int]) -> bool:
    """Tell whether a bracket that opens on the next line closes within the three lines after it."""
    words = [text.lines[index].text for index in head[:4]]
    return (
        words[0].startswith(("（", "("))
        and any(not _bracket_open("".join(words[: count + 1])) for count in range(len(words)))
        and bool(re.search(r"\d{4}", words[0]))
    )


def _bracket_open(words: str) -> bool:
    return words.count("（") + words.count("(") > words.count("）") + words.count(")")


def _joined(text: Text, notes: list[str]) -> str:
    return ("；" if text.language == CHINESE else "; ").join(note for note in notes if note)


def _add_preamble(text: Text, head: list[int], builder: TreeBuilder) -> None:
    heading, kept, place = "", 0, 0
    while place < len(head):
        index = head[place]
        line, mark = text.lines[index], text.marks[index]
        place += 1
        if mark is not None and mark.kind == "preamble" and place < len(head) and text.kind(head[place]) != "preamble":
            heading = mark.heading
            continue
        kept += 1
        if mark is not None and _is_recital(text, mark):
            words = mark.rest
            if not words and place < len(head) and not text.kind(head[place]):
                words = text.lines[head[place]].text
                place += 1
            builder.add_loose("rec", mark.number, label=mark.label, line=line.line, text=words, heading=heading)
        else:
            builder.add_loose("preamble", "", label="", line=line.line, text=line.text, heading=heading)
        heading = ""
    if kept:
        builder.doubt(text.lines[head[0]].line, "preamble_kept", lines=kept)


def _is_recital(text: Text, mark: Mark) -> bool:
    return text.language != CHINESE and mark.kind == "list" and mark.form == "(1)" and mark.number.isdigit()
