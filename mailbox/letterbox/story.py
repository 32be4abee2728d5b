"""The page of a case for its sender: who has it and until when, the nine steps, its papers, what can be done now."""

from __future__ import annotations

from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engage.accounts.actors import Actor
from engage.participation.kinds import SentPart, Step, Story
from engage.participation.models import Submission
from mailbox.letterbox import queries
from mailbox.letterbox.models import Wish
from mailbox.machine import Phase
from mailbox.models import Case

NINE_STEPS = (
    gettext_lazy("Received"),
    gettext_lazy("Registered"),
    gettext_lazy("Taken up or refused"),
    gettext_lazy("With the unit in charge"),
    gettext_lazy("Others are asked"),
    gettext_lazy("Answer being written"),
    gettext_lazy("Answer being approved"),
    gettext_lazy("Answered"),
    gettext_lazy("Rated and closed"),
)


# Where nothing goes on until the sender does something.
WITH_SENDER = frozenset({"returned", "reasons_asked", "fees_asked"})


def case_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of a case, with all that its sender reads and may do."""
    case = (
        Case.objects.visible_to(actor)
        .select_related("submission", "triage", "lead", "reviewer", "desk")
        .get(pk=submission.pk)
    )
    messages = list(case.messages.visible_to(actor))
    thread = queries.thread(messages, list(case.notices.visible_to(actor)))
    return Story(
        title=case.title,
        holder=_holder(case),
        steps=_steps(case),
        part_template="letterbox/thread.html",
        aside_template="letterbox/clocks.html",
        next_template="letterbox/until.html",
        context={
            "case": case,
            "thread": thread,
            "clocks": queries.running_clocks(case, now=now),
            "wish": Wish.objects.visible_to(actor).select_related("department").filter(case=case).first(),
        },
        links=queries.ways_on(case, actor=actor, now=now),
        sent=[SentPart(case.title, message.text) for message in messages],
        is_answered=case.answered_at is not None,
    )


def _holder(case: Case) -> str:
    if case.state_of.phase is Phase.CLOSED:
        return str(case.state_of.label)
    if case.state in WITH_SENDER:
        return _("With you: %(state)s") % {"state": case.state_of.label}
    if case.desk is None:
        return _("Registered")
    if case.state_of.phase is Phase.DONE and not case.low_rated:
        return _("Answered by %(department)s") % {"department": case.desk}
    if case.due is None or not case.is_open:
        return _("With %(department)s") % {"department": case.desk}
    return _("With %(department)s until %(day)s") % {
        "department": case.desk,
        "day": date_format(case.due, "DATE_FORMAT"),
    }


def _steps(case: Case) -> list[Step]:
    """The line stands at the step of the state; a case that is over has nothing left to come."""
    at, over, where = case.state_of.step, case.state_of.phase is Phase.CLOSED, str(case.state_of.label)
    steps = []
    for number, title in enumerate(NINE_STEPS, start=1):
        if over and number > at:
            break
        state = "done" if number < at or over else "now" if number == at else "todo"
        # A state that is called as its step is not named twice ("Registered" and "registered").
        more = where if number == at and where.casefold() != str(title).casefold() else ""
        steps.append(Step(str(title), more, state))
    return steps
