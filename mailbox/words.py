"""The sentences of the mailbox: refusals by code, timeline entries by code. Those of steps come from the tables."""

from collections.abc import Iterable
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.formats import date_format, get_format, time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from mailbox import rules
from mailbox.actions.resend import KEEP, RESTART
from mailbox.actions.steps import told_code
from mailbox.counter import rules as counter
from mailbox.counter.models import Way
from mailbox.kinds import KINDS, kind_of
from mailbox.kinds.common import WHO_LABELS
from mailbox.machine import Machine, Who
from mailbox.rules import UNDONE

NEEDS = {
    "department": _("Choose a unit"),
    "words": _("Write what the sender is told"),
    "note": _("Write why, for the file"),
    "units": _("Give the number of days"),
    "cites": _("Cite what is published"),
}


# What is recorded like a step and stands in no table.
ACTS = {
    rules.RESEND: _("A notice was sent again"),
    rules.SUSPECT: _("Put among spam"),
    rules.TRUST: _("Taken out of spam"),
}


# What sending a notice again did to the time that began with it.
RESENT = {
    KEEP: _("%(number)s: the time that began with it keeps its day"),
    RESTART: _("%(number)s: the time that began with it begins anew"),
}


def step_note(step: str, note: str) -> str:
    """Return what stands in the file about a step: as it was typed, or worded anew where the house keeps a code."""
    if step == "confirm_receipt" and (way := note.removeprefix(counter.WAY)) in Way and way != note:
        return str(Way(way).label)
    number, _colon, clock = note.rpartition(": ")
    return str(RESENT[clock]) % {"number": number} if step == rules.RESEND and clock in RESENT else note


def step_label(kind: str, step: str) -> str:
    """Return the name of a step in the active language; of a step that is no row of the table, the code."""
    machine = kind_of(kind)
    if step == UNDONE:
        return gettext("Taken back")
    return str(machine.transition(step).label) if machine.has(step) else str(ACTS.get(step, step))


def state_label(kind: str, state: str) -> str:
    """Return the name of a state in the active language."""
    return str(kind_of(kind).state(state).label)


def who_label(who: str) -> str:
    """Return the name of a place in the active language."""
    return str(WHO_LABELS[Who(who)])


def listed(words: Iterable[str]) -> str:
    """Put words side by side as the active language does."""
    return gettext(", ").join(words)


def _not_allowed(values: dict[str, Any]) -> str:
    return gettext(
        "“%(step)s” is not possible now: the case is %(state)s. It can be done by %(by)s while a case is %(when)s"
    ) % {
        "step": step_label(values["kind"], values["step"]),
        "state": state_label(values["kind"], values["state"]),
        "by": listed(who_label(one) for one in values["by"]),
        "when": listed(state_label(values["kind"], one) for one in values["when"]),
    }


def _moved(values: dict[str, Any]) -> str:
    filled = {
        "state": state_label(values["kind"], values["state"]),
        "by": values["by"],
        "department": values["department"],
        "at": format_date(localtime(values["at"]), get_format("DATETIME_FORMAT")),
    }
    if filled["by"] and filled["department"]:
        sentence = gettext(
            "%(by)s acted on the case at %(at)s; it is now %(state)s, with %(department)s. "
            "Look at it again; what you typed is kept"
        )
    else:
        sentence = gettext("The case moved on at %(at)s and is now %(state)s. Look at it again; what you typed is kept")
    return sentence % filled


def _of_step(sentence: Any) -> Any:
    def say(values: dict[str, Any]) -> str:
        return str(sentence) % {"step": step_label(values["kind"], values["step"])}

    return say


def _of_day(sentence: Any) -> Any:
    def say(values: dict[str, Any]) -> str:
        return str(sentence) % {"day": date_format(values["day"], "DATE_FORMAT")}

    return say


def _of_kind(sentence: Any) -> Any:
    def say(values: dict[str, Any]) -> str:
        return str(sentence) % {"kind": kind_of(values["kind"]).label if values["kind"] in KINDS else values["kind"]}

    return say


def _opinion_open(values: dict[str, Any]) -> str:
    return ngettext(
        "%(n)d unit has not given its opinion. Wait for it, or write for the file why you go on without it",
        "%(n)d units have not given their opinions. Wait for them, or write for the file why you go on without them",
        values["n"],
    ) % {"n": values["n"]}


def _review_own(values: dict[str, Any]) -> str:
    if values["names"]:
        said = gettext("You took part in what is under review, so somebody else decides it. These can: %(names)s")
        return said % {"names": listed(values["names"])}
    return gettext(
        "You took part in what is under review, so somebody else decides it, and nobody else approves for "
        "%(department)s. Ask an administrator to give another person that role"
    ) % {"department": values["department"]}


def _draft_held(values: dict[str, Any]) -> str:
    said = gettext("%(name)s is writing in this draft; what you typed is kept here. It is free at %(until)s")
    return said % {"name": values["name"], "until": time_format(localtime(values["until"]), "TIME_FORMAT")}


REFUSALS = {
    # steps
    "transition_not_allowed": (_not_allowed, 409),
    "case_moved": (_moved, 409),
    "case_merged": (_("This case is answered with %(into)s. Work there, or take the merge back first"), 409),
    "case_closed": (_("This case is over. Send a new letter; you may refer to this one"), 409),
    "step_unknown": (_of_kind(_("There is no such step for this kind: %(kind)s")), 409),
    "step_needs": lambda values: str(NEEDS[values["what"]]),
    "step_reason_missing": _("Choose one of the reasons: the sender will read it"),
    "step_taken_already": (_of_step(_("“%(step)s” was done already and is done once only")), 409),
    "step_not_under_profile": (_of_step(_("The rules this case is handled by do not know “%(step)s”")), 409),
    "arbiter_decides": _(
        "Units sent it back %(n)d times. An approver of the receiving unit decides now who is in charge"
    ),
    "arbiter_has_decided": _("It was decided that your unit is in charge"),
    "objection_time_over": _("It can be sent back within %(days)d working days. Pass it on to the right unit instead"),
    "time_over": _of_day(_("The time for this ended on %(day)s")),
    "too_early": _of_day(_("This is possible from %(day)s on")),
    "too_late": _of_day(_("This was possible until %(day)s")),
    "opinion_open": _opinion_open,
    "review_own": (_review_own, 403),
    "answer_was_returned": (_("An approver sent the answer back. Change it, then hand it in for approval again"), 409),
    "question_open": _("These questions of the letter have no answer and no reason why not: %(numbers)s"),
    "checklist_open": lambda values: (
        gettext("These points of the checklist must be ticked first: %(items)s") % {"items": listed(values["items"])}
    ),
    "question_because_missing": _("Write why question %(number)d is not answered"),
    "nothing_to_follow_up": _("There is no low rating to follow up"),
    "not_a_petition": _("Only a request that was decided to be a complaint or an enquiry is opened as a grievance"),
    # hands
    "route_to_itself": _("It lies at this unit already. Choose another"),
    "department_gone": _("This department is no longer in service. Choose another"),
    "route_barred": _("%(department)s is accused in this case and must not see it. Choose another unit"),
    "assignee_elsewhere": _("Choose an officer of the unit where the case lies"),
    # beginning
    "case_kind_unknown": _("There is no kind of case “%(kind)s”"),
    "case_kind_closed": _of_kind(_("This kind is opened by the platform alone: %(kind)s")),
    "case_kind_same": _("It is of this kind already. Choose another"),
    "case_text_missing": _("Write something"),
    "case_text_too_long": _("This may have at most %(most)d characters. Put the rest into a file"),
    "case_identity_missing": _of_kind(_("The law asks for a name for this kind: %(kind)s")),
    "too_many_representatives": _("At most %(most)d people may speak for a joint petition"),
    "people_too_few": _("Fewer people take part than are named (%(n)d). Correct the number"),
    "department_code_unknown": _("No department has the code %(department)s."),
    "zone_unknown": _("There is no time zone “%(zone)s”"),
    # opinions
    "consult_itself": _("The unit in charge cannot ask itself. Choose another unit"),
    "consult_open": _("%(department)s is asked already and has not answered yet"),
    "consult_days_wrong": _("Give between 1 and %(most)d working days"),
    "consultation_settled": (_("This question is settled already"), 409),
    # drafts and approvals
    "draft_changed": (_("Somebody wrote in the draft meanwhile. Both texts are below; what you typed is kept"), 409),
    "draft_locked": (_("The draft is being approved. Take it back to change it"), 409),
    "draft_held": (_draft_held, 409),
    "draft_taken": (_("There is a shared draft already. Put the two together"), 409),
    "too_many_cites": _("At most %(most)d things can be cited"),
    "cite_not_published": _(
        "This names nothing that is published here: %(line)s. Give the address of a public page of this site, or the "
        "number of a case whose answer is published; else hand the answer in for approval"
    ),
    "draft_unfilled": lambda values: (
        gettext("Fill in these places of the text first: %(names)s") % {"names": listed(values["names"])}
    ),
    "draft_missing": _("Write the answer first"),
    "draft_basis_missing": _("Say under “Basis” on which provision of law the decision rests"),
    "draft_result_missing": _("Choose what is decided"),
    "draft_result_unknown": _("There is no decision “%(result)s” for this kind"),
    "approver_elsewhere": _("Choose an approver of the unit in charge"),
    "approval_own": (_("Who wrote in an answer cannot approve it"), 403),
    "approval_twice": (_("You approved this already; somebody else must be the next"), 403),
    "approval_not_yours": (_("It is not your turn to approve this"), 403),
    "approval_later": (_("Your turn comes later: somebody else approves this place"), 403),
    "chain_twice": _("Name each approver once"),
    "chain_too_long": _("At most %(most)d people can approve one answer"),
    "approval_forged": (_("What you approved is not what was handed in. Read it again, then approve"), 409),
    "answer_gone": (_("There is no approved answer that waits: it was sent, or taken back"), 409),
    "absence_reversed": _("The last day lies before the first"),
    "absence_own_deputy": _("Nobody stands in for oneself. Choose somebody else"),
    "absence_too_long": _("An absence takes at most %(most)d days. Write two"),
    "deputy_elsewhere": _("Choose somebody who works in the same unit or above it"),
    "cases_chosen_none": _("Choose at least one case"),
    "cases_chosen_many": _("At most %(most)d cases can be given on at once"),
    "handover_settled": (_("There is nothing to acknowledge: the unit acted on it already"), 409),
    # sending again
    "resend_choice_missing": _("Choose why it is sent again, and whether the time keeps or begins anew"),
    "resend_keeps": _("What we lost gains us no time: the clock keeps its day"),
    "resend_no_clock": _("No time began with this notice that still runs. Choose that the time keeps"),
    # ratings
    "rating_unknown": _("Choose one of the five levels"),
    "rating_over": _("An answer can be rated for %(days)d days"),
    "rating_not_low": _("The rating was not low"),
    "rated_already": (_("You rated this answer already"), 409),
    # relations
    "case_into_itself": _("A case cannot be merged into itself. Choose another"),
    "merge_other_kind": _("Only cases of the same kind can be answered together"),
    "merge_not_open": (_("Only cases that are being handled can be answered together"), 409),
    "merge_already": (_("One of the two is answered with another case already, or others are answered with it"), 409),
    "not_merged": (_("This case is not answered with another, or the answer has gone out"), 409),
    "move_leads_others": (_("Others are answered with this case. Take the merges back first"), 409),
    "not_split": (_("This case is not split off from a letter"), 409),
    "split_worked_on": (_("Somebody has worked on it. Answer it with its letter instead"), 409),
    "split_nothing": _("Choose what to split off"),
    "split_files_alone": _("Write the matter to which the chosen files belong"),
    "split_file_gone": (_("One of the files is no longer in this case. Look at it again, then choose"), 409),
    "split_part_over": (
        _("%(reference)s is over and takes no more files. Send it once more without files for that part"),
        409,
    ),
    "too_many_parts": _("At most %(most)d cases can be split off at once"),
    "link_to_itself": _("A case cannot be linked with itself. Choose another"),
    "tag_empty": _("Write a word for the group"),
}


def _told(machine: Machine) -> dict[str, Any]:
    return {
        told_code(machine.code, transition.code): transition.told
        for transition in machine.transitions
        if transition.told is not None
    }


TIMELINE = {
    **{code: told for machine in KINDS.values() for code, told in _told(machine).items()},
    # Until this step went over the time to undo it was the answer itself.
    told_code("enquiry", "answer_plainly"): _("Answered by %(department)s"),
    "case.added": _("You added something"),
    "case.merged": _("Others wrote the same; one answer goes to each of you, and your time runs on"),
    "case.unmerged": _("Handled by itself again"),
    "case.joined": _("It is answered together with %(reference)s"),
    "case.unsplit": _("%(reference)s is answered together with this one again"),
    "case.split": _("Each further matter has its own number: %(references)s"),
    "case.resent": _("Sent to you again: %(number)s"),
    "case.due_later": _("A day off was added to the calendar: the day it is due is now %(due)s"),
}
