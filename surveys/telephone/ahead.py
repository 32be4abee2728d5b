"""What can be asked while there is no connection: the questions that come whatever is answered before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from surveys.definition.live import names_behind, names_read
from surveys.definition.model import Entry, Group, Question, Repeat
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
    place of one that such an answer may bring; and before a repeat.
    """
    by_name = runtime.definition.by_name
    places = {entry.item.name: place for place, entry in enumerate(runtime.definition.entries)}
    open_names = {step.shown.item.name for step in found[at:]}

    def hangs(entry: Entry) -> bool:
        return not open_names.isdisjoint(names_behind(runtime, entry))

    certain: list[Step] = []
    for step in found[at + 1 : at + 1 + AHEAD_MOST]:
        parts = [step.shown, *step.before]
        if isinstance(step.shown.item, Repeat) or any(hangs(by_name[part.item.name]) for part in parts):
            break
        certain.append(step)
    last = at + 1 + len(certain) == len(found)
    # What is hidden now and may come: it is asked where it stands, so nothing behind that place is certain.
    here = places[found[at].shown.item.name]
    until = len(places) if last else max([here, *(places[step.shown.item.name] for step in certain)])
    asked = {step.shown.item.name for step in found}
    between = runtime.definition.entries[here + 1 : until]
    coming = [one for one in between if one.item.name not in asked and _is_asked(one) and hangs(one)]
    if coming:
        first = places[coming[0].item.name]
        certain = [step for step in certain if places[step.shown.item.name] < first]
    closing = open_names.isdisjoint(names_read(runtime, runtime.definition.closing))
    return Ahead(tuple(certain), last and not coming and closing)


def _is_asked(entry: Entry) -> bool:
    item = entry.item
    return not isinstance(item, Group) and (isinstance(item, Repeat) or (isinstance(item, Question) and item.asked))
