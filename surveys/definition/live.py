"""Which answers of a page change what the same page shows: what nothing reads need not be asked about."""

from collections.abc import Iterator

from surveys.definition import expressions
from surveys.definition.model import Definition, Part, Question, Texts
from surveys.definition.runtime import PIPED, Runtime

_CONDITIONS = ("relevant", "required", "choice_filter", "count")
_TEXTS = ("title", "label", "help", "unit", "low_label", "high_label", "add_label")


def live_names(runtime: Runtime) -> tuple[frozenset[str], ...]:
    """For each page, by its place, the names of its questions that its own conditions, filters and texts read.

    Directly, or through values that nobody types and through answers elsewhere that such a condition hides. A circle
    of conditions ends where it began.
    """
    definition, needs, owner = runtime.definition, runtime.dependencies.needs, runtime.dependencies.owner
    found = []
    for number in range(len(definition.pages)):
        waiting = [owner[name] for name in _read_on(definition, number) if name in owner]
        reached: set[str] = set()
        while waiting:
            node = waiting.pop()
            if node not in reached:
                reached.add(node)
                waiting.extend(needs.get(node, ()))
        here = (entry.item for entry in definition.entries if entry.page == number)
        asked = {item.name for item in here if isinstance(item, Question) and item.asked and not item.read_only}
        found.append(frozenset(asked & reached))
    return tuple(found)


def _read_on(definition: Definition, number: int) -> Iterator[str]:
    """Yield every name that something shown on a page reads, also more than once."""
    for part in _parts_on(definition, number):
        conditions = [getattr(part, name, "") for name in _CONDITIONS]
        if isinstance(part, Question) and part.read_only:
            conditions.append(part.default)
        for condition in conditions:
            if isinstance(condition, str) and condition:
                yield from expressions.references(expressions.parse(condition))
        for texts in _texts_of(part):
            for words in texts.values():
                yield from (piped[1] for piped in PIPED.finditer(words))


def _parts_on(definition: Definition, number: int) -> Iterator[Part]:
    yield definition.pages[number]
    for entry in definition.entries:
        item = entry.item
        if entry.page != number or (isinstance(item, Question) and not item.asked and item.type != "note"):
            continue
        yield item
        if isinstance(item, Question):
            yield from (*definition.options_of(item), *item.rows)


def _texts_of(part: Part) -> Iterator[Texts]:
    yield from (texts for name in _TEXTS if (texts := getattr(part, name, None)))
    for words in getattr(part, "mode_texts", {}).values():
        yield from (words.label, words.help)
