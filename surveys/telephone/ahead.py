"""What can be asked while there is no connection: the questions that come whatever is answered before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.definition.live import names_behind, names_read
from surveys.definition.model import Definition, Entry, Question, Repeat
from surveys.definition.runtime import Runtime
from surveys.telephone.script import Step

# So many go along with each question: a cut-off of some minutes.
AHEAD_MOST = 10


@dataclass(frozen=True)
class Ahead:
    """The steps that follow for certain, in their order, and whether the end of the interview follows them."""

    steps: tuple[Step, ...]
    ends: bool


NOTHING_AHEAD = Ahead((), False)


def ahead(runtime: Runtime, found: Sequence[Step], at: int) -> Ahead:
    """Return what is asked behind `found[at]`, whatever is answered there and from there on.

    It stops before the first whose presence, words or choices hang on an answer that is still to be given; before the
    place of one that such an answer may bring; and before a repeat. Where anything is mixed no place is certain: then
    nothing follows while an answer may bring something.
    """
    if _repeats(runtime, found[at]):
        return NOTHING_AHEAD
    by_name = runtime.definition.by_name
    places = {entry.item.name: place for place, entry in enumerate(runtime.definition.entries)}
    open_names = {step.shown.item.name for step in found[at:]}

    def hangs(entry: Entry) -> bool:
        return not open_names.isdisjoint(names_behind(runtime, entry))

    certain: list[Step] = []
    for step in found[at + 1 : at + 1 + AHEAD_MOST]:
        parts = [step.shown, *step.before]
        if _repeats(runtime, step) or any(hangs(by_name[part.item.name]) for part in parts):
            break
        certain.append(step)
    last = at + 1 + len(certain) == len(found)
    # What is hidden now and may come: it is asked where it stands, so nothing behind that place is certain.
    here = places[found[at].shown.item.name]
    until = len(places) if last else max([here, *(places[step.shown.item.name] for step in certain)])
    asked = {step.shown.item.name for step in found}
    mixed = _is_mixed(runtime.definition)
    between = runtime.definition.entries[0 if mixed else here + 1 : len(places) if mixed else until]
    coming = [one for one in between if one.item.name not in asked and _is_said(one) and hangs(one)]
    if coming and mixed:
        return NOTHING_AHEAD
    if coming:
        first = places[coming[0].item.name]
        certain = [step for step in certain if places[step.shown.item.name] < first]
    closing = open_names.isdisjoint(names_read(runtime, runtime.definition.closing))
    return Ahead(tuple(certain), last and not coming and closing)


def _repeats(runtime: Runtime, step: Step) -> bool:
    """Tell whether a step asks for one more of something, or stands in one of several."""
    return step.is_more or bool(runtime.definition.by_name[step.shown.item.name].repeats)


def _is_said(entry: Entry) -> bool:
    """Tell whether an item is asked or read out once it is there."""
    item = entry.item
    return isinstance(item, Repeat) or (isinstance(item, Question) and (item.asked or item.type == "note"))


def _is_mixed(definition: Definition) -> bool:
    """Tell whether pages or what stands on them come in an order that is drawn."""
    parts = [*definition.pages, *(one.item for one in definition.entries if not isinstance(one.item, Question))]
    return definition.settings.randomise_pages != "none" or any(part.randomise != "none" for part in parts)
