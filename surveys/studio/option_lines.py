"""Answers and rows as an author types them: one a line, `value | 中文 | English`, and what is special about it.

A bar, a backslash and a line break within words are written \\| \\\\ and \\n.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from engage.errors import Refused

FLAGS: Mapping[str, Promise] = {
    "other": pgettext_lazy("mark of an answer", "other"),
    "exclusive": pgettext_lazy("mark of an answer", "alone"),
    "fixed": pgettext_lazy("mark of an answer", "stays"),
}
_WRITTEN = {"\\": "\\\\", "|": "\\|", "\n": "\\n"}
_READ = {"\\": "\\", "|": "|", "n": "\n"}


def write_lines(options: Sequence[Mapping[str, Any]], languages: Sequence[str]) -> str:
    """Write options, as JSON says them, one a line; marks are in the active language."""
    lines = []
    for option in options:
        label = option.get("label", {})
        cells = [option["value"], *(label.get(language, "") for language in languages)]
        if marks := " ".join(str(word) for name, word in FLAGS.items() if option.get(name)):
            cells.append(marks)
        lines.append(" | ".join(_escaped(cell) for cell in cells).rstrip())
    return "\n".join(lines)


def read_lines(text: str, languages: Sequence[str], before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Read options as JSON says them; what a line cannot say is kept from the option in `before` that it is.

    That is the one of the same value; of a value that is new, one that is gone and has the same words (`_renamed`).

    Raises Refused("survey_option_value", line=...) for a line without a value and
    Refused("survey_option_cells", line=..., most=...) for one with more cells than there are languages and marks, or
    with a mark that is none.
    """
    marks = _marks()
    read: list[tuple[str, dict[str, str], list[str]]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        value, *cells = _cells(line)
        if not value:
            raise Refused("survey_option_value", line=number)
        words = cells[len(languages)].split() if len(cells) > len(languages) else []
        if len(cells) > len(languages) + 1 or not set(words) <= set(marks):
            raise Refused("survey_option_cells", line=number, most=len(languages) + 1)
        label = {language: words for language, words in zip(languages, cells, strict=False) if words}
        read.append((value, label, [marks[word] for word in words]))
    known = {option["value"]: option for option in before}
    known |= _renamed([(value, label) for value, label, _marks in read], before)
    found = []
    for value, typed, flags in read:
        was = known.get(value, {})
        kept = {name: one for name, one in was.items() if name not in (*FLAGS, "value", "label")}
        label = {language: words for language, words in was.get("label", {}).items() if language not in languages}
        label |= typed
        option = {"value": value, **({"label": label} if label else {}), **kept}
        found.append(option | dict.fromkeys(flags, True))
    return found


def _renamed(
    read: Sequence[tuple[str, Mapping[str, str]]], before: Sequence[Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """Return, by their new values, the options that were given another value.

    One is known by its words in any language; of those without words (a picture alone) by its place among them.
    """
    values = {value for value, _label in read}
    gone = [option for option in before if option["value"] not in values]
    known = {option["value"] for option in before}
    new = [(place, value, label) for place, (value, label) in enumerate(read) if value not in known]
    found: dict[str, Mapping[str, Any]] = {}
    for _place, value, label in new:
        said = label.items()
        if same := next((option for option in gone if said & option.get("label", {}).items()), None):
            found[value] = same
            gone.remove(same)
    for place, value, label in new:
        here = before[place] if place < len(before) else None
        if value not in found and not label and here in gone and not here.get("label"):
            found[value] = here
            gone.remove(here)
    return found


def write_arms(arms: Sequence[Mapping[str, Any]]) -> str:
    """Write the forms of a split ballot, as JSON says them, one a line with its weight."""
    return "\n".join(f"{_escaped(arm['value'])} | {arm.get('weight', 1)}" for arm in arms)


def read_arms(text: str, before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Read the forms of a split ballot as JSON says them; words are kept from the form of the same value in `before`.

    Raises Refused("survey_arm_line", line=...) for a line that is not a value, or a value and a number of at least 0.
    """
    known = {arm["value"]: arm for arm in before}
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        value, *rest = _cells(line)
        weight = _weight(rest[0]) if rest else 1
        if not value or len(rest) > 1 or weight is None:
            raise Refused("survey_arm_line", line=number)
        found.append(dict(known.get(value, {})) | {"value": value, "weight": weight})
    return found


def _weight(text: str) -> int | float | None:
    try:
        weight = float(text)
    except ValueError:
        return None
    if not isfinite(weight) or weight < 0:
        return None
    return int(weight) if weight.is_integer() else weight


def _escaped(words: str) -> str:
    return "".join(_WRITTEN.get(character, character) for character in words.replace("\r\n", "\n"))


def _cells(line: str) -> list[str]:
    """Split at bars that no backslash precedes."""
    cells, characters = [""], iter(line)
    for character in characters:
        if character == "\\":
            following = next(characters, "\\")
            cells[-1] += _READ.get(following, "\\" + following)
        elif character == "|":
            cells.append("")
        else:
            cells[-1] += character
    return [cell.strip() for cell in cells]


def _marks() -> dict[str, str]:
    """Every word for a mark in every language of the site."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {str(word): name for name, word in FLAGS.items()}
    return found
