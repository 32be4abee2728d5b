"""Values of expressions and how one kind becomes another.

A value is None (not answered), bool, Decimal, str, date, time, datetime, a tuple of strings (a multiple choice), or a
Column (one value for each instance of a repeat). Nothing here raises: what cannot become a number or a day is None.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal
from typing import Any, Union

ARITHMETIC = Context(prec=28, Emax=300, Emin=-300, traps=[])
"""Without traps: what has no result is not a number, and becomes None. The exponents fit a double, so JSON too."""
MAX_TEXT = 100_000
EPOCH = date(1970, 1, 1)
_NUMBER = re.compile(r"[ \t\r\n]*(-?(?:[0-9]{1,300}(?:\.[0-9]{0,300})?|\.[0-9]{1,300}))[ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class Column:
    """The values of one name over the instances of a repeat. Rows of a repeat are mappings."""

    values: tuple[Any, ...]


Value = Union[None, bool, Decimal, str, date, time, tuple[str, ...], Column]  # noqa: UP007 reads as the docstring
Rows = Mapping[str, Any]


def finite(number: Decimal) -> Decimal | None:
    """None for what is not a number or endless; without a minus before zero."""
    if not number.is_finite():
        return None
    return number if number else Decimal(0)


def scalar(value: Value) -> Value:
    """One value: of a column the first, as XPath takes the first node."""
    if isinstance(value, Column):
        return value.values[0] if value.values and not isinstance(value.values[0], Mapping) else None
    return value


def is_empty(value: Value) -> bool:
    """Not answered: None, no text, nothing chosen, no row."""
    if isinstance(value, Column):
        return not value.values
    return value is None or value == "" or value == ()


def as_number(value: Value) -> Decimal | None:
    """A number. Days count from 1970-01-01, true is 1; a text has to be written as a plain decimal number."""
    value = scalar(value)
    if isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return finite(value)
    if isinstance(value, str):
        found = _NUMBER.fullmatch(value)
        return finite(ARITHMETIC.create_decimal(found[1])) if found else None
    if isinstance(value, datetime):
        seconds = (value.replace(tzinfo=None) - datetime(1970, 1, 1)) / timedelta(microseconds=1)
        return ARITHMETIC.divide(Decimal(int(seconds)), Decimal(86_400_000_000))
    if isinstance(value, date):
        return Decimal((value - EPOCH).days)
    if isinstance(value, tuple) and len(value) == 1:
        return as_number(value[0])
    return None


def as_text(value: Value) -> str:
    """The words of a value: numbers without an exponent or trailing zeros, days by ISO 8601, choices with spaces."""
    value = scalar(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes" if not value.second else "seconds")
    if isinstance(value, tuple):
        return " ".join(value)[:MAX_TEXT]
    return str(value)[:MAX_TEXT]


def as_boolean(value: Value) -> bool:
    """Empty and 0 are false, all else true, also the word "false" (XPath 1.0, section 4.3)."""
    value = scalar(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        return bool(value) and value.is_finite()
    return not is_empty(value)


def as_date(value: Value) -> date | None:
    """A day or a moment (a `datetime`, without zone): from ISO 8601 or from days since 1970-01-01."""
    value = scalar(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _read_date(value.strip())
    if isinstance(value, Decimal) and not isinstance(value, bool):
        return _from_days(value)
    return None


def _read_date(text: str) -> date | None:
    try:
        if len(text) <= 10:
            return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
        return datetime.fromisoformat(text).replace(tzinfo=None) if len(text) <= 40 else None
    except ValueError:
        return None


def _from_days(days: Decimal) -> date | None:
    if not days.is_finite() or abs(days) > 3_000_000:
        return None
    try:
        if days == days.to_integral_value():
            return EPOCH + timedelta(days=int(days))
        return datetime(1970, 1, 1) + timedelta(microseconds=int(days * 86_400_000_000))
    except OverflowError:
        return None


def as_time(value: Value) -> time | None:
    """A time of day: from HH:MM, HH:MM:SS or a moment."""
    value = scalar(value)
    if isinstance(value, datetime):
        return value.time()
    if isinstance(value, time):
        return value.replace(tzinfo=None)
    if isinstance(value, str) and (found := re.match(r"([0-9]{2}:[0-9]{2}(:[0-9]{2})?)(?:[.Z+-]|$)", value.strip())):
        try:
            return time.fromisoformat(found[1])
        except ValueError:
            return None
    return None


def as_choices(value: Value) -> tuple[str, ...]:
    """What is chosen: of a text the words between spaces, as XLSForm writes several choices."""
    value = scalar(value)
    if isinstance(value, tuple):
        return value
    text = as_text(value)
    return tuple(text.split()) if text else ()


def equal(left: Value, right: Value) -> bool:
    """Two empty values are equal, an empty one equals nothing else. Numbers, days and times are compared as such."""
    left, right = scalar(left), scalar(right)
    if is_empty(left) or is_empty(right):
        return is_empty(left) and is_empty(right)
    if isinstance(left, bool) or isinstance(right, bool):
        return as_boolean(left) == as_boolean(right)
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        first, second = as_number(left), as_number(right)
        return first is not None and first == second
    if isinstance(left, date) or isinstance(right, date):
        return _moments(left, right, lambda first, second: first == second)
    if isinstance(left, time) or isinstance(right, time):
        return as_time(left) is not None and as_time(left) == as_time(right)
    return as_text(left) == as_text(right)


def less(left: Value, right: Value, *, or_equal: bool = False) -> bool:
    """Whether left comes before right. False when one is empty, or when they are words without an order."""
    left, right = scalar(left), scalar(right)
    if is_empty(left) or is_empty(right):
        return False
    if isinstance(left, time) or isinstance(right, time):
        return _ordered(as_time(left), as_time(right), or_equal)
    first, second = as_number(left), as_number(right)
    if first is not None and second is not None and not (isinstance(left, date) and isinstance(right, date)):
        return _ordered(first, second, or_equal)
    return _moments(left, right, lambda one, two: _ordered(one, two, or_equal))


def _ordered(first: Any, second: Any, or_equal: bool) -> bool:
    if first is None or second is None:
        return False
    return bool(first <= second if or_equal else first < second)


def _moments(left: Value, right: Value, compare: Any) -> bool:
    first, second = as_date(left), as_date(right)
    if first is None or second is None:
        return False
    if isinstance(first, datetime) != isinstance(second, datetime):
        first, second = _moment(first), _moment(second)
    return bool(compare(first, second))


def _moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)
