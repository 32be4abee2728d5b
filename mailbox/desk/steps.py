"""What an officer can do with a case at the desk: the steps of its table, and the chores beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid5

from django.utils.translation import gettext_lazy as _

from engage.accounts.models import User
from mailbox import actions
from mailbox.actions import Given
from mailbox.desk import actions as desk
from mailbox.desk.forms import (
    AddForm,
    AssignForm,
    CiteForm,
    DelegateForm,
    DeskForm,
    NoteForm,
    OfForm,
    OpinionForm,
    OtherCaseForm,
    QuestionsForm,
    SettleForm,
    SnippetChoiceForm,
    SnoozeForm,
    SplitForm,
    TagForm,
    TickForm,
    WaiveForm,
)
from mailbox.desk.resending import ResendForm, received, resend
from mailbox.desk.undoing import of_last_step, of_owner, of_snooze, of_step, of_suspicion, of_tag, payload
from mailbox.library.actions import KEEPERS, keep_in_library, use_item
from mailbox.library.forms import KeepForm, UseForm
from mailbox.machine import Transition, Who
from mailbox.models import Case

Text = Any
# What takes a thing back (`undoing.take_back`); None where nothing does.
Back = dict[str, Any] | None
# What the sender or the platform does, whoever else stands where; the desk has no button for it.
ELSEWHERE = frozenset({"rate_case", "withdraw_case", "send_due_answers"})
LEADING = frozenset({Who.LEAD})
HANDLING = LEADING | {Who.CLERK}
NOBODY: frozenset[Who] = frozenset()
ALL = HANDLING | {Who.APPROVER, Who.ARBITER, Who.OPENNESS, Who.REVIEW_BODY}


def carry_out(case: Case, transition: Transition, given: Mapping[str, Any], *, actor: User, now: datetime) -> Back:
    """Take a step with what its form brought; returns what takes it back. Raises as the action of its door does."""
    seen: dict[str, Any] = {"actor": actor, "now": now, "revision": given["revision"]}
    # Of this case and step: the token of another page finds nothing and stands in nobody's way.
    token = uuid5(given["token"], f"{case.pk}:{transition.code}")
    match transition.door:
        case "consult":
            actions.consult(
                case.pk,
                department_id=given["department"].pk,
                question=given["question"],
                days=given["days"],
                co_author=given.get("co_author", False),
                undo=True,
                **seen,
            )
            return payload([of_last_step(case.pk)])
        case "submit_draft":
            actions.submit_draft(case.pk, chain=given["approver"], note=given["note"], **seen)
        case "approve_draft":
            actions.approve_draft(case.pk, sha256=given["sha256"], note=given["note"], token=token, **seen)
        case "return_draft":
            actions.return_draft(case.pk, note=given["note"], undo=True, **seen)
            return payload([of_last_step(case.pk)])
        case "take_back_draft":
            actions.take_back_draft(case.pk, **seen)
        case "answer_plainly":
            words = actions.DraftWords(text=given["words"], cites=_lines(given["cites"]))
            actions.answer_plainly(case.pk, words, over=given["draft"], note=given.get("note", ""), **seen)
        case "open_grievance":
            actions.open_grievance(case.pk, **seen)
        case "move_case":
            moved = actions.move_case(case.pk, kind=given["kind"], words=given["words"], undo=True, **seen)
            return payload([of_step(moved)])
        case _ if transition.code == "give_detail":
            actions.give_detail(case.pk, words=given["words"], token=token, **seen)
        case _ if transition.code in ("ask_review", "ask_rereview"):
            actions.ask_review(case.pk, words=given["words"], token=token, **seen)
        case _:
            done = actions.take_step(case.pk, transition.code, _given(given), token=token, undo=True, **seen)
            return payload([of_step(done)])
    return None


def _given(given: Mapping[str, Any]) -> Given:
    unit = given.get("department")
    return Given(
        department=unit.pk if unit else None,
        reason=given.get("reason", ""),
        note=given.get("note", ""),
        words=given.get("words", ""),
        units=given.get("units") or 0,
        cites=_lines(given.get("cites", "")),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


# --- chores ---------------------------------------------------------------------------------------------------------


# What runs may return what takes it back; whatever else it returns counts as nothing.
Run = Callable[[Case, DeskForm, User, datetime], Any]


@dataclass(frozen=True)
class Chore:
    """One thing beside the steps, for who stands in one of the places `who`; a button where it asks for nothing.

    `open_only`: there is nothing of the kind to do on a case that is over. `asked`: units that are asked may, too.
    """

    code: str
    label: Text
    run: Run
    form: Callable[..., DeskForm]
    said: Text
    who: frozenset[Who] = HANDLING
    open_only: bool = True
    asked: bool = False
    is_button: bool = False
    hint: Text = field(default="")


def _assign(case: Case, form: DeskForm, actor: User, now: datetime) -> Back:
    given = form.cleaned_data
    return _give(case, int(given["to"]) if given["to"] else None, given["revision"], actor, now)


def _mine(case: Case, form: DeskForm, actor: User, now: datetime) -> Back:
    return _give(case, actor.pk, form.cleaned_data["revision"], actor, now)


def _give(case: Case, to: int | None, revision: int, actor: User, now: datetime) -> Back:
    before = case.owner_id
    return payload([of_owner(before, actions.assign_case(case.pk, to=to, actor=actor, now=now, revision=revision))])


def _snooze(case: Case, form: DeskForm, actor: User, now: datetime) -> Back:
    given = form.cleaned_data
    when = {"days": given["days"], "until": given["until"]}
    desk.snooze_case(case.pk, **when, actor=actor, now=now, revision=given["revision"])
    return payload([of_snooze(case.pk)])


def _wake(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    desk.wake_case(case.pk, actor=actor)


def _note(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    desk.write_note(case.pk, form.cleaned_data["text"], actor=actor, now=now)


def _seen(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    desk.see_mentions(case.pk, actor=actor, now=now)


def _late(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    desk.read_late_words(case.pk, actor=actor)


def _tick(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    given = form.cleaned_data
    desk.tick(case.pk, given["of"], done=given["done"], actor=actor, now=now)


def _snippet(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    given = form.cleaned_data
    desk.use_snippet(case.pk, given["snippet"], shared=given["shared"], actor=actor, now=now)


def _cite(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    given = form.cleaned_data
    desk.cite(case.pk, given["line"], shared=given["shared"], actor=actor, now=now)


def _keep(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    assert isinstance(form, KeepForm)
    keep_in_library(case.pk, form.words, stays=form.cleaned_data.get("stays", ()), actor=actor, now=now)


def _use(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    given = form.cleaned_data
    use_item(case.pk, given["item"], shared=given["shared"], actor=actor, now=now)


def _add(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.add_message(case.pk, form.cleaned_data["words"], actor=actor, now=now)


def _questions(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    texts = form.cleaned_data["questions"].splitlines()
    actions.set_questions(case.pk, texts, actor=actor, revision=form.cleaned_data["revision"])


def _settle(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    given = form.cleaned_data
    question = case.questions.get(pk=given["of"])
    actions.settle_question(question.pk, because=given["because"], answered=given["answered"], actor=actor)


def _share(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    draft = case.drafts.get(pk=form.cleaned_data["of"], author=actor)
    actions.share_draft(draft.pk, actor=actor, now=now)


def _link(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.link_cases(case.pk, form.cleaned_data["other"].pk, actor=actor, now=now)


def _unlink(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    link = (case.links.all() | case.links_here.all()).get(pk=form.cleaned_data["of"])
    actions.unlink_cases(link.pk, actor=actor, now=now)


def _merge(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    given = form.cleaned_data
    actions.merge_case(case.pk, into=given["other"].pk, actor=actor, now=now, revision=given["revision"])


def _unmerge(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.unmerge_case(case.pk, actor=actor, now=now)


def _split(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    assert isinstance(form, SplitForm)
    revision = form.cleaned_data["revision"]
    actions.split_case(case.pk, form.parts, files=form.files_along, actor=actor, now=now, revision=revision)


def _unsplit(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.unsplit_case(case.pk, actor=actor, now=now, revision=form.cleaned_data["revision"])


def _tag(case: Case, form: DeskForm, actor: User, now: datetime) -> Back:
    before = set(case.tags.values_list("pk", flat=True))
    tag = actions.tag_cases([case.pk], form.cleaned_data["name"], actor=actor, now=now)
    return payload([of_tag(case.pk, tag.pk)]) if tag.pk not in before else None


def _untag(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.untag_case(case.pk, form.cleaned_data["of"], actor=actor)


def _suspicion(suspect: bool) -> Run:
    def mark(case: Case, form: DeskForm, actor: User, now: datetime) -> Back:
        revision = form.cleaned_data["revision"]
        return payload([of_suspicion(actions.mark_suspect(case.pk, suspect=suspect, actor=actor, revision=revision))])

    return mark


def _hold(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.hold_answer(case.pk, actor=actor)


def _take_draft(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.take_draft(case.pk, actor=actor, now=now)


def _send(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.send_answer(case.pk, actor=actor, now=now)


def _delegate(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    actions.delegate_approval(case.pk, to=int(form.cleaned_data["to"]), actor=actor, now=now)


def _opinion(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    given = form.cleaned_data
    asked = case.consultations.get(pk=given["of"])
    agrees = {"yes": True, "no": False}.get(given["agrees"])
    actions.give_opinion(asked.pk, text=given["text"], agrees=agrees, actor=actor, now=now)


def _waive(case: Case, form: DeskForm, actor: User, now: datetime) -> None:
    asked = case.consultations.get(pk=form.cleaned_data["of"])
    actions.waive_opinion(asked.pk, note=form.cleaned_data["note"], actor=actor, now=now)


def plain(data: Any = None, *, case: Case, actor: User) -> DeskForm:
    """The form of a button: nothing but the state of the case as it was seen."""
    return DeskForm(data, case=case)


CHORES: dict[str, Chore] = {
    chore.code: chore
    for chore in (
        Chore("mine", _("Take over"), _mine, plain, _("The case is yours"), is_button=True),
        Chore("snooze", _("Put away for a while"), _snooze, SnoozeForm, _("Put away for a while"), ALL),
        Chore("wake", _("Take it up again"), _wake, plain, _("It is back"), ALL, open_only=False, is_button=True),
        Chore("note", _("Note to colleagues"), _note, NoteForm, _("The note is written"), ALL, False, True),
        Chore("seen", _("I have seen it"), _seen, plain, _("Seen"), ALL, False, True, is_button=True),
        Chore("late", _("I have read it"), _late, plain, _("Seen"), ALL, open_only=False, is_button=True),
        Chore("tick", _("Tick a point"), _tick, TickForm, _("The checklist is kept"), ALL, is_button=True),
        Chore(
            "snippet", _("Put in a piece of text"), _snippet, SnippetChoiceForm, _("It stands in the answer"), LEADING
        ),
        Chore("cite", _("Cite something published"), _cite, CiteForm, _("It is cited"), LEADING),
        Chore("library", _("Take from the case library"), _use, UseForm, _("It stands in the answer"), LEADING),
        Chore(
            "keep",
            _("Put into the case library"),
            _keep,
            KeepForm,
            _("It is in the case library"),
            KEEPERS,
            open_only=False,
            hint=_(
                "Everybody who works on cases reads it. What is found of people is blacked out; names of others are "
                "not found by themselves, so read all of it."
            ),
        ),
        Chore("assign", _("Give to an officer"), _assign, AssignForm, _("Given to the officer"), ALL),
        Chore("add", _("Note what the sender says"), _add, AddForm, _("Added to the letters"), open_only=False),
        Chore(
            "questions",
            _("List the questions"),
            _questions,
            QuestionsForm,
            _("The questions are listed"),
            hint=_("The answer can be handed in only when each is settled. A new list replaces the old one."),
        ),
        Chore("settle", _("Settle a question"), _settle, SettleForm, _("The question is settled"), LEADING),
        Chore("share", _("Share my draft"), _share, OfForm, _("The draft is shared"), LEADING),
        Chore(
            "take",
            _("Go on writing in their place"),
            _take_draft,
            plain,
            _("The draft is yours to write"),
            LEADING,
            is_button=True,
        ),
        Chore("link", _("Link with another case"), _link, OtherCaseForm, _("Linked"), HANDLING | {Who.APPROVER}, False),
        Chore("unlink", _("Take the link away"), _unlink, OfForm, _("Unlinked"), HANDLING | {Who.APPROVER}, False),
        Chore(
            "merge",
            _("Answer with another case"),
            _merge,
            OtherCaseForm,
            _("It is answered with the other case"),
            hint=_("One answer goes to both senders; each keeps a receipt and a clock. It can be undone for 7 days."),
        ),
        Chore(
            "unmerge",
            _("Handle by itself again"),
            _unmerge,
            plain,
            _("Handled by itself again"),
            open_only=False,
            is_button=True,
        ),
        Chore(
            "split",
            _("Split off a matter"),
            _split,
            SplitForm,
            _("Each further matter is a case of its own"),
            hint=_(
                "Each further matter gets a number, a receipt and clocks of its own from the day of the letter. "
                "It can be joined with the letter again for 7 days, while nobody has worked on it."
            ),
        ),
        Chore(
            "unsplit",
            _("Join with its letter again"),
            _unsplit,
            plain,
            _("It is answered with its letter"),
            is_button=True,
        ),
        Chore("tag", _("Put into a group"), _tag, TagForm, _("Put into the group"), ALL, False),
        Chore("untag", _("Take out of the group"), _untag, OfForm, _("Taken out of the group"), ALL, False),
        Chore("suspect", _("Spam"), _suspicion(True), plain, _("Put among spam"), is_button=True),
        Chore("trust", _("Not spam"), _suspicion(False), plain, _("Taken out of spam"), is_button=True),
        Chore(
            "hold",
            _("Undo the sending"),
            _hold,
            plain,
            _("The answer is held"),
            LEADING | {Who.APPROVER},
            is_button=True,
        ),
        Chore(
            "send",
            _("Send the answer"),
            _send,
            plain,
            _("The answer goes out"),
            LEADING | {Who.APPROVER},
            is_button=True,
        ),
        Chore(
            "delegate",
            _("Let somebody else approve"),
            _delegate,
            DelegateForm,
            _("Handed on"),
            frozenset({Who.APPROVER}),
        ),
        Chore(
            "opinion", _("Give our opinion"), _opinion, OpinionForm, _("The opinion is given"), frozenset(), asked=True
        ),
        Chore("waive", _("Do without the opinion"), _waive, WaiveForm, _("Done without it"), LEADING),
        Chore(
            "received",
            _("Say that it has come"),
            received,
            plain,
            _("The unit that passed it on knows"),
            LEADING | {Who.APPROVER},
            is_button=True,
        ),
        Chore("resend", _("Send a notice again"), resend, ResendForm, _("Sent again"), open_only=False),
    )
}


def may_do(chore: Chore, case: Case, standing: frozenset[Who], *, is_asked: bool) -> bool:
    """Tell whether a chore is offered at all; the action says the last word."""
    if chore.open_only and not case.is_open:
        return False
    if chore.code == "unmerge":
        return case.is_merged and bool(standing & chore.who)
    return bool(standing & chore.who) or (chore.asked and is_asked)
