"""Computes the numbers Word shows in front of paragraphs; the file holds only the rules.

Rules: ISO/IEC 29500-1, 17.9. Counters belong to the abstract list, so two lists built on one definition count on
together unless one says where it starts again.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from consultations.drafts.numerals import to_chinese, to_chinese_digits, to_chinese_formal, to_letters, to_roman
from consultations.drafts.word.package import is_on, value, w
from consultations.drafts.word.styles import Styles

_LEVELS = 9
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 1 <= number <= len(signs) else str(number)


def _enclosed(first: int, count: int = 20) -> Callable[[int], str]:
    return lambda number: chr(first + number - 1) if 1 <= number <= count else str(number)


def _counting(number: int) -> str:
    """Return 一 to 九十九, then digit by digit, as Word's plain Chinese counting goes on."""
    return to_chinese(number) if number < 100 else to_chinese_digits(number)


def _ordinal(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalZero": lambda number: f"{number:02d}",
    "decimalHalfWidth": str,
    "decimalFullWidth": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalFullWidth2": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    "decimalEnclosedCircle": _enclosed(0x2460),
    "decimalEnclosedCircleChinese": _enclosed(0x2460),
    "decimalEnclosedFullstop": _enclosed(0x2488),
    "decimalEnclosedParen": _enclosed(0x2474),
    "numberInDash": lambda number: f"- {number} -",
    "ordinal": _ordinal,
    "upperRoman": lambda number: to_roman(number) if 0 < number < 5000 else str(number),
    "lowerRoman": lambda number: to_roman(number).lower() if 0 < number < 5000 else str(number),
    "upperLetter": lambda number: to_letters(number).upper() if number > 0 else str(number),
    "lowerLetter": lambda number: to_letters(number) if number > 0 else str(number),
    "chineseCounting": _counting,
    "chineseCountingThousand": to_chinese,
    "chineseLegalSimplified": to_chinese_formal,
    "ideographLegalTraditional": to_chinese_formal,
    "ideographDigital": to_chinese_digits,
    "ideographEnclosedCircle": _enclosed(0x3280, 10),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "japaneseCounting": to_chinese,
    "japaneseDigitalTenThousand": to_chinese_digits,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": to_chinese,
    "taiwaneseDigital": to_chinese_digits,
    "none": lambda number: "",
    "bullet": lambda number: "",
}


@dataclass(slots=True)
class _Level:
    start: int = 0
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    style: str = ""


@dataclass(slots=True)
class _List:
    """One w:num: its definition's key, its levels (its own overrides applied) and the starts it sets anew."""

    definition: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of a document and their counters. `unknown` collects formats it cannot write."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self.unknown: set[str] = set()
        self._styles = styles
        self._definitions: dict[str, etree._Element] = {}
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if root is None:
            return
        for element in root.iterfind(w("abstractNum")):
            self._definitions[element.get(w("abstractNumId")) or ""] = element
        elements = {element.get(w("numId")) or "": element for element in root.iterfind(w("num"))}
        for num_id, element in elements.items():
            self._lists[num_id] = self._read_list(element, elements)

    def level_of_style(self, num_id: str, style_id: str) -> int:
        """Return the level of a list that a style is linked to; 0 when none says so."""
        found = self._lists.get(num_id)
        for level, settings in found.levels.items() if found else ():
            if settings.style == style_id:
                return level
        return 0

    def next_label(self, num_id: str, level: int) -> str:
        """Count one paragraph of a list and return the number Word shows; "" for bullets and unknown lists."""
        found = self._lists.get(num_id)
        if found is None or not 0 <= level < _LEVELS:
            return ""
        counters = self._counters.setdefault(found.definition, [None] * _LEVELS)
        settings = found.levels.get(level, _Level())
        if (num_id, level) not in self._started and level in found.starts:
            counters[level] = found.starts[level]
        else:
            current = counters[level]
            counters[level] = settings.start if current is None else current + 1
        self._started.add((num_id, level))
        for deeper in range(level + 1, _LEVELS):
            restart = found.levels.get(deeper, _Level()).restart
            if restart is None or (restart and level < restart):
                counters[deeper] = None
        return self._written(found, settings, counters)

    def _written(self, found: _List, settings: _Level, counters: list[int | None]) -> str:
        if settings.format in ("bullet", "none") and "%" not in settings.text:
            return "" if settings.format == "bullet" else settings.text.strip()

        def number(place: re.Match[str]) -> str:
            index = int(place[1]) - 1
            level = found.levels.get(index, _Level())
            current = counters[index]
            shown = level.start if current is None else current
            return str(shown) if settings.legal else self._format(shown, level.format)

        return re.sub(r"%([1-9])", number, settings.text).strip()

    def _format(self, number: int, name: str) -> str:
        write = _FORMATS.get(name)
        if write is None:
            self.unknown.add(name)
            write = str
        return write(number)

    def _read_list(self, element: etree._Element, elements: dict[str, etree._Element]) -> _List:
        definition = value(element, "abstractNumId") or ""
        source = self._definitions.get(definition)
        link = value(source, "numStyleLink")
        if link is not None:  # a list style: its own list holds the levels
            linked = elements.get(self._styles.get(link).num_id or "")
            definition = value(linked, "abstractNumId") or definition
            source = self._definitions.get(definition)
        levels = _read_levels(source)
        starts = {}
        for override in element.iterfind(w("lvlOverride")):
            level = _integer(override.get(w("ilvl")), -1)
            levels.update(_read_levels(override))
            start = value(override, "startOverride")
            if start is not None:
                starts[level] = _integer(start, 1)
        return _List(definition, levels, starts)


def _read_levels(element: etree._Element | None) -> dict[int, _Level]:
    levels = {}
    for level in element.iterfind(w("lvl")) if element is not None else ():
        restart = value(level, "lvlRestart")
        levels[_integer(level.get(w("ilvl")), -1)] = _Level(
            start=_integer(value(level, "start"), 0),
            format=_number_format(level),
            text=value(level, "lvlText") or "",
            restart=None if restart is None else _integer(restart, 0),
            legal=is_on(level, "isLgl"),
            style=value(level, "pStyle") or "",
        )
    return levels


def _number_format(level: etree._Element) -> str:
    """Return w:numFmt, which newer files may wrap in an alternative for older readers."""
    wrapped = next(level.iter(w("numFmt")), None)
    return value(level, "numFmt") or (wrapped.get(w("val"), "decimal") if wrapped is not None else "decimal")


def _integer(text: str | None, otherwise: int) -> int:
    try:
        number = int(text or "")
    except ValueError:
        return otherwise
    return number if -1 < number < 1_000_000 else otherwise
