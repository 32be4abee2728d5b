"""What a form of one page sends, as raw answers: only for questions that the page shows, whatever else was sent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from django.http import QueryDict

from engage.participation.forms import clean_text
from surveys.definition.answers import OTHER, is_blank
from surveys.definition.model import FILE_TYPES, Question
from surveys.definition.runtime import Course, Path, Shown, ShownPage

# Name of a control: this and the key of its question; parts of an answer follow after a colon.
PREFIX = "q:"
# Says of a question, by its key, that it stood on the form that is sent.
ASKED = "asked"
# What anybody may type into one control; each question says less.
TYPED_MOST = 100_000
_TRUE = "true"
_PLACE = re.compile(r"[0-9]{1,6}")
# Looks at a page for what its own answers open, one after another; each settles the questionnaire once.
_ROUNDS_MOST = 50


def control(key: str, part: str = "") -> str:
    """Name the control of a question, or of one part of its answer."""
    return f"{PREFIX}{key}:{part}" if part else f"{PREFIX}{key}"


def other_control(key: str) -> str:
    """Name the field for words of one's own beside a choice."""
    return f"o:{key}"


def asked(items: Iterable[Shown]) -> Iterator[Shown]:
    """Every question of these that a person can answer, in the order they are shown."""
    for shown in items:
        if isinstance(shown.item, Question):
            if shown.item.asked and not shown.item.read_only:
                yield shown
        else:
            for instance in shown.children:
                yield from asked(instance)


def take(answers: MutableMapping[str, Any], items: Iterable[Shown], sent: QueryDict) -> None:
    """Put what was sent for these questions into the raw answers; an empty control takes the answer away."""
    for shown in asked(items):
        question = shown.item
        assert isinstance(question, Question)
        # Files are taken in by themselves (`files.change`): a form that comes back has none of them in it.
        if question.type not in FILE_TYPES:
            put(answers, shown.path, question.name, raw_answer(question, shown, sent))
        words = clean_text(sent.get(other_control(shown.key), "")[:TYPED_MOST])
        if any(option.other for option in (*shown.options, *shown.rows)):
            put(answers, shown.path, question.name + OTHER, words)


def take_page(
    answers: MutableMapping[str, Any], here: ShownPage, sent: QueryDict, course: Callable[[], Course]
) -> Course:
    """Take what was sent for a page; returns the course after it, which `course` makes of the answers.

    A form that says which questions stood on it may have shown some before it was sent: what its own answers open is
    taken, too. Of a question that did not stand on it, whatever was answered before stays.
    """
    stood = frozenset(sent.getlist(ASKED))
    if not stood:
        take(answers, here.items, sent)
        return course()
    page, taken = here, dict[str, object]()

    def due(items: Iterable[Shown]) -> list[Shown]:
        return [shown for shown in asked(items) if shown.key in stood and taken.get(shown.key) != _offered(shown)]

    # A question that offers something else now is taken once more. What goes in circles ends.
    for _round in range(min(len(stood) + 2, _ROUNDS_MOST)):
        now = due(page.items)
        take(answers, now, sent)
        taken.update({shown.key: _offered(shown) for shown in now})
        after = course()
        following = after.page(here.number)
        if following is None or not due(following.items):
            break
        page = following
    return after


def _offered(shown: Shown) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(one.value for one in shown.options), tuple(one.value for one in shown.rows)


def raw_answer(question: Question, shown: Shown, sent: QueryDict) -> Any:
    """The raw answer of one question, in the shape that `surveys.definition.answers.read` understands."""
    key = shown.key

    def typed(part: str = "") -> str:
        return clean_text(sent.get(control(key, part), "")[:TYPED_MOST])

    if question.type == "multiple":
        return [clean_text(value[:TYPED_MOST]) for value in sent.getlist(control(key)) if value][:1_000]
    if question.type == "matrix":
        return _filled({row.value: typed(row.value) for row in shown.rows})
    if question.type == "constant_sum":
        return _filled({option.value: typed(option.value) for option in shown.options})
    if question.type == "ranking":
        return ranked({option.value: typed(option.value) for option in shown.options})
    if question.type == "location":
        if question.precision == "point":
            point = {"lat": typed("lat"), "lon": typed("lon")}
            return point if any(point.values()) else ""
        return {"tile": typed()} if typed() else ""
    if question.type in ("consent", "declaration"):
        return _TRUE if typed() == _TRUE else ""
    return typed()


def _filled(parts: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in parts.items() if value}


def ranked(places: Mapping[str, str]) -> list[str] | dict[str, str]:
    """The values in the order of their places; as they were typed where two share a place or one is no number."""
    given = _filled(places)
    read = {value: unicodedata.normalize("NFKC", place) for value, place in given.items()}
    numbers = {value: int(place) for value, place in read.items() if _PLACE.fullmatch(place)}
    if len(numbers) < len(given) or len(set(numbers.values())) < len(numbers):
        return given
    return sorted(numbers, key=numbers.__getitem__)


def put(answers: MutableMapping[str, Any], path: Path, name: str, raw: Any) -> None:
    """Store a raw answer in the instance of its repeats, which is made where it is not there; blank takes it away."""
    here = answers
    for repeat, index in path:
        rows = here.get(repeat)
        if not isinstance(rows, list):
            rows = here[repeat] = []
        rows.extend({} for _ in range(index + 1 - len(rows)))
        here = rows[index]
    if is_blank(raw):
        here.pop(name, None)
    else:
        here[name] = raw


def raw_at(answers: Mapping[str, Any], path: Path, name: str) -> Any:
    """The raw answer as it was sent; None where nothing was."""
    here: Any = answers
    for repeat, index in path:
        rows = here.get(repeat)
        if not isinstance(rows, list) or index >= len(rows):
            return None
        here = rows[index]
    return here.get(name)


def add_row(answers: MutableMapping[str, Any], path: Path, name: str, shown: int) -> None:
    """Add an empty instance of a repeat behind those that are shown."""
    here = _instance(answers, path)
    rows = here.setdefault(name, [])
    rows.extend({} for _ in range(shown + 1 - len(rows)))


def take_row(answers: MutableMapping[str, Any], path: Path, name: str, index: int) -> None:
    """Remove one instance of a repeat with its answers."""
    rows = _instance(answers, path).get(name)
    if isinstance(rows, list) and 0 <= index < len(rows):
        del rows[index]


def _instance(answers: MutableMapping[str, Any], path: Path) -> MutableMapping[str, Any]:
    here = answers
    for repeat, index in path:
        rows = here.setdefault(repeat, [])
        rows.extend({} for _ in range(index + 1 - len(rows)))
        here = rows[index]
    return here
