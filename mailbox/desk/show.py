"""What the page of a case shows, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext

from engage.accounts.actors import SYSTEM, Role, roles_of
from engage.accounts.models import User
from engage.calendars.profiles import Unit
from engage.calendars.rules import TimeState
from engage.calendars.words import TARGETS, length
from engage.desk.registry import Due, State
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.participation.queries import about_options
from engage.participation.words import channel_name
from mailbox import rules
from mailbox.actions.clocks import profile_of_receipt
from mailbox.desk.asked import asked_facts
from mailbox.desk.board import Board, changed_since_look, may_export
from mailbox.desk.forms import DraftForm, NoteForm, needs_form
from mailbox.desk.steps import CHORES, ELSEWHERE, Chore, may_do
from mailbox.desk.words import due_chip, html_lang, language_name
from mailbox.kinds.reasons import REASONS, RESULTS
from mailbox.machine import Transition, Who
from mailbox.models import Absence, Approval, CaseClock, CoConsultation, Draft, Link, StepRecord
from mailbox.queries import Badge
from mailbox.queries.published import published_lines
from mailbox.queries.senders import may_ask
from mailbox.words import listed, state_label, step_label, step_note, who_label

# Turns something away or undoes what somebody did.
TURNS_AWAY = frozenset({"refuse", "not_accept", "divert", "object", "return_draft", "take_back"})
# The usual next step; it is the one button of the page that stands out.
USUAL = (
    "accept",
    "accept_here",
    "answer_plainly",
    "submit",
    "draft",
    "approve",
    "decide_review",
    "decide_rereview",
    "open_grievance",
    "route",
)
# Chores that stand at their own place of the page and not in the list of chores.
AT_THEIR_PLACE = frozenset(
    {
        "settle",
        "share",
        "take",
        "unlink",
        "untag",
        "unmerge",
        "hold",
        "send",
        "delegate",
        "opinion",
        "waive",
        "mine",
        "note",
        "seen",
        "late",
        "tick",
        "snippet",
        "cite",
        "library",
        "snooze",
        "wake",
    }
)
KEYS = 9


@dataclass(frozen=True)
class OfferedStep:
    """One button of the bar. `key` is its number; a step that needs nothing is taken at once."""

    code: str
    label: str
    key: str
    at_once: bool
    is_bad: bool
    is_usual: bool


@dataclass(frozen=True)
class Said:
    """One part of the thread: a letter, a notice."""

    at: datetime
    title: str
    text: str
    is_notice: bool = False
    number: str = ""
    by: str = ""


@dataclass(frozen=True)
class Happened:
    """One line of the file: a step, by whom, why."""

    at: datetime
    label: str
    state: str
    by: str
    reason: str
    note: str


@dataclass(frozen=True)
class Place:
    """One place of a chain of approvers: who, what was decided and when. `turn`: it is the one that is waited for."""

    name: str
    words: str
    state: State
    at: datetime | None
    note: str
    turn: bool


@dataclass(frozen=True)
class ShownClock:
    """One clock: what falls due, how long there is, and the page that shows how the day was computed."""

    pk: int
    target: str
    words: str
    state: State
    note: str


def step_name(transition: Transition) -> str:
    """Return the name of a step in the active language."""
    return str(transition.label)


def case_context(board: Board, *, actor: User, private: bool, revealed: bool) -> dict[str, Any]:
    """Return what the page of a case needs. `revealed`: the reading of name and address is recorded."""
    case = board.case
    return {
        "board": board,
        "case": case,
        "lang": html_lang(case.submission.language),
        "steps": _steps(board),
        "held": [(step_name(one.transition), refusal_message(one.refusal)) for one in board.held_up if one.refusal],
        "thread": thread_of(board),
        "file": happened(board),
        "clocks": [_clock(badge) for badge in board.clocks],
        "facts": _facts(board),
        "contact": _contact(board, revealed=revealed),
        "may_reveal": board.shows_contact and not revealed and case.submission.contact is not None,
        "chores": [one for one in CHORES.values() if one.code not in AT_THEIR_PLACE and _offers(board, one, actor)],
        "may": {code: _offers(board, one, actor) for code, one in CHORES.items()},
        "asked_of_us": board.asked_of_us(),
        "snoozed": _snoozed(board),
        "notes": board.beside.notes,
        "note_form": NoteForm(case=case, actor=actor, page_key="n"),
        "wrote_meanwhile": _wrote_meanwhile(board),
        "cite_gone": _cite_gone(board),
        "opinions": [(one, _asked_until(board, one), _role_of_asked(board, one)) for one in board.consultations],
        "takes": {"may_export": may_export(board), "may_ask": may_ask(case, board.standing)},
        "undo_seconds": rules.SEND_UNDO_SECONDS,
        "token": uuid4(),
        "views_of_sender": [(code, language_name(code)) for code, _name in settings.LANGUAGES],
    } | draft_context(board, actor=actor, private=private)


def _snoozed(board: Board) -> dict[str, Any]:
    """Say until when a case is put away, or that it is back and may be put away for the same time again."""
    snooze, asleep = board.beside.snooze, board.beside.asleep
    if snooze is None or not board.case.is_open:
        return {}
    day = date_format(snooze.until, "DATE_FORMAT")
    if asleep:
        return {"asleep": True, "words": gettext("Put away until %(day)s. Its clocks go on") % {"day": day}}
    again = {"days": snooze.days or "", "until": ""}
    if not snooze.days and snooze.until > board.today:
        again["until"] = snooze.until.isoformat()
    if board.case.revision != snooze.revision or snooze.until > board.today:
        words = gettext("It was put away until %(day)s and is back: something happened to it") % {"day": day}
    else:
        words = gettext("It was put away until %(day)s and is back") % {"day": day}
    return {"asleep": False, "words": words, "again": again if any(again.values()) else None}


def _wrote_meanwhile(board: Board) -> bool:
    """Tell whether the sender wrote since an answer was approved that is held now."""
    draft = board.shared
    if draft is None or draft.state != Draft.State.APPROVED or draft.send_at is not None:
        return False
    # What is answered from what is published nobody approves.
    since = max((one.at for one in draft.approvals.all() if one.at), default=draft.changed_at)
    return any(one.direction == "in" and one.at > since for one in board.messages)


def _cite_gone(board: Board) -> str:
    """Return the first thing that an answer nobody approved rests on and that is not public any more."""
    draft = board.shared
    if draft is None or draft.state != Draft.State.APPROVED or draft.send_at is not None or _of_round(draft):
        return ""
    try:
        published_lines(draft.cites, actor=SYSTEM)
    except Refused as refusal:
        return str(refusal.values.get("line", ""))
    return ""


def _asked_until(board: Board, one: CoConsultation) -> Due | None:
    """Say how long a unit that is asked still has, or how late it is."""
    if one.state != CoConsultation.State.OPEN or board.calendar is None:
        return None
    return due_chip(one.due, board.today, board.calendar, may_move=one.may_move)


def _role_of_asked(board: Board, one: CoConsultation) -> str:
    """Say that a unit is asked as a co-author, and what its silence means while it may still speak."""
    if not one.co_author:
        return ""
    opinion = profile_of_receipt(board.case).silent_opinion
    if opinion is None or one.state != CoConsultation.State.OPEN:
        return gettext("It made the information with the unit in charge")
    return gettext(
        "It made the information with the unit in charge: if it says nothing in %(length)s, it counts as agreeing"
    ) % {"length": length(opinion.count, opinion.unit)}


def asked_about(board: Board, code: str, pk: int) -> dict[str, str]:
    """Return what a form about one thing of the case is about: what a unit is asked, or a question of the letter."""
    if code in ("opinion", "waive"):
        for asked in board.consultations:
            if asked.pk == pk:
                return {
                    "label": gettext("What is asked"),
                    "unit": str(asked.department),
                    "text": asked.question,
                    "role": _role_of_asked(board, asked),
                }
    elif code == "settle":
        for question in board.questions:
            if question.pk == pk:
                return {"label": gettext("The question"), "text": question.text}
    return {}


def _offers(board: Board, chore: Chore, actor: User) -> bool:
    case = board.case
    if chore.code in ("suspect", "trust") and case.suspect != (chore.code == "trust"):
        return False
    if chore.code == "received" and not getattr(case, "has_handover", False):
        return False
    if chore.code == "late" and (case.at_desk or not getattr(case, "has_late_words", False)):
        return False
    if chore.code == "unsplit" and not _may_be_joined(board):
        return False
    if chore.code == "resend" and not board.notices:
        return False
    if chore.code == "wake":
        return board.beside.snooze is not None and may_do(chore, case, board.standing, is_asked=False)
    if chore.code == "keep" and (case.answered_at is None or case.barred_id is not None):
        return False
    if chore.code in ("snippet", "cite", "library") and not board.may_write:
        return False
    if chore.code == "mine":
        here = Who.LEAD if case.lead_id else Who.CLERK
        if here not in board.standing or Role.OFFICER not in roles_of(actor) or case.owner_id == actor.pk:
            return False
    return may_do(chore, case, board.standing, is_asked=bool(board.asked_of_us()))


def _may_be_joined(board: Board) -> bool:
    """Tell whether a case is a part that nobody has worked on, in the days in which it goes back to its letter."""
    if board.taken or board.drafts or board.case.owner_id is not None or len(board.messages) > 1:
        return False
    since = board.now - timedelta(days=rules.UNMERGE_DAYS)
    parts = [link for link, _other in board.links if link.kind == Link.Kind.SPLIT and link.source_id == board.case.pk]
    return any(link.at >= since for link in parts)


def draft_context(board: Board, *, actor: User, private: bool = False) -> dict[str, Any]:
    """Return the draft: to write, or as it was handed in with what changed since the approver's last look."""
    case, draft = board.case, board.private if private else board.shared
    context: dict[str, Any] = {"draft": draft, "private": private, "changed": None, "writers": "", "came_back": ()}
    context["previews"] = draft_previews(draft)
    if draft is not None and draft.shared and draft.round and draft.state == Draft.State.WRITING:
        said = _of_round(draft)
        context["came_back"] = _places(board, said) if any(one.at for one in said) else ()
    if board.may_write and (private or draft is None or draft.state == Draft.State.WRITING):
        if draft is not None and not private and draft.is_held_from(actor.pk, board.now):
            return context | {"held_draft": draft}
        context["draft_form"] = DraftForm(case=case, draft=draft, shared=not private)
        return context
    if draft is not None and draft.state != Draft.State.WRITING:
        context["changed"] = changed_since_look(draft, approver=actor.pk, language=case.submission.language)
        context["result"] = RESULTS.get(draft.result, "")
        context["approvals"] = _places(board, _of_round(draft))
    elif draft is None:
        context["approvals"] = _places(board, board.signed)
    return context


def draft_previews(draft: Draft | None) -> list[tuple[str, str]]:
    """List the languages in which a draft can be looked at as its sender will get it; none while nothing is kept."""
    return [(code, language_name(code)) for code, _name in settings.LANGUAGES] if draft and draft.text else []


def _of_round(draft: Draft) -> list[Approval]:
    return [one for one in draft.approvals.all() if one.round == draft.round]


def _places(board: Board, chain: Sequence[Approval]) -> list[Place]:
    """Say of each place who approves or approved it, and for the next one who stands in today."""
    turn = next((one for one in chain if one.decision == Approval.Decision.WAITING), None)
    return [_place(one, _stand_ins(one, board.today) if one is turn else [], turn=one is turn) for one in chain]


def _place(one: Approval, stand_ins: Sequence[str], *, turn: bool) -> Place:
    name = str(one.by or one.assignee or gettext("Any approver of the unit in charge"))
    if one.by and one.assignee and one.by_id != one.assignee_id:
        name = gettext("%(name)s in place of %(absent)s") % {"name": one.by, "absent": one.assignee}
    elif stand_ins:
        name = gettext("%(name)s, away; in their place %(deputies)s") % {"name": name, "deputies": listed(stand_ins)}
    states: dict[str, State] = {Approval.Decision.APPROVED: "ok", Approval.Decision.RETURNED: "bad"}
    words = gettext("whose turn it is") if turn else str(Approval.Decision(one.decision).label)
    return Place(name, words, "warn" if turn else states.get(one.decision, ""), one.at, one.note, turn)


def _stand_ins(one: Approval, day: date) -> list[str]:
    if one.assignee_id is None:
        return []
    away = Absence.objects.filter(user_id=one.assignee_id, first__lte=day, last__gte=day, deputy__isnull=False)
    return list(dict.fromkeys(str(row.deputy) for row in away.select_related("deputy")))


def _steps(board: Board) -> list[OfferedStep]:
    steps = [one for one in board.offered if one.door not in ELSEWHERE]
    codes = {one.code for one in steps}
    usual = next((code for code in USUAL if code in codes), "")
    return [
        OfferedStep(
            one.code,
            step_name(one),
            str(number) if number <= KEYS else "",
            not needs_form(one),
            one.code in TURNS_AWAY,
            one.code == usual,
        )
        for number, one in enumerate(steps, start=1)
    ]


def thread_of(board: Board) -> list[Said]:
    """List what the sender wrote and was told, the oldest first."""
    sender = gettext("The sender")
    letters = [Said(one.at, sender, one.text, by=str(one.by or "")) for one in board.messages]
    notices = [
        Said(one.made_at, one.title, _notice_text(one.content), True, one.content["number"]) for one in board.notices
    ]
    return sorted([*letters, *notices], key=lambda said: said.at)


def _notice_text(content: dict[str, Any]) -> str:
    parts = [content["opening"], *content["words"], *content["basis"], *content["cites"], content["closing"]]
    return "\n\n".join(part for part in parts if part)


def happened(board: Board) -> list[Happened]:
    """List the steps that were taken, the newest first."""
    return [_happened(board, one) for one in reversed(board.taken)]


def _happened(board: Board, one: StepRecord) -> Happened:
    reason = REASONS.get(one.reason) or RESULTS.get(one.reason) or ""
    by = str(one.by) if one.by else who_label(one.stood_as)
    return Happened(
        one.at,
        step_label(one.kind, one.code),
        state_label(board.case.kind, one.to_state) if one.kind == board.case.kind else "",
        by,
        str(reason),
        step_note(one.code, one.note),
    )


def _clock(badge: Badge) -> ShownClock:
    clock = badge.clock
    words, state = _clock_words(badge)
    notes = []
    if clock.extension:
        notes.append(ngettext("%(n)d day was added", "%(n)d days were added", clock.extension) % {"n": clock.extension})
    if badge.unconfirmed:
        notes.append(gettext("unconfirmed: the days off of that year are not announced, so it may move"))
    if badge.for_sender:
        notes.append(gettext("runs for the sender"))
    label = str(TARGETS.get(clock.target, clock.target))
    return ShownClock(clock.pk, label, words, state, gettext(", ").join(notes))


def _clock_words(badge: Badge) -> tuple[str, State]:
    clock, left = badge.clock, badge.left
    day = date_format(clock.due, "MONTH_DAY_FORMAT") if clock.due else ""
    if clock.state == CaseClock.State.STOPPED:
        said = str(CaseClock.Result(clock.result).label)
        state: State = "bad" if clock.result == CaseClock.Result.LATE else "ok"
        return (gettext("%(result)s (was due by %(day)s)") % {"result": said, "day": day} if day else said), state
    if left is None or left.state is TimeState.NOT_STARTED:
        return gettext("not started"), ""
    if left.state is TimeState.PAUSED:
        since = date_format(clock.paused_since, "MONTH_DAY_FORMAT") if clock.paused_since else ""
        n = clock.remaining or 0
        if left.unit is Unit.WORKING_DAY:
            said = ngettext(
                "stopped since %(day)s with %(n)d working day left",
                "stopped since %(day)s with %(n)d working days left",
                n,
            )
        else:
            said = ngettext(
                "stopped since %(day)s with %(n)d day left", "stopped since %(day)s with %(n)d days left", n
            )
        return said % {"day": since, "n": n}, "info"
    if left.state is TimeState.TODAY:
        return gettext("the last day is today (%(day)s)") % {"day": day}, "warn"
    return _count_words(left.state, left.unit, left.count or 0, day), "bad" if left.state is TimeState.OVERDUE else "ok"


def _count_words(state: TimeState, unit: Unit, n: int, day: str) -> str:
    working = unit is Unit.WORKING_DAY
    if state is TimeState.OVERDUE:
        n = max(1, n)
        if working:
            said = ngettext(
                "%(n)d working day late (was due by %(day)s)", "%(n)d working days late (was due by %(day)s)", n
            )
        else:
            said = ngettext("%(n)d day late (was due by %(day)s)", "%(n)d days late (was due by %(day)s)", n)
    elif working:
        said = ngettext("%(n)d working day left (by %(day)s)", "%(n)d working days left (by %(day)s)", n)
    else:
        said = ngettext("%(n)d day left (by %(day)s)", "%(n)d days left (by %(day)s)", n)
    return said % {"n": n, "day": day}


def _facts(board: Board) -> list[tuple[str, str]]:
    """What the sender chose and how it came."""
    case, sent = board.case, board.case.submission
    facts = [
        (gettext("Received"), date_format(localtime(case.received_at), "DATETIME_FORMAT")),
        (gettext("Came"), channel_name(sent.channel)),
        (gettext("Reads"), language_name(sent.language)),
        (gettext("Public answer"), _published(case.may_publish)),
    ]
    region = dict(about_options("region")).get(sent.region, "")
    capacity = dict(about_options("capacity")).get(sent.capacity, "")
    facts += [
        (label, value) for label, value in ((gettext("Region"), region), (gettext("Writes as"), capacity)) if value
    ]
    if case.people > 1:
        facts.append((gettext("People who join in"), str(case.people)))
    return [*facts, *asked_facts(board)]


def _published(may_be: bool) -> str:
    return gettext("may be published") if may_be else pgettext("answer", "not to be published")


def _contact(board: Board, *, revealed: bool) -> list[tuple[str, str]]:
    """Name and address, where the law asks for them or somebody must call back; else only whether an answer arrives."""
    contact = board.case.submission.contact
    if not (board.shows_contact and revealed) or contact is None:
        reach = gettext("by e-mail") if contact and contact.email_index else gettext("on the page of the receipt")
        return [(gettext("Answer goes"), reach)]
    known = [
        (pgettext("sender", "Name"), contact.name),
        (gettext("E-mail"), contact.email),
        (gettext("Telephone"), contact.phone),
    ]
    if (postal := getattr(contact, "postal_address", None)) is not None:
        known.append((gettext("Postal address"), postal.text))
    known += [(gettext("Speaks for it"), one.contact.name) for one in board.parties if one.contact]
    return [(label, value) for label, value in known if value]
