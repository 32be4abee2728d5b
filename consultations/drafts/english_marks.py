"""The marks of English drafts: Part, Chapter, Section, Article, "12A.", (1), (a), (i), Schedule and their variants.

Which of "Article 5", "Section 5" and "5." is the article of a given draft is decided later, over the whole text; here
each is only recognised (forms "article", "section", "5.", "5").
"""

import re

from consultations.drafts.marks import Mark
from consultations.drafts.numerals import from_letters, from_roman, from_words

_WORDS = {
    "part": "part", "book": "part", "title": "title", "subpart": "subpart", "chapter": "chapter",
    "division": "division", "subdivision": "subdivision", "subtitle": "subdivision", "article": "article",
    "art": "article", "section": "section", "sec": "section", "§": "section", "clause": "section",
    "regulation": "section", "rule": "section", "schedule": "annex", "annex": "annex", "appendix": "annex",
    "attachment": "annex",
}  # fmt: skip
_HEAD = re.compile(
    r"(?P<word>§|(?i:Part|Book|Title|Subpart|Chapter|Division|Subdivision|Subtitle|Article|Art\.|Section|Sec\.|Clause|"
    r"Regulation|Rule|Schedule|Annex|Appendix|Attachment))\s*"
    r"(?P<number>(?<=[\s§])(?:[0-9]{1,6}(?:[.-][0-9]{1,4}){0,3}[A-Za-z]{0,3}|[IVXLCDM]+[A-Z]?|[A-Z][A-Za-z]*(?:-[A-Za-z]+)?))(?![\w(])"
    r"(?P<mark>\s*[.:—–-]+)?(?P<rest>.*)$",
    re.DOTALL,
)
_BARE_ANNEX = re.compile(r"(SCHEDULES?|ANNEX(?:ES)?|APPENDIX|APPENDICES|Schedules?|Annex(?:es)?|Appendix|"
                         r"EXPLANATORY (?:NOTES?|MEMORANDUM)|Explanatory (?:notes?|memorandum)|ENDNOTES)$")  # fmt: skip
_PREAMBLE = re.compile(r"(?:PREAMBLE|Preamble|RECITALS|Recitals|WHEREAS|Whereas):?$")
_CLOSING = re.compile(r"(?:Done|Given|Signed|Made) (?:at|in|under|by) .{3,120}$")
_NUMBERED = re.compile(r"([0-9]{1,4}[A-Z]{0,3})(\.?)(?:\s*[—–-]+\s*|\s+|$)(.*)$", re.DOTALL)
_DECIMAL = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,3}){1,3})\.?\s+(.*)$", re.DOTALL)
_BRACKETED = re.compile(r"\(\s?([0-9]{1,3}[A-Z]{0,2}|[A-Za-z]{1,5}|[a-z]{1,2}[0-9]{1,2})\s?\)\s*(.*)$", re.DOTALL)
_HALF = re.compile(r"([0-9]{1,3}|[a-z]|[ivx]{1,5})\)\s+(.*)$", re.DOTALL)
_LETTER_DOT = re.compile(r"([a-z]|[ivx]{2,5}|[A-Z])\.\s+(.*)$", re.DOTALL)
_LEADER = re.compile(r"(?:\s*(?:\.{2,}|…)[\s.…]*|\t)\s*[0-9]{1,4}$|[.…]{3,}$")
_SEPARATORS = " \t.:—–-"
_FORM_WIDTH = 160


def read_mark(text: str) -> Mark | None:
    """Return the mark at the beginning of a line of an English draft, if there is one."""
    first = text[0]
    if first == "(":
        return _bracketed(text)
    if first.isdigit():
        return _decimal(text) or _half(text) or _numbered(text)
    if first.isalpha() or first == "§":
        return _head(text) or _bare(text) or _half(text) or _letter(text)
    return None


def _head(text: str) -> Mark | None:
    if not text[0].isupper() and text[0] != "§":
        return None
    found = _HEAD.match(text)
    if not found:
        return None
    number, numeral = number_of(found["number"])
    rest = found["rest"]
    if not number or (rest and not found["mark"] and rest[0] not in " \t"):
        return None
    words = rest.lstrip(_SEPARATORS + "\u00a0").rstrip()
    set_off = bool(found["mark"]) and "." not in found["mark"]
    if words[:1].islower() or words.startswith(("(", ",", ";")):
        if not (found["mark"] and words.startswith("(")):
            return None
    kind = _WORDS[found["word"].lower().rstrip(".")]
    label = " ".join(text[: found.end("number")].split())
    if kind not in ("article", "section") and (len(words) > _FORM_WIDTH or words.endswith((".", ";", ":", ","))):
        return None
    if kind in ("article", "section"):
        heading = words if set_off and heading_shaped(words) else ""
        if words.isupper() and len(words) <= _FORM_WIDTH:  # SEC. 2. DEFINITIONS.
            heading = words.rstrip(".")
        return Mark(kind, number, label, "" if heading else words, heading=heading, form=kind)
    return Mark(kind, number, label, "", heading=tidy_heading(words), form=numeral)


def number_of(text: str) -> tuple[str, str]:
    """Return (number, how it is written) of a heading number: "IV" is ("4", "roman"); ("", "") when it is none."""
    text = text.strip()
    if text[:1].isdigit():
        return text.replace("-", "."), "arabic"
    if (value := from_roman(text)) is not None and text.isupper():
        return str(value), "roman"
    if (value := from_words(text)) is not None:
        return str(value), "word"
    if len(text) == 1 and text.isupper():
        return text, "letter"
    if text[:-1].isupper() and text[-1:].isupper() and (value := from_roman(text[:-1])) is not None:
        return f"{value}{text[-1]}", "roman"
    return "", ""


def tidy_heading(words: str) -> str:
    """Return a heading without the dots and page number of a contents line."""
    return " ".join(_LEADER.sub("", words).split())


def heading_shaped(words: str) -> bool:
    """Tell whether words look like a heading: short, capitalised, no sentence end, no list lead-in."""
    return (
        0 < len(words) <= 140
        and not words.endswith((".", ";", ":", ",", "—", " and", " or"))
        and (words[0].isupper() or words[0].isdigit() or words[0] in "‘“'\"[")
        and any(map(str.isalpha, words))
        and "; " not in words
        and ". " not in words
    )


def titled(words: str) -> str:
    """Return the heading in "Term of Office." (its long words capitalised, few of them, then a full stop), else ""."""
    heading = words.removesuffix(".")
    long = [word for word in heading.split() if len(word) > 3]
    fits = words.endswith(".") and heading_shaped(heading) and len(heading.split()) <= 6
    return heading if fits and long and all(word[0].isupper() for word in long) else ""


def _bare(text: str) -> Mark | None:
    if len(text) <= 40 and _BARE_ANNEX.match(text):
        return Mark("annex", "", "", "", heading=text)
    if len(text) <= 12 and _PREAMBLE.match(text):
        return Mark("preamble", "", "", "", heading=text.rstrip(":"))
    if len(text) <= 130 and _CLOSING.match(text) and text.split(" ", 1)[0] != "Made":
        return Mark("closing", "", "", text)
    return None


def _numbered(text: str) -> Mark | None:
    """ "12. Heading", "12 Heading", "12A.—(1) Text": an article in drafts without the word, a paragraph in others."""
    found = _NUMBERED.match(text)
    if not found:
        return None
    words = found[3].strip()
    dash = text[found.end(2) : found.start(3)].strip()
    if not found[2] and not dash and words and not (words[0].isupper() or words[0] in "(‘“'\"["):
        return None
    form = "5." if found[2] or dash else "5"
    return Mark("list", found[1], found[1] + found[2], words, values=(("1.", _place(found[1])),), form=form)


def _place(number: str) -> int:
    return int(re.match(r"[0-9]+", number)[0])  # type: ignore[index]


def _decimal(text: str) -> Mark | None:
    found = _DECIMAL.match(text)
    if not found:
        return None
    parts = found[1].split(".")
    values = ((f"d{len(parts)}", int(parts[-1])),)
    return Mark("list", parts[-1], found[1], found[2].strip(), values=values, form=found[1])


def _bracketed(text: str) -> Mark | None:
    found = _BRACKETED.match(text)
    if not found:
        return None
    token, rest = found[1], found[2].strip()
    values = _readings(token, "(", ")")
    return Mark("list", token, f"({token})", rest, values=values, form="(1)") if values else None


def _half(text: str) -> Mark | None:
    found = _HALF.match(text)
    if not found:
        return None
    return Mark("list", found[1], f"{found[1]})", found[2].strip(), values=_readings(found[1], "", ")"), form="1)")


def _letter(text: str) -> Mark | None:
    """ "a. text": not an initial ("A. Smith") unless the words after it begin a clause."""
    found = _LETTER_DOT.match(text)
    if not found or (found[1].isupper() and not heading_shaped(found[2])):
        return None
    return Mark("list", found[1], f"{found[1]}.", found[2].strip(), values=_readings(found[1], "", "."), form="a.")


def _readings(token: str, before: str, after: str) -> tuple[tuple[str, int], ...]:
    """Return each (style, place) a list token can be read as; "aa" follows "z" or stands between "a" and "b"."""
    if token[0].isdigit():
        return ((f"{before}1{after}", _place(token)),)
    readings = []
    case = "A" if token.isupper() else "a"
    if not (token.isupper() or token.islower() or token[-1].isdigit()):
        return ()
    letters = token.rstrip("0123456789")
    if (place := from_letters(letters)) is not None and len(letters) <= 2:
        readings.append((f"{before}{case}{after}", place))
        if len(letters) == 2:  # "aa" after "z", or put between "a" and "b"
            readings.append((f"{before}{case}{after}", place - 26))
    elif len(letters) == 2:  # "ab": put between two older points
        readings.append((f"{before}{case}{after}", ord(letters[0].lower()) - ord("a") + 1))
    if (value := from_roman(letters)) is not None:
        readings.append((f"{before}{'I' if case == 'A' else 'i'}{after}", value))
    return tuple(readings)
