"""Writes the number of a list item in the styles that web pages and OpenDocument files name."""

from collections.abc import Callable

from consultations.drafts.numerals import to_chinese, to_chinese_digits, to_chinese_formal, to_letters, to_roman

_LARGEST = 99_999_999


def _roman(number: int) -> str:
    return to_roman(number) if 0 < number < 5000 else str(number)


def _letters(number: int) -> str:
    return to_letters(number) if number > 0 else str(number)


_WRITERS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimal-leading-zero": lambda number: f"{number:02d}",
    "lower-alpha": _letters,
    "upper-alpha": lambda number: _letters(number).upper(),
    "lower-roman": lambda number: _roman(number).lower(),
    "upper-roman": _roman,
    "chinese": to_chinese,
    "chinese-formal": to_chinese_formal,
    "chinese-digits": to_chinese_digits,
    "circled": lambda number: chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number),
    "full-width": lambda number: str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
}
_SAME = {
    "1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman",
    "lower-latin": "lower-alpha", "upper-latin": "upper-alpha", "cjk-decimal": "chinese-digits",
    "cjk-ideographic": "chinese", "simp-chinese-informal": "chinese", "trad-chinese-informal": "chinese",
    "simp-chinese-formal": "chinese-formal", "trad-chinese-formal": "chinese-formal",
    "一, 二, 三, ...": "chinese", "壹, 贰, 叁, ...": "chinese-formal", "壹, 貳, 參, ...": "chinese-formal",
    "①, ②, ③, ...": "circled", "１, ２, ３, ...": "full-width",
}  # fmt: skip


def known_style(name: str) -> str:
    """Return the style this module writes for a name used in a file; "" for an unknown one."""
    style = _SAME.get(name, name)
    return style if style in _WRITERS else ""


def written(number: int, style: str) -> str:
    """Return a number in a style of `known_style`; plain digits where the style has no form for it."""
    return _WRITERS[style](number) if 0 <= number <= _LARGEST else str(number)


def as_mark(label: str) -> str:
    """Return a label as the readers of clause marks expect it: a bare "3" or 三 gets the stop that lists print."""
    if label and all(character in "一二三四五六七八九十百千零〇" for character in label):
        return f"{label}、"
    return f"{label}." if label.isascii() and label.isalnum() else label
