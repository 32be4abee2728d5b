"""The `parameters` column: `key=value` pairs, which of them a type takes, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from surveys.definition.xlsform import row_types as kinds
from surveys.definition.xlsform.references import is_reference

Parameters = Mapping[str, str]
Problem = tuple[str, Mapping[str, Any]]
"""A code and its values; the caller knows the cell."""

EXTENSIONS = (".xml", ".csv", ".geojson")
RANGE_DEFAULTS: Parameters = {"start": "1", "end": "10", "step": "1"}

_TOKEN = re.compile(r"=|[^\s=,;]+")
# Their values are names of columns in a file, where case matters.
_CASE_MATTERS = frozenset(("label", "value"))
_SELECT = ("randomize", "seed")
_GEO = ("allow-mock-accuracy", "incremental", "reference-geometry")
_QUALITIES = ("voice-only", "low", "normal")
_AUDIT_PLACE = ("location-priority", "location-min-interval", "location-max-age")
_PRIORITIES = ("no-power", "low-power", "balanced", "high-accuracy")
_TAKEN: Mapping[str, Sequence[str]] = {
    kinds.SELECT_ONE: _SELECT,
    kinds.SELECT_MULTIPLE: _SELECT,
    kinds.RANK: _SELECT,
    kinds.SELECT_ONE_EXTERNAL: _SELECT,
    kinds.SELECT_ONE_FILE: (*_SELECT, "label", "value"),
    kinds.SELECT_MULTIPLE_FILE: (*_SELECT, "label", "value"),
    kinds.RANGE: ("start", "end", "step", "tick_interval", "placeholder", "tick_labelset"),
    kinds.IMAGE: ("max-pixels", "app"),
    kinds.GEOPOINT: ("allow-mock-accuracy", "capture-accuracy", "warning-accuracy", "reference-geometry"),
    kinds.GEOTRACE: _GEO,
    kinds.GEOSHAPE: _GEO,
    kinds.AUDIT: (*_AUDIT_PLACE, "track-changes", "track-changes-reasons", "identify-user"),
}
# Of a kind with several spellings only these are looked at.
_TAKEN_BY_SPELLING: Mapping[str, Sequence[str]] = {
    "text": ("rows",),
    "audio": ("quality",),
    "add audio prompt": ("quality",),
    "background-audio": ("quality",),
}
_NAME = re.compile(r"[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?")
_PACKAGE = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+")


@dataclass(frozen=True)
class Asked:
    """What a row is whose parameters are checked: the numbers of lists are needed for labels of a scale."""

    type: kinds.RowType
    parameters: Parameters
    appearance: str = ""
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


def parse_parameters(text: str) -> Parameters | None:
    """Return the pairs, keys and most values in small letters; None when the text is not made of pairs."""
    tokens = _TOKEN.findall(text)
    keys, signs, values = tokens[0::3], tokens[1::3], tokens[2::3]
    if len(keys) != len(values) or set(signs) - {"="} or "=" in keys or "=" in values:
        return None
    pairs = ((key.lower(), value) for key, value in zip(keys, values, strict=True))
    return {key: value if key in _CASE_MATTERS else value.lower() for key, value in pairs}


def parameter_problems(asked: Asked) -> Iterator[Problem]:
    """Yield what is wrong with the parameters of a row."""
    kind, written, given = asked.type.kind, asked.type.written, asked.parameters
    taken = _TAKEN_BY_SPELLING.get(written, _TAKEN.get(kind))
    if taken is None:
        return
    if foreign := sorted(set(given) - set(taken)):
        yield "xlsform_parameter_unknown", {"names": ", ".join(foreign), "taken": ", ".join(taken)}
        return
    for name, (code, is_right) in _RULES.items():
        if name in given and name in taken and not is_right(given[name]):
            yield code, {"name": name, "value": given[name]}
    if kind in kinds.SELECTS and "seed" in given:
        yield from _seed_problems(given)
    if kind == kinds.AUDIT:
        yield from _audit_problems(given)
    if kind == kinds.RANGE:
        yield from _range_problems(asked)


def _seed_problems(given: Parameters) -> Iterator[Problem]:
    if "randomize" not in given:
        yield "xlsform_parameter_seed_alone", {}
    elif not is_reference(given["seed"]) and not _is_number(given["seed"]):
        yield "xlsform_parameter_not_number", {"name": "seed", "value": given["seed"]}


def _audit_problems(given: Parameters) -> Iterator[Problem]:
    named = [name for name in _AUDIT_PLACE if name in given]
    if named and len(named) < len(_AUDIT_PLACE):
        yield "xlsform_parameter_missing", {"names": ", ".join(name for name in _AUDIT_PLACE if name not in given)}
    elif named and _is_count(given[_AUDIT_PLACE[1]]) and _is_count(given[_AUDIT_PLACE[2]]):
        if int(given[_AUDIT_PLACE[2]]) < int(given[_AUDIT_PLACE[1]]):
            yield "xlsform_parameter_value", {"name": _AUDIT_PLACE[2], "value": given[_AUDIT_PLACE[2]]}


def _range_problems(asked: Asked) -> Iterator[Problem]:
    """Yield what is wrong with a scale: its step must fit between its ends, its marks must stand on steps."""
    given = {**RANGE_DEFAULTS, **asked.parameters}
    marks = [name for name in ("tick_interval", "placeholder", "tick_labelset") if name in given]
    if marks and asked.appearance and not re.search("vertical|no-ticks", asked.appearance):
        yield "xlsform_range_appearance", {"names": ", ".join(marks)}
    numbers = {name: value for name in (*RANGE_DEFAULTS, *marks) if (value := decimal_of(given[name])) is not None}
    for name in (*RANGE_DEFAULTS, *marks):
        if name not in numbers and name != "tick_labelset":
            yield "xlsform_parameter_not_number", {"name": name, "value": given[name]}
            return
    start, end, step = numbers["start"], numbers["end"], numbers["step"]
    for name in ("step", "tick_interval"):
        if name in numbers and (numbers[name] == 0 or numbers[name] > abs(end - start)):
            yield "xlsform_range_step", {"name": name, "value": given[name]}
            return
    if "tick_interval" in numbers and numbers["tick_interval"] % step:
        yield "xlsform_range_off_step", {"name": "tick_interval", "value": given["tick_interval"]}
    low, high = min(start, end), max(start, end)
    if "placeholder" in numbers:
        if not low <= numbers["placeholder"] <= high or (numbers["placeholder"] - start) % step:
            yield "xlsform_range_off_step", {"name": "placeholder", "value": given["placeholder"]}
    if "tick_labelset" in marks:
        yield from _label_problems(asked, given["tick_labelset"], start, end, numbers.get("tick_interval", step))


def _label_problems(asked: Asked, name: str, start: Decimal, end: Decimal, every: Decimal) -> Iterator[Problem]:
    if name not in asked.lists:
        yield "xlsform_list_unknown", {"list": name}
        return
    places = [decimal_of(value) for value in asked.lists[name]]
    for value, place in zip(asked.lists[name], places, strict=True):
        if place is None or not min(start, end) <= place <= max(start, end) or (place - start) % every:
            yield "xlsform_range_off_step", {"name": "tick_labelset", "value": value}
            return
    if "no-ticks" in asked.appearance and set(places) != {start, end}:
        yield "xlsform_range_ends_only", {"list": name}


def decimal_of(text: str) -> Decimal | None:
    """Return a finite number, None for anything else."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _is_number(text: str) -> bool:
    return decimal_of(text) is not None


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"[+-]?\d+", text) is not None


def _is_count(text: str) -> bool:
    return re.fullmatch(r"\+?\d+", text) is not None


def _one_of(*values: str) -> Callable[[str], bool]:
    return lambda value: value in values


_VALUE = "xlsform_parameter_value"
_NUMBER = "xlsform_parameter_not_number"
_RULES: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "randomize": (_VALUE, _one_of("true", "false")),
    "label": (_VALUE, lambda value: _NAME.fullmatch(value) is not None),
    "value": (_VALUE, lambda value: _NAME.fullmatch(value) is not None),
    "rows": (_NUMBER, _is_whole),
    "max-pixels": (_NUMBER, _is_whole),
    "app": (_VALUE, lambda value: _PACKAGE.fullmatch(value) is not None),
    "quality": (_VALUE, _one_of(*_QUALITIES, "external")),
    "allow-mock-accuracy": (_VALUE, _one_of("true", "false")),
    "incremental": (_VALUE, _one_of("true", "yes", "true()")),
    "capture-accuracy": (_NUMBER, _is_number),
    "warning-accuracy": (_NUMBER, _is_number),
    "track-changes": (_VALUE, _one_of("true", "false")),
    "track-changes-reasons": (_VALUE, _one_of("on-form-edit")),
    "identify-user": (_VALUE, _one_of("true", "false")),
    "location-priority": (_VALUE, _one_of(*_PRIORITIES)),
    "location-min-interval": (_NUMBER, _is_count),
    "location-max-age": (_NUMBER, _is_count),
}
