"""One answer to one question: from what a form or a program sent to what is kept and what expressions read."""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from engage.errors import Refused
from surveys.definition.expressions import Kind, Value
from surveys.definition.model import Option, Question

MISSING = ("dont_know", "refused", "unreadable")
"""What an interviewer or who types paper records instead of an answer, as `{"missing": "refused"}`."""
MISSING_MODES = frozenset({"phone", "paper"})
OTHER = "#other"
"""Words of one's own stand beside a choice under its name with this ending, which no name can have."""

_DEFAULT_LENGTH = {"text": 1_000, "long_text": 20_000}
_MAX_DIGITS = 15  # what a double of JSON keeps exactly
_EMAIL = re.compile(r"[^@\s,;<>]{1,64}@[^@\s,;<>.]{1,63}(?:\.[^@\s,;<>.]{1,63}){1,8}")
_PHONE = re.compile(r"\+?[0-9() ./-]{5,30}")


@dataclass(frozen=True)
class Reading:
    """An answer that was understood: `kept` as JSON, `value` for `${name}`, `parts` for `${name.part}`."""

    kept: Any
    value: Value
    parts: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    """What can be chosen here and now."""

    options: tuple[Option, ...] = ()
    rows: tuple[Option, ...] = ()
    regions: Collection[str] | None = None


def is_blank(raw: Any) -> bool:
    """Whether nothing was answered."""
    return raw is None or raw == "" or raw == [] or raw == {} or (isinstance(raw, str) and not raw.strip())


def missing_reason(raw: Any) -> str:
    """Why there is no answer, of MISSING; empty when that is not what was sent."""
    if isinstance(raw, Mapping) and set(raw) == {"missing"} and raw["missing"] in MISSING:
        return str(raw["missing"])
    return ""


def read(question: Question, raw: Any, offer: Offer) -> Reading:
    """Understand an answer that is not blank.

    Raises Refused: wrong_type (expected), not_offered (value), twice (value), exclusive (value), too_few (limit),
    too_many (limit), not_a_number, not_whole, too_precise (limit), too_small (limit), too_large (limit), wrong_step
    (step), not_a_date, not_a_time, too_long (limit), not_an_email, not_a_phone, no_region (value), not_a_place,
    unknown_row (row), wrong_total (total, found).
    """
    return _READERS[question.type](question, raw, offer)


KINDS: Mapping[str, Kind] = {
    "single": Kind.CHOICE,
    "multiple": Kind.CHOICES,
    "ranking": Kind.CHOICES,
    "number": Kind.NUMBER,
    "slider": Kind.NUMBER,
    "nps": Kind.NUMBER,
    "rating": Kind.NUMBER,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "datetime": Kind.DATETIME,
    "text": Kind.TEXT,
    "long_text": Kind.TEXT,
    "email": Kind.TEXT,
    "phone": Kind.TEXT,
    "region": Kind.CHOICE,
    "location": Kind.TEXT,
    "matrix": Kind.OTHER,
    "constant_sum": Kind.OTHER,
    "file": Kind.OTHER,
    "photo": Kind.OTHER,
    "consent": Kind.BOOLEAN,
    "declaration": Kind.BOOLEAN,
    "note": Kind.OTHER,
    "hidden": Kind.ANY,
    "meta": Kind.ANY,
    "calculation": Kind.ANY,
}
"""What expressions see of each type."""
PART_KINDS: Mapping[str, Kind] = {"matrix": Kind.CHOICE, "constant_sum": Kind.NUMBER}


def plain(value: Value) -> Any:
    """A value of an expression as JSON: numbers whole where they can be, days by ISO 8601."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, bool | str) else None


def _words(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refused("wrong_type", expected="text")
    return raw.replace("\x00", "").strip()


def _text(question: Question, raw: Any, offer: Offer) -> Reading:
    words = _words(raw).replace("\r\n", "\n")
    limit = question.max_length or _DEFAULT_LENGTH.get(question.type, 1_000)
    if len(words) > limit:
        raise Refused("too_long", limit=limit)
    return Reading(words, words)


def _email(question: Question, raw: Any, offer: Offer) -> Reading:
    words = _words(raw)
    if len(words) > 254 or not _EMAIL.fullmatch(words):
        raise Refused("not_an_email")
    return Reading(words, words)


def _phone(question: Question, raw: Any, offer: Offer) -> Reading:
    words = unicodedata.normalize("NFKC", _words(raw))
    digits = sum(character.isdigit() for character in words)
    if not _PHONE.fullmatch(words) or not 5 <= digits <= 15:  # E.164 has at most 15
        raise Refused("not_a_phone")
    return Reading(words, words)


def _chosen(raw: Any, options: tuple[Option, ...]) -> str:
    if not isinstance(raw, str):
        raise Refused("wrong_type", expected="text")
    if raw not in {option.value for option in options}:
        raise Refused("not_offered", value=raw[:100])
    return raw


def _single(question: Question, raw: Any, offer: Offer) -> Reading:
    value = _chosen(raw, offer.options)
    return Reading(value, value)


def _several(raw: Any, options: tuple[Option, ...]) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple):
        raise Refused("wrong_type", expected="list")
    if len(raw) > len(options) + 1:
        raise Refused("too_many", limit=len(options))
    chosen = tuple(_chosen(each, options) for each in raw)
    for index, value in enumerate(chosen):
        if value in chosen[:index]:
            raise Refused("twice", value=value)
    return chosen


def _within(question: Question, count: int) -> None:
    if question.min_chosen is not None and count < question.min_chosen:
        raise Refused("too_few", limit=question.min_chosen)
    if question.max_chosen is not None and count > question.max_chosen:
        raise Refused("too_many", limit=question.max_chosen)


def _multiple(question: Question, raw: Any, offer: Offer) -> Reading:
    chosen = _several(raw, offer.options)
    alone = [option.value for option in offer.options if option.exclusive and option.value in chosen]
    if alone and len(chosen) > 1:
        raise Refused("exclusive", value=alone[0])
    if not alone:
        _within(question, len(chosen))
    return Reading(list(chosen), chosen)


def _ranking(question: Question, raw: Any, offer: Offer) -> Reading:
    chosen = _several(raw, offer.options)
    _within(question, len(chosen))
    return Reading(list(chosen), chosen)


def _matrix(question: Question, raw: Any, offer: Offer) -> Reading:
    rows = {row.value for row in offer.rows}
    kept: dict[str, str] = {}
    for row, value in _pairs(raw).items():
        if row not in rows:
            raise Refused("unknown_row", row=str(row)[:100])
        if not is_blank(value):
            kept[row] = _chosen(value, offer.options)
    return Reading(kept, tuple(kept), {f"{question.name}.{row}": value for row, value in kept.items()})


def _constant_sum(question: Question, raw: Any, offer: Offer) -> Reading:
    amounts: dict[str, Decimal] = {}
    for option, amount in _pairs(raw).items():
        _chosen(option, offer.options)
        if not is_blank(amount):
            amounts[option] = _decimal(amount)
            if amounts[option] < 0:
                raise Refused("too_small", limit=0)
    total = Decimal(str(100 if question.total is None else question.total))
    found = sum(amounts.values(), Decimal(0))
    if amounts and found != total:
        raise Refused("wrong_total", total=plain(total), found=plain(found))
    kept = {option: plain(amount) for option, amount in amounts.items()}
    return Reading(kept, tuple(kept), {f"{question.name}.{option}": amount for option, amount in amounts.items()})


def _pairs(raw: Any) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise Refused("wrong_type", expected="object")
    return raw


def _decimal(raw: Any) -> Decimal:
    """A number, also typed with full-width digits or commas between thousands."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        raise Refused("not_a_number")
    words = unicodedata.normalize("NFKC", str(raw)[:100]).strip().replace(" ", "").replace("\u2212", "-")
    if re.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", words):
        words = words.replace(",", "")
    exponent = r"(?:[eE][+-]?[0-9]{1,2})?" if isinstance(raw, float) else ""
    if not re.fullmatch(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)" + exponent, words):
        raise Refused("not_a_number")
    number = Decimal(words)
    if len(number.normalize().as_tuple().digits) > _MAX_DIGITS:
        raise Refused("too_precise", limit=_MAX_DIGITS)
    return number or Decimal(0)


_RANGES: Mapping[str, tuple[int | None, int | None, bool]] = {
    "number": (None, None, False),
    "slider": (0, 100, False),
    "rating": (1, 5, True),
    "nps": (0, 10, True),
}
"""Least, most and whether whole, where the question says nothing."""


def bounds(question: Question) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest number that a question takes."""
    least, most, _ = _RANGES[question.type]
    low = least if question.minimum is None else question.minimum
    high = most if question.maximum is None else question.maximum
    return (None if low is None else Decimal(str(low))), (None if high is None else Decimal(str(high)))


def _number(question: Question, raw: Any, offer: Offer) -> Reading:
    number = _decimal(raw)
    low, high = bounds(question)
    if (question.integer or _RANGES[question.type][2]) and number != number.to_integral_value():
        raise Refused("not_whole")
    if low is not None and number < low:
        raise Refused("too_small", limit=plain(low))
    if high is not None and number > high:
        raise Refused("too_large", limit=plain(high))
    if question.step:
        step = Decimal(str(question.step))
        if step and (number - (low or Decimal(0))) % step:
            raise Refused("wrong_step", step=question.step)
    return Reading(plain(number), number)


def _date(question: Question, raw: Any, offer: Offer) -> Reading:
    words = unicodedata.normalize("NFKC", _words(raw))
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words):
            raise ValueError(words)
        day = date.fromisoformat(words)
    except ValueError:
        raise Refused("not_a_date") from None
    return Reading(day.isoformat(), day)


def _time(question: Question, raw: Any, offer: Offer) -> Reading:
    words = unicodedata.normalize("NFKC", _words(raw))
    try:
        if not re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?", words):
            raise ValueError(words)
        moment = time.fromisoformat(words.rjust(8 if words.count(":") == 2 else 5, "0"))
    except ValueError:
        raise Refused("not_a_time") from None
    return Reading(moment.isoformat(timespec="minutes" if not moment.second else "seconds"), moment)


def _datetime(question: Question, raw: Any, offer: Offer) -> Reading:
    words = unicodedata.normalize("NFKC", _words(raw)).replace(" ", "T")
    try:
        if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T", words) or len(words) > 40:
            raise ValueError(words)
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise Refused("not_a_date") from None
    return Reading(moment.isoformat(timespec="seconds"), moment.replace(tzinfo=None))


def _region(question: Question, raw: Any, offer: Offer) -> Reading:
    words = _words(raw)
    if len(words) > 100 or (offer.regions is not None and words not in offer.regions):
        raise Refused("no_region", value=words[:100])
    return Reading(words, words)


def _location(question: Question, raw: Any, offer: Offer) -> Reading:
    """`{"tile": "..."}` of the tile map, or `{"lat": .., "lon": ..}` in degrees where the question asks for a point."""
    place = _pairs(raw)
    if set(place) == {"tile"}:
        tile = _region(question, place["tile"], offer)
        return Reading({"tile": tile.kept}, tile.value)
    if question.precision != "point" or set(place) != {"lat", "lon"}:
        raise Refused("not_a_place")
    try:
        latitude, longitude = _decimal(place["lat"]), _decimal(place["lon"])
    except Refused:
        raise Refused("not_a_place") from None
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise Refused("not_a_place")
    return Reading({"lat": float(latitude), "lon": float(longitude)}, f"{latitude:f} {longitude:f}")


def _files(question: Question, raw: Any, offer: Offer) -> Reading:
    """Names that the store of attachments gave; whether they are the respondent's is checked there."""
    if not isinstance(raw, list | tuple) or not all(isinstance(each, str) and 0 < len(each) <= 200 for each in raw):
        raise Refused("wrong_type", expected="list")
    if len(raw) > question.max_files:
        raise Refused("too_many", limit=question.max_files)
    return Reading(list(raw), tuple(raw))


def _agreement(question: Question, raw: Any, offer: Offer) -> Reading:
    if raw in (True, "true", "1", "on", "yes"):
        return Reading(True, True)
    if raw in (False, "false", "0", "no"):
        return Reading(False, False)
    raise Refused("wrong_type", expected="boolean")


_READERS: Mapping[str, Callable[[Question, Any, Offer], Reading]] = {
    "single": _single,
    "multiple": _multiple,
    "matrix": _matrix,
    "ranking": _ranking,
    "constant_sum": _constant_sum,
    "number": _number,
    "slider": _number,
    "rating": _number,
    "nps": _number,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "text": _text,
    "long_text": _text,
    "email": _email,
    "phone": _phone,
    "region": _region,
    "location": _location,
    "file": _files,
    "photo": _files,
    "consent": _agreement,
    "declaration": _agreement,
}
