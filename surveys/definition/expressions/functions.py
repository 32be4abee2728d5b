"""The functions of the language: how many arguments each takes, and what kinds go in and come out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of value a name or an expression has."""

    ANY = "any"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    CHOICE = "choice"
    CHOICES = "choices"
    REPEAT = "repeat"
    OTHER = "other"
    """Files, places, matrices as a whole: they can be asked for being answered, and nothing else."""


@dataclass(frozen=True)
class Function:
    """`takes` gives the kind of each argument; the last one stands for all further ones. `most` None: no limit."""

    least: int
    most: int | None
    takes: tuple[Kind, ...]
    gives: Kind


_ANY, _TEXT, _NUMBER, _BOOLEAN = Kind.ANY, Kind.TEXT, Kind.NUMBER, Kind.BOOLEAN


def _function(least: int, most: int | None, gives: Kind, *takes: Kind) -> Function:
    return Function(least, most, takes or (Kind.ANY,), gives)


FUNCTIONS: Mapping[str, Function] = {
    # Answers and choices
    "answered": _function(1, 1, _BOOLEAN),
    "selected": _function(2, 2, _BOOLEAN, Kind.CHOICES, _TEXT),
    "selected_at": _function(2, 2, _TEXT, Kind.CHOICES, _NUMBER),
    "count_selected": _function(1, 1, _NUMBER, Kind.CHOICES),
    "choice_label": _function(1, 2, _TEXT, _ANY, _ANY),
    # Conditions
    "if": _function(3, 3, _ANY, _BOOLEAN, _ANY, _ANY),
    "coalesce": _function(1, None, _ANY),
    "not": _function(1, 1, _BOOLEAN, _BOOLEAN),
    "true": _function(0, 0, _BOOLEAN),
    "false": _function(0, 0, _BOOLEAN),
    "boolean": _function(1, 1, _BOOLEAN),
    "between": _function(3, 3, _BOOLEAN, _ANY),
    "once": _function(1, 1, _ANY),
    # Numbers
    "number": _function(1, 1, _NUMBER),
    "int": _function(1, 1, _NUMBER),
    "round": _function(1, 2, _NUMBER, _NUMBER),
    "floor": _function(1, 1, _NUMBER, _NUMBER),
    "ceiling": _function(1, 1, _NUMBER, _NUMBER),
    "abs": _function(1, 1, _NUMBER, _NUMBER),
    "sqrt": _function(1, 1, _NUMBER, _NUMBER),
    "pow": _function(2, 2, _NUMBER, _NUMBER),
    "exp": _function(1, 1, _NUMBER, _NUMBER),
    "log": _function(1, 1, _NUMBER, _NUMBER),
    "log10": _function(1, 1, _NUMBER, _NUMBER),
    "pi": _function(0, 0, _NUMBER),
    "min": _function(1, None, _NUMBER),
    "max": _function(1, None, _NUMBER),
    "sum": _function(1, None, _NUMBER),
    "count": _function(1, None, _NUMBER),
    "count_non_empty": _function(1, None, _NUMBER),
    "random": _function(0, 0, _NUMBER),
    # Text
    "string": _function(1, 1, _TEXT),
    "concat": _function(1, None, _TEXT),
    "join": _function(2, None, _TEXT, _TEXT, _ANY),
    "string_length": _function(1, 1, _NUMBER, _ANY),
    "substr": _function(2, 3, _TEXT, _ANY, _NUMBER),
    "substring_before": _function(2, 2, _TEXT, _ANY),
    "substring_after": _function(2, 2, _TEXT, _ANY),
    "contains": _function(2, 2, _BOOLEAN, _ANY),
    "starts_with": _function(2, 2, _BOOLEAN, _ANY),
    "ends_with": _function(2, 2, _BOOLEAN, _ANY),
    "lower": _function(1, 1, _TEXT, _ANY),
    "upper": _function(1, 1, _TEXT, _ANY),
    "normalize_space": _function(1, 1, _TEXT, _ANY),
    "translate": _function(3, 3, _TEXT, _ANY),
    "regex": _function(2, 2, _BOOLEAN, _ANY, _TEXT),
    # Days and times
    "today": _function(0, 0, Kind.DATE),
    "now": _function(0, 0, Kind.DATETIME),
    "date": _function(1, 1, Kind.DATE),
    "date_time": _function(1, 1, Kind.DATETIME),
    "format_date": _function(2, 2, _TEXT, _ANY, _TEXT),
    "decimal_date_time": _function(1, 1, _NUMBER),
    # Repeats
    "position": _function(0, 0, _NUMBER),
    "indexed_repeat": _function(3, 7, _ANY, _ANY),
}
