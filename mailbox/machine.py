"""What a table of a kind is made of: states, transitions, who may, what a step does to the clocks. Pure: no Django.

One file in `mailbox/kinds/` holds the table of one kind. The engine (`mailbox/actions/steps.py`) carries steps out by
the table and knows no kind of its own; docs/cases.md and the refusals are made from the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

# A sentence in the reader's language (a lazy translation); nothing here looks into it.
Text = Any

# Targets of a transition that are no state of their own: back to where the case came from; on in another kind.
BACK = "*back"
MOVED = "*moved"
SAME = "*same"


class Who(StrEnum):
    """In what place somebody stands towards a case. One person may stand in several."""

    SYSTEM = "system"
    CITIZEN = "citizen"
    CLERK = "clerk"
    ARBITER = "arbiter"
    LEAD = "lead"
    APPROVER = "approver"
    OPENNESS = "openness"
    REVIEW_BODY = "review_body"


class Phase(StrEnum):
    """What the desk does with a case in a state. The first four are open: somebody owes something."""

    NEW = "new"
    WORK = "work"
    WAITING = "waiting"
    APPROVAL = "approval"
    DONE = "done"
    CLOSED = "closed"


OPEN_PHASES = (Phase.NEW, Phase.WORK, Phase.WAITING, Phase.APPROVAL)


class Does(StrEnum):
    """What a step does to a clock."""

    START = "start"  # a clock of this target begins; left out where the profile has no such target
    MARK = "mark"  # an event: pauses, restarts or counts from it; clocks that do not know the event run on
    EXTEND = "extend"
    MEET = "meet"  # what was due is done: in time or late
    END = "end"  # what was due is not owed any more
    DATE = "date"  # the receipt was confirmed: the clock counts from this day


class Hands(StrEnum):
    """Into whose hands a step gives the case."""

    LEAD = "lead"  # the unit that is given
    TRIAGE = "triage"  # back to the receiving unit
    HERE = "here"  # the receiving unit keeps it; who takes the step owns it
    TAKER = "taker"  # who takes the step owns it
    UP = "up"  # the next higher unit reviews


class Needs(StrEnum):
    """What a step cannot be taken without."""

    DEPARTMENT = "department"
    WORDS = "words"  # for the citizen: they stand in the notice
    NOTE = "note"  # for the file
    UNITS = "units"
    CITES = "cites"


@dataclass(frozen=True)
class Effect:
    """One thing a step does to clocks. An empty `target` means every clock that still runs."""

    does: Does
    target: str = ""
    event: str = ""
    family: str = ""


def start(target: str, event: str = "", family: str = "") -> Effect:
    """Begin a clock, counted from the event where one is named."""
    return Effect(Does.START, target, event, family)


def mark(event: str) -> Effect:
    """Record an event on every clock that knows it."""
    return Effect(Does.MARK, event=event)


def meet(target: str) -> Effect:
    """Say that what was due is done."""
    return Effect(Does.MEET, target)


EXTEND_REPLY = Effect(Does.EXTEND, "final_reply")
END_ALL = Effect(Does.END)


@dataclass(frozen=True)
class State:
    """Where a case can be. `step` is the place on the sender's nine-step line.

    `returns`: it is left to where the case came from; `reviewing`: the case lies at the unit that reviews.
    """

    code: str
    label: Text
    phase: Phase
    step: int
    returns: bool = False
    reviewing: bool = False


@dataclass(frozen=True)
class Transition:
    """One step. `told` is the sentence on the sender's timeline, None when it is no business of the sender's.

    `reasons` are the codes one of which must be chosen; `guards` name the rules that must hold (`rules.GUARDS`);
    `door` names the action that alone takes the step, because it writes more than the step itself.
    """

    code: str
    sources: tuple[str, ...]
    to: str
    who: tuple[Who, ...]
    label: Text
    told: Text | None = None
    effects: tuple[Effect, ...] = ()
    notice: str = ""
    reasons: tuple[str, ...] = ()
    needs: tuple[Needs, ...] = ()
    guards: tuple[str, ...] = ()
    hands: Hands | None = None
    door: str = ""


@dataclass(frozen=True)
class Machine:
    """The whole table of one kind.

    `families` are the clock families an office may choose from, the first by default. `opening` happens at
    registration. `days` are the kind's own periods, which no law names and an office may know by heart.
    `targets_of_sender` are clocks that run for the sender: no officer is late by them. `grounded` are the results that
    must name the provision of law they rest on.
    """

    code: str
    letter: str
    label: Text
    families: tuple[str, ...]
    initial: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    opening: tuple[Effect, ...] = ()
    results: tuple[str, ...] = ()
    days: Mapping[str, int] = field(default_factory=dict)
    targets_of_sender: frozenset[str] = frozenset()
    grounded: frozenset[str] = frozenset()
    answer_notice: str = "answer"
    needs_identity: bool = False
    most_representatives: int = 0
    opened_by: tuple[Who, ...] = (Who.CITIZEN, Who.CLERK, Who.SYSTEM)

    def state(self, code: str) -> State:
        """Return a state; KeyError for one that is not in the table."""
        return self._states[code]

    def transition(self, code: str) -> Transition:
        """Return a transition; KeyError for one that is not in the table."""
        return self._transitions[code]

    def has(self, code: str) -> bool:
        """Tell whether there is a transition of that code."""
        return code in self._transitions

    def leaving(self, state: str) -> Iterator[Transition]:
        """List the steps that can be taken from a state."""
        return (transition for transition in self.transitions if state in transition.sources)

    @cached_property
    def _states(self) -> dict[str, State]:
        return {state.code: state for state in self.states}

    @cached_property
    def _transitions(self) -> dict[str, Transition]:
        return {transition.code: transition for transition in self.transitions}


def faults(machine: Machine) -> Iterator[str]:
    """Say what is wrong with a table: names that lead nowhere, states nobody reaches or leaves."""
    states = [state.code for state in machine.states]
    codes = [transition.code for transition in machine.transitions]
    for twice in {code for code in (*states,) if states.count(code) > 1} | {c for c in codes if codes.count(c) > 1}:
        yield f"{twice} is there twice"
    for transition in machine.transitions:
        targets = {transition.to} - {BACK, MOVED, SAME}
        for missing in (set(transition.sources) | targets) - set(states):
            yield f"{transition.code}: there is no state {missing}"
        if not transition.sources or not transition.who:
            yield f"{transition.code}: from nowhere or by nobody"
        if transition.to == BACK and not all(machine.state(one).returns for one in transition.sources):
            yield f"{transition.code}: goes back from where nothing is remembered"
    reached = _reached(machine)
    for state in machine.states:
        if state.code not in reached:
            yield f"nobody reaches {state.code}"
        leaves = any(True for _ in machine.leaving(state.code))
        if not leaves and state.phase is not Phase.CLOSED:
            yield f"nobody leaves {state.code}"


def _reached(machine: Machine) -> set[str]:
    reached, grown = {machine.initial}, True
    while grown:
        found = {t.to for t in machine.transitions if reached & set(t.sources) and not t.to.startswith("*")} - reached
        grown = bool(found)
        reached |= found
    return reached
