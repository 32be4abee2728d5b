"""Pure decisions about cases: who may take a step, which rules stand in its way, what the desk sees first."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from engage.errors import Refused
from mailbox.machine import OPEN_PHASES, Machine, Needs, Phase, Transition, Who

SEND_UNDO_SECONDS = 30
# So long after the last word kept the shared draft is its writer's.
DRAFT_HELD_SECONDS = 120
UNMERGE_DAYS = 7
# The code of a record that takes another step back; its reason names the step.
UNDONE = "undone"
# Doors of steps that can be taken back: none, and those whose further rows `actions.undo` takes back.
UNDONE_WITH = frozenset({"", "consult", "return_draft", "move_case"})
# In so many working days the unit that gets a case says that it has it.
HANDOVER_WORKDAYS = 5
ABSENCE_DAYS_MOST = 366
# What is recorded like a step and is none of a table: `mailbox.words.ACTS` names them.
RESEND, SUSPECT, TRUST = "resend", "suspect", "trust"
CHOSEN_MOST = 200
LOW_RATING = 2
# The decision that a request asks for no information and is handled as a grievance.
IS_PETITION = "IS_PETITION"
RATINGS = range(1, 6)
RATING_REASONS = ("slow", "unclear", "not_answered", "unfriendly", "not_carried_out", "quick", "clear", "helpful")
TITLE_MOST = 200
TEXT_MOST = 20_000
WORDS_MOST = 20_000
NOTE_MOST = 2_000
UNITS_MOST = 366
CITES_MOST = 20
CITE_MOST = 500
MOST_PARTS = 10
# So many approve one answer, one after another, at most.
CHAIN_MOST = 6


@dataclass(frozen=True)
class ClockFacts:
    """One clock as the guards see it: `running` while something is owed by `due`."""

    running: bool
    due: date | None


@dataclass(frozen=True)
class Facts:
    """What the guards of a step look at. `taken`: how often each step was taken since the case is of this kind."""

    today: date
    now: datetime
    state_since: datetime
    taken: Mapping[str, int] = field(default_factory=dict)
    clocks: Mapping[str, ClockFacts] = field(default_factory=dict)
    open_opinions: int = 0
    open_questions: tuple[int, ...] = ()
    open_items: tuple[str, ...] = ()
    workdays_in_state: int = 0
    last_rating: int = 0
    result: str = ""
    note: str = ""
    # Where the actor took part in what is under review: who decides instead, and for which unit; None: the actor may.
    deciders: tuple[str, ...] | None = None
    decides_at: str = ""


def check_step(
    machine: Machine,
    transition: Transition,
    *,
    state: str,
    standing: Collection[Who],
    given: Mapping[Needs, Any],
    reason: str = "",
) -> None:
    """Refuse a step that the table does not allow.

    Raises Refused("transition_not_allowed") with who could take it and from which states,
    Refused("step_reason_missing"), Refused("step_needs", what=...).
    """
    if state not in transition.sources or not set(standing) & set(transition.who):
        raise Refused(
            "transition_not_allowed",
            kind=machine.code,
            step=transition.code,
            state=state,
            by=tuple(transition.who),
            when=transition.sources,
        )
    if transition.reasons and reason not in transition.reasons:
        raise Refused("step_reason_missing", kind=machine.code, step=transition.code, choices=transition.reasons)
    for need in transition.needs:
        if not given.get(need):
            raise Refused("step_needs", what=str(need))


def may_take(transition: Transition, state: str, standing: Collection[Who]) -> bool:
    """Tell whether the table lets somebody take a step from a state; guards may still refuse it."""
    return state in transition.sources and bool(set(standing) & set(transition.who))


def may_be_undone(transition: Transition) -> bool:
    """Tell whether who takes a step may take it back for a while: the house's own.

    It writes nothing but itself, or what its door writes besides is taken back with it (`actions.undo`).
    """
    return transition.door in UNDONE_WITH and Who.CITIZEN not in transition.who


def taken_of(records: Iterable[tuple[str, str]]) -> Counter[str]:
    """Count the steps that were taken, of (code, reason) each; one that was taken back does not count."""
    taken: Counter[str] = Counter()
    for code, reason in records:
        if code == UNDONE:
            taken[reason] -= 1
        else:
            taken[code] += 1
    return +taken


# --- guards ----------------------------------------------------------------------------------------------------------


def _once(machine: Machine, step: str, facts: Facts) -> None:
    if facts.taken.get(step):
        raise Refused("step_taken_already", kind=machine.code, step=step)


def _objections_left(machine: Machine, step: str, facts: Facts) -> None:
    if facts.taken.get("object", 0) > machine.days["objections"]:
        raise Refused("arbiter_decides", n=facts.taken["object"])


def _objection_time(machine: Machine, step: str, facts: Facts) -> None:
    if facts.workdays_in_state > machine.days["objection"]:
        raise Refused("objection_time_over", days=machine.days["objection"])


def _not_arbitrated(machine: Machine, step: str, facts: Facts) -> None:
    if facts.taken.get("arbitrate"):
        raise Refused("arbiter_has_decided")


def _has_objection(machine: Machine, step: str, facts: Facts) -> None:
    if "objection" not in facts.clocks:
        raise Refused("step_not_under_profile", kind=machine.code, step=step)


def _until_due(target: str) -> Callable[[Machine, str, Facts], None]:
    def check(machine: Machine, step: str, facts: Facts) -> None:
        clock = facts.clocks.get(target)
        if clock is None or not clock.running or clock.due is None:
            raise Refused("step_not_under_profile", kind=machine.code, step=step)
        if facts.today > clock.due:
            raise Refused("time_over", day=clock.due)

    return check


def _past_due(target: str) -> Callable[[Machine, str, Facts], None]:
    def check(machine: Machine, step: str, facts: Facts) -> None:
        clock = facts.clocks.get(target)
        if clock is not None and clock.running and clock.due is not None and facts.today <= clock.due:
            raise Refused("too_early", day=clock.due + timedelta(days=1))

    return check


def _opinions_in(machine: Machine, step: str, facts: Facts) -> None:
    if facts.open_opinions and not facts.note:
        raise Refused("opinion_open", n=facts.open_opinions)


def _questions_settled(machine: Machine, step: str, facts: Facts) -> None:
    if facts.open_questions:
        raise Refused("question_open", numbers=", ".join(map(str, facts.open_questions)))
    if facts.open_items:
        raise Refused("checklist_open", items=facts.open_items)


def _detail_overdue(machine: Machine, step: str, facts: Facts) -> None:
    _wait(facts, machine.days["detail"])


def _rating_past(machine: Machine, step: str, facts: Facts) -> None:
    if facts.last_rating > LOW_RATING:
        return
    _wait(facts, machine.days["rating"])


def _wait(facts: Facts, days: int) -> None:
    over = facts.state_since + timedelta(days=days)
    if facts.now <= over:
        raise Refused("too_early", day=over.date() + timedelta(days=1))


def _rating_time(machine: Machine, step: str, facts: Facts) -> None:
    if facts.now > facts.state_since + timedelta(days=machine.days["rating"]):
        raise Refused("rating_over", days=machine.days["rating"])


def _rated_low(machine: Machine, step: str, facts: Facts) -> None:
    if not 0 < facts.last_rating <= LOW_RATING:
        raise Refused("rating_not_low")


def _followed_up(machine: Machine, step: str, facts: Facts) -> None:
    if not facts.taken.get("follow_up") or facts.taken.get("call_back"):
        raise Refused("nothing_to_follow_up")


def _not_returned(machine: Machine, step: str, facts: Facts) -> None:
    if facts.taken.get("return_draft"):
        raise Refused("answer_was_returned")


def _is_petition(machine: Machine, step: str, facts: Facts) -> None:
    if facts.result != IS_PETITION:
        raise Refused("not_a_petition")


def _another_decides(machine: Machine, step: str, facts: Facts) -> None:
    if facts.deciders is not None:
        raise Refused("review_own", names=facts.deciders, department=facts.decides_at)


GUARDS: dict[str, Callable[[Machine, str, Facts], None]] = {
    "once": _once,
    "objections_left": _objections_left,
    "objection_time": _objection_time,
    "not_arbitrated": _not_arbitrated,
    "has_objection": _has_objection,
    "objection_running": _until_due("objection"),
    "opinions_in": _opinions_in,
    "questions_settled": _questions_settled,
    "detail_overdue": _detail_overdue,
    "rating_time": _rating_time,
    "rating_past": _rating_past,
    "rated_low": _rated_low,
    "followed_up": _followed_up,
    "another_decides": _another_decides,
    "is_petition": _is_petition,
    "not_returned": _not_returned,
    "review_running": _until_due("review_request_by"),
    "rereview_running": _until_due("rereview_request_by"),
    "review_over": _past_due("review_request_by"),
    "rereview_over": _past_due("rereview_request_by"),
}


def check_guards(machine: Machine, transition: Transition, facts: Facts) -> None:
    """Refuse a step that a rule of its row forbids now; each guard has its own code."""
    for guard in transition.guards:
        GUARDS[guard](machine, transition.code, facts)


# --- what was read ----------------------------------------------------------------------------------------------------


def read_hash(case: int, round_: int, parts: Mapping[str, Any]) -> str:
    """Return the hash of a draft as somebody reads it: another case, round or word gives another hash."""
    text = json.dumps([case, round_, dict(parts)], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_approver(approver: int | None, *, writers: Collection[int], approved: Collection[int]) -> None:
    """Let nobody approve own words or twice; Refused("approval_own"), Refused("approval_twice")."""
    if approver is None or approver in writers:
        raise Refused("approval_own")
    if approver in approved:
        raise Refused("approval_twice")


def check_chain(chain: Sequence[int | None], *, writers: Collection[int]) -> None:
    """Let nobody be asked twice, or for own words; None stands for any approver.

    Refused("chain_too_long", most=...), Refused("chain_twice"), Refused("approval_own").
    """
    named = [one for one in chain if one is not None]
    if len(chain) > CHAIN_MOST:
        raise Refused("chain_too_long", most=CHAIN_MOST)
    if len(set(named)) < len(named):
        raise Refused("chain_twice")
    for one in named:
        check_approver(one, writers=writers, approved=())


# --- the desk ---------------------------------------------------------------------------------------------------------


def is_open(phase: str) -> bool:
    """Tell whether somebody owes something on a case in the phase."""
    return phase in OPEN_PHASES


def phase_at_desk(phase: Phase, *, merged: bool) -> str:
    """Return where the desk lists a case; a merged one is answered with another and lies nowhere."""
    return "merged" if merged and phase in OPEN_PHASES else str(phase)


def check_rating(score: int, reasons: Collection[str]) -> None:
    """Refused("rating_unknown") for anything but one of five levels and the known reasons."""
    if score not in RATINGS or set(reasons) - set(RATING_REASONS):
        raise Refused("rating_unknown")


def check_length(text: str, most: int) -> str:
    """Return the text without outer space and NUL; Refused("case_text_too_long", most=...)."""
    cleaned = text.strip()
    if len(cleaned) > most:
        raise Refused("case_text_too_long", most=most)
    return cleaned.replace("\x00", "")


# A place of a snippet that is still to be filled in.
UNFILLED = re.compile(r"\{[a-z_]{2,30}\}")


def check_filled(text: str) -> None:
    """Refused("draft_unfilled", names=...) for a text with places of a snippet that nobody filled in."""
    if found := list(dict.fromkeys(UNFILLED.findall(text))):
        raise Refused("draft_unfilled", names=found)


# What the platform does by itself, and the period of the kind (or days) after which it looks.
AUTOMATIC = {"lapse": "detail", "abandon": "detail", "close": "rating", "settle": "rating"}


def days_of(machine: Machine, period: str) -> timedelta:
    """Return a period of a kind; 30 days where its table names none."""
    return timedelta(days=machine.days.get(period, 30))


def check_cites(cites: Collection[str]) -> list[str]:
    """Return what is cited, each once and without outer space; Refused("too_many_cites", most=...)."""
    cleaned = [text for text in (check_length(one, CITE_MOST) for one in cites) if text]
    if len(cleaned) > CITES_MOST:
        raise Refused("too_many_cites", most=CITES_MOST)
    return list(dict.fromkeys(cleaned))
