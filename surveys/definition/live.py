"""Which answers change what is shown: on the page where they are given, and of a question that is still to come."""

from collections.abc import Iterable, Iterator

from surveys.definition import expressions
from surveys.definition.model import Definition, Entry, Part, Question, Texts
from surveys.definition.runtime import PIPED, Runtime

_CONDITIONS = ("relevant", "required", "choice_filter", "count")
_TEXTS = ("title", "label", "help", "unit", "low_label", "high_label", "add_label")


def live_names(runtime: Runtime) -> tuple[frozenset[str], ...]:
    """For each page, by its place, the names of its questions that its own conditions, filters and texts read.

    Directly, or through values that nobody types and through answers elsewhere that such a condition hides. A circle
    of conditions ends where it began.
    """
    definition = runtime.definition
    found = []
    for number in range(len(definition.pages)):
        reached = _reached(runtime, _read_by(_parts_on(definition, number)))
        here = (entry.item for entry in definition.entries if entry.page == number)
        asked = {item.name for item in here if isinstance(item, Question) and item.asked and not item.read_only}
        found.append(frozenset(asked & reached))
    return tuple(found)


def names_behind(runtime: Runtime, entry: Entry) -> frozenset[str]:
    """Return the names of all that decides whether and how an item is shown, with the title of its page.

    That is what its conditions, choices, texts and what it is filled in with read, and those of what it stands in,
    directly or through others.
    """
    definition, above = runtime.definition, (one.name for one in entry.above)
    parts = [definition.pages[entry.page], *entry.above, *_parts_of(definition, entry)]
    names = [entry.item.name, *above, *_read_by(parts)]
    if isinstance(entry.item, Question) and entry.item.default:
        names += expressions.references(expressions.parse(entry.item.default))
    return frozenset(_reached(runtime, names) - {entry.item.name})


def names_read(runtime: Runtime, texts: Texts) -> frozenset[str]:
    """Return the names of all that decides what a text says once answers are put in."""
    piped = (found[1] for words in texts.values() for found in PIPED.finditer(words))
    return frozenset(_reached(runtime, piped))


def _reached(runtime: Runtime, names: Iterable[str]) -> set[str]:
    """Return the nodes that own these names, and all that has to be settled before them."""
    owner, needs = runtime.dependencies.owner, runtime.dependencies.needs
    waiting = [owner[name] for name in names if name in owner]
    reached: set[str] = set()
    while waiting:
        node = waiting.pop()
        if node not in reached:
            reached.add(node)
            waiting.extend(needs.get(node, ()))
    return reached


def _read_by(parts: Iterable[Part]) -> Iterator[str]:
    """Yield every name that something shown reads, also more than once."""
    for part in parts:
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
        if entry.page == number and not (isinstance(item, Question) and not item.asked and item.type != "note"):
            yield from _parts_of(definition, entry)


def _parts_of(definition: Definition, entry: Entry) -> Iterator[Part]:
    yield entry.item
    if isinstance(entry.item, Question):
        yield from (*definition.options_of(entry.item), *entry.item.rows)


def _texts_of(part: Part) -> Iterator[Texts]:
    yield from (texts for name in _TEXTS if (texts := getattr(part, name, None)))
    for words in getattr(part, "mode_texts", {}).values():
        yield from (words.label, words.help)
