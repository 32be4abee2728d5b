"""One cell of a table of paper answers as a raw answer: codes or labels, marks, days, and why there is no answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from engage.errors import Refused
from surveys.definition.model import Definition, Option
from surveys.paper.columns import ONLY_PARTS, Column

Regions = Iterable[tuple[str, str]]
_MISSING: Mapping[str, str] = {
    "dont_know": "dont_know",
    "don't know": "dont_know",
    "不知道": "dont_know",
    "refused": "refused",
    "拒答": "refused",
    "拒绝回答": "refused",
    "unreadable": "unreadable",
    "illegible": "unreadable",
    "看不清": "unreadable",
    "无法辨认": "unreadable",
}
_MARKED = frozenset({"1", "x", "✓", "√", "✔", "☑", "☒", "■", "是", "yes", "true", "y"})
_UNMARKED = frozenset({"0", "否", "no", "false", "n", "☐", "□"})
_DATE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?((?:[ T].*)?)")
_POINT = re.compile(r"\s*[,;]\s*|\s+")
_SEVERAL = re.compile(r"[;\n]")


def folded(text: str) -> str:
    """Return a text as it is compared: widths, cases and quotes do not count."""
    return unicodedata.normalize("NFKC", text).replace("’", "'").strip().casefold()


def day_of(text: str) -> date:
    """Return the day of a cell, written 2026-11-24, 2026/11/24 or 2026年11月24日. Raises Refused("paper_day")."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        if found is None:
            raise ValueError(text)
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Refused("paper_day", value=text.strip()[:40]) from None


def raw_answer(definition: Definition, column: Column, text: str, regions: Regions = ()) -> Any:
    """Return what a cell that is not empty says, in the shape that `surveys.definition.answers.read` understands.

    Of a column for one part it is that part alone: a chosen value, an amount, a place, or whether it is marked. Raises
    Refused: paper_not_offered (value), paper_mark (value), paper_part_needed, paper_part_missing.
    """
    question = column.question
    if column.own:
        return text.strip()
    options = definition.options_of(question)
    if column.part:
        if missing(text) and _option(options, text) is None:
            raise Refused("paper_part_missing", column=question.name)
        if question.type == "multiple":
            return is_marked(text)
        return _chosen(options, text) if question.type == "matrix" else text.strip()
    if question.type == "single":
        found = _option(options, text)
        return found if found is not None else _missing_or(text, lambda: _chosen(options, text))
    several = question.type in ("multiple", "ranking")
    if several and (only := _option(options, text)) is not None:
        return [only]
    if reason := missing(text):
        return {"missing": reason}
    if question.type in ONLY_PARTS:
        raise Refused("paper_part_needed", column=question.name)
    if several:
        parts = _SEVERAL.split(unicodedata.normalize("NFKC", text))
        return [_chosen(options, part) for part in parts if part.strip()]
    if question.type in ("consent", "declaration"):
        return "true" if is_marked(text) else "false"
    if question.type == "region":
        return _region(text, regions)
    if question.type == "location":
        return _place(text, regions, point=question.precision == "point")
    if question.type in ("date", "datetime"):
        return _day(text)
    return text.strip()


def missing(text: str) -> str:
    """Return why there is no answer, "" for a cell that says something else."""
    return _MISSING.get(folded(text), "")


def taken(options: Iterable[Option], reason: str) -> bool:
    """Tell whether an option is called like a reason why there is no answer: then it means the option."""
    return _option(options, reason) is not None


def is_marked(text: str) -> bool:
    """Tell whether a cell is a mark. Raises Refused("paper_mark", value=...) for what is neither yes nor no."""
    words = folded(text)
    if words not in _MARKED | _UNMARKED:
        raise Refused("paper_mark", value=text.strip()[:40])
    return words in _MARKED


def _missing_or(text: str, otherwise: Any) -> Any:
    return {"missing": missing(text)} if missing(text) else otherwise()


def _option(options: Iterable[Option], text: str) -> str | None:
    """The value of the option that a cell names by its code or, in any language, by its label; None for none."""
    options, words = tuple(options), folded(text)
    for option in options:
        if option.value == text.strip():
            return option.value
    found = {
        option.value
        for option in options
        if folded(option.value) == words or words in {folded(label) for label in option.words.values()}
    }
    return found.pop() if len(found) == 1 else None


def _chosen(options: Iterable[Option], text: str) -> str:
    found = _option(options, text)
    if found is None:
        raise Refused("paper_not_offered", value=text.strip()[:60])
    return found


def _region(text: str, regions: Regions) -> str:
    words = folded(text)
    return next((code for code, name in regions if words in (folded(code), folded(str(name)))), text.strip())


def _place(text: str, regions: Regions, *, point: bool) -> Any:
    parts = _POINT.split(unicodedata.normalize("NFKC", text).strip())
    if point and len(parts) == 2:
        return {"lat": parts[0], "lon": parts[1]}
    return {"tile": _region(text, regions)}


def _day(text: str) -> str:
    """Write a day as ISO 8601 where it is one; else as it came, and whoever reads the answer says what is wrong."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}{found[4]}" if found else text.strip()
