"""docs/cases.md: the tables of the kinds as people read them. Made from the tables, compared by a test."""

from collections.abc import Iterator
from pathlib import Path

from django.utils import translation

from mailbox.kinds import KINDS
from mailbox.kinds.common import WHO_LABELS
from mailbox.kinds.notices import FORMS
from mailbox.machine import BACK, MOVED, SAME, Does, Effect, Machine, Transition

FILE = Path(__file__).resolve().parent.parent / "docs" / "cases.md"
HEAD = """# Cases: the tables of the kinds

Made by `manage.py case_tables` from `mailbox/kinds/`; a test compares. What is written here is what the engine does: a
step that is not in the table is refused, with who could take it and from where.

Clock columns: *start* begins a clock, *mark* records an event that the dated profile in force may count from, pause or
restart by (a profile that does not know it runs on), *extend* adds days, *meet* says it is done, *end* that it is no
longer owed, *date* counts from the confirmed day of receipt.

Periods: *consult* is how many working days a unit that is asked has. Where the dated profile of the case has a time for
bodies that made the information together (`cn-foi-2019`: 15 working days, art. 34), that holds for a unit of which the
one in charge says so, and its silence alone agrees.
"""


def document() -> str:
    """Return the whole file, in English whatever language is active."""
    with translation.override("en"):
        return "\n".join([HEAD, *(line for machine in KINDS.values() for line in _kind(machine))]) + "\n"


def _kind(machine: Machine) -> Iterator[str]:
    yield f"## {str(machine.label).capitalize()} (`{machine.code}`, reference {machine.letter}-…)"
    yield ""
    families = ", ".join(f"`{family}`" for family in machine.families)
    yield f"Clocks: {families} (the first unless the office chooses another)."
    if machine.opening:
        yield f"At registration: {_effects(machine.opening)}."
    if machine.results:
        yield f"Results of an answer: {', '.join(f'`{result}`' for result in machine.results)}."
    if machine.days:
        yield f"Periods: {', '.join(f'{name} {days}' for name, days in machine.days.items())}."
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in machine.states:
        yield f"    {state.code}: {state.label}"
    yield f"    [*] --> {machine.initial}"
    for transition in machine.transitions:
        yield from _arrows(machine, transition)
    yield "```"
    yield ""
    yield "| step | from | to | who | clock | notice | reasons | rules |"
    yield "|---|---|---|---|---|---|---|---|"
    for transition in machine.transitions:
        yield _row(transition)
    yield ""


def _arrows(machine: Machine, transition: Transition) -> Iterator[str]:
    for source in transition.sources:
        if transition.to == BACK:
            for place in machine.states:
                if (
                    any(t.to == source and place.code in t.sources for t in machine.transitions)
                    and place.code != source
                ):
                    yield f"    {source} --> {place.code}: {transition.code}"
        elif transition.to == MOVED:
            yield f"    {source} --> [*]: {transition.code}"
        else:
            yield f"    {source} --> {source if transition.to == SAME else transition.to}: {transition.code}"


def _row(transition: Transition) -> str:
    targets = {BACK: "where it came from", MOVED: "another kind", SAME: "the same"}
    cells = (
        f"`{transition.code}` {transition.label}",
        ", ".join(transition.sources),
        targets.get(transition.to, transition.to),
        "; ".join(str(WHO_LABELS[who]) for who in transition.who),
        _effects(transition.effects),
        str(FORMS[transition.notice].title) if transition.notice else "",
        ", ".join(transition.reasons),
        ", ".join((*transition.guards, *(f"needs {need}" for need in transition.needs))),
    )
    return f"| {' | '.join(cells)} |"


def _effects(effects: tuple[Effect, ...]) -> str:
    return "; ".join(_effect(effect) for effect in effects)


def _effect(effect: Effect) -> str:
    if effect.does is Does.START:
        counted = f" from `{effect.event}`" if effect.event else ""
        return f"start `{effect.target}`{counted}"
    if effect.does is Does.MARK:
        return f"mark `{effect.event}`"
    return f"{effect.does} `{effect.target}`" if effect.target else f"{effect.does} all"
