"""What the kinds have in common: places, and the way from drafting to the answer."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailbox.machine import (
    BACK,
    END_ALL,
    MOVED,
    SAME,
    Effect,
    Hands,
    Needs,
    Phase,
    State,
    Transition,
    Who,
    mark,
    meet,
    start,
)

WHO_LABELS = {
    Who.SYSTEM: _("the system"),
    Who.CITIZEN: _("the sender"),
    Who.CLERK: _("an officer of the receiving unit"),
    Who.ARBITER: _("an approver of the receiving unit"),
    Who.LEAD: _("an officer of the unit in charge"),
    Who.APPROVER: _("an approver of the unit in charge"),
    Who.OPENNESS: _("a reviewer of openness"),
    Who.REVIEW_BODY: _("an approver of the unit that reviews"),
}

REGISTERED = State("registered", pgettext_lazy("state of a case", "registered"), Phase.NEW, 2)
RETURNED = State("returned", pgettext_lazy("state of a case", "waiting for details"), Phase.WAITING, 2, returns=True)
ROUTED = State("routed", pgettext_lazy("state of a case", "passed to a unit"), Phase.NEW, 3)
HANDLING = State("handling", pgettext_lazy("state of a case", "being handled"), Phase.WORK, 4)
CONSULTING = State("consulting", pgettext_lazy("state of a case", "another unit is asked"), Phase.WAITING, 5, True)
DRAFTING = State("drafting", pgettext_lazy("state of a case", "answer being written"), Phase.WORK, 6)
APPROVAL = State("approval", pgettext_lazy("state of a case", "answer being approved"), Phase.APPROVAL, 7)
APPROVED = State("approved", pgettext_lazy("state of a case", "approved, being sent"), Phase.WORK, 7)
ANSWERED = State("answered", pgettext_lazy("state of a case", "answered"), Phase.DONE, 8)
RATED = State("rated", pgettext_lazy("state of a case", "rated"), Phase.DONE, 9)
CLOSED = State("closed", pgettext_lazy("state of a case", "closed"), Phase.CLOSED, 9)
NOT_TAKEN = State("not_taken", pgettext_lazy("state of a case", "not taken up"), Phase.CLOSED, 3)
WITHDRAWN = State("withdrawn", pgettext_lazy("state of a case", "withdrawn"), Phase.CLOSED, 9)

NOT_TAKEN_REASONS = (
    "NO_CONTENT",
    "DUPLICATE",
    "NOT_OURS",
    "COURT_OR_REVIEW",
    "ABUSE",
    "SPAM",
    "ANSWERED_BEFORE",
)

CLERK, LEAD, APPROVER, CITIZEN, SYSTEM = Who.CLERK, Who.LEAD, Who.APPROVER, Who.CITIZEN, Who.SYSTEM


def ask_detail(sources: tuple[str, ...], *effects: Effect) -> tuple[Transition, ...]:
    """Asking once for everything that is missing, and the answer to it."""
    return (
        Transition(
            "ask_detail",
            sources,
            "returned",
            (CLERK, LEAD),
            _("Ask for details"),
            told=_("We need more details from you before we can go on"),
            effects=(mark("clarify_asked"), *effects),
            notice="detail",
            needs=(Needs.WORDS,),
            guards=("once",),
        ),
        Transition(
            "give_detail",
            ("returned",),
            BACK,
            (CITIZEN, CLERK),
            _("Give the details"),
            told=_("Your details have arrived; we go on"),
            effects=(mark("clarify_received"),),
            needs=(Needs.WORDS,),
        ),
    )


def routing(work: str) -> tuple[Transition, ...]:
    """From the receiving unit to the unit in charge, and back once or twice."""
    return (
        Transition(
            "route",
            ("registered",),
            "routed",
            (CLERK,),
            _("Pass to a unit"),
            told=_("Passed to %(department)s"),
            notice="routed",
            needs=(Needs.DEPARTMENT,),
            guards=("objections_left",),
            hands=Hands.LEAD,
        ),
        Transition(
            "arbitrate",
            ("registered",),
            "routed",
            (Who.ARBITER,),
            _("Decide which unit is in charge"),
            told=_("It was decided that %(department)s is in charge"),
            notice="routed",
            needs=(Needs.DEPARTMENT,),
            hands=Hands.LEAD,
        ),
        Transition(
            "object",
            ("routed",),
            "registered",
            (LEAD,),
            _("Send back: not ours"),
            told=_("%(department)s is not in charge; we are looking for the right unit"),
            needs=(Needs.NOTE,),
            guards=("objection_time", "not_arbitrated"),
            hands=Hands.TRIAGE,
        ),
        Transition(
            "accept",
            ("routed",),
            work,
            (LEAD,),
            _("Take on"),
            told=_("%(department)s has taken it on"),
            hands=Hands.TAKER,
        ),
        Transition(
            "transfer",
            (work,),
            "routed",
            (LEAD,),
            _("Pass on to another unit"),
            told=_("Passed on to %(department)s"),
            needs=(Needs.DEPARTMENT, Needs.NOTE),
            hands=Hands.LEAD,
        ),
    )


def answering(work: str, answered: str, *effects: Effect, also: tuple[str, ...] = ()) -> tuple[Transition, ...]:
    """From the unit's work over its draft and the approval to the answer; `also`: other states to write from."""
    return (
        Transition(
            "consult",
            (work, "consulting", "drafting"),
            "consulting",
            (LEAD,),
            _("Ask another unit"),
            told=_("%(asked)s is asked for its opinion"),
            door="consult",
        ),
        Transition(
            "consulted",
            ("consulting",),
            BACK,
            (SYSTEM, LEAD),
            _("Go on"),
            guards=("opinions_in",),
        ),
        Transition(
            "draft",
            (work, "consulting", *also),
            "drafting",
            (LEAD,),
            _("Write the answer"),
            told=_("The answer is being written"),
        ),
        Transition(
            "submit",
            ("drafting",),
            "approval",
            (LEAD,),
            _("Hand in for approval"),
            told=_("The answer is being approved"),
            guards=("opinions_in", "questions_settled"),
            door="submit_draft",
        ),
        Transition(
            "return_draft",
            ("approval",),
            "drafting",
            (APPROVER,),
            _("Return to the author"),
            needs=(Needs.NOTE,),
            door="return_draft",
        ),
        Transition(
            "approve",
            ("approval",),
            "approved",
            (APPROVER,),
            _("Approve"),
            guards=("questions_settled",),
            door="approve_draft",
        ),
        Transition(
            "take_back",
            ("approval", "approved"),
            "drafting",
            (LEAD,),
            _("Take back to change it"),
            door="take_back_draft",
        ),
        Transition(
            "answer",
            ("approved",),
            answered,
            (SYSTEM,),
            _("Send the answer"),
            told=_("Answered by %(department)s"),
            effects=effects,
            guards=("opinions_in",),
            door="send_due_answers",
        ),
    )


def rating(answered: str, rated: str, reopened: str) -> tuple[Transition, ...]:
    """What follows an answer: a rating, once more a rating, work again after a low one, and the end."""
    return (
        Transition(
            "rate",
            (answered,),
            rated,
            (CITIZEN,),
            _("Rate the answer"),
            told=_("You rated the answer"),
            guards=("rating_time",),
            door="rate_case",
        ),
        Transition(
            "reopen",
            (rated,),
            reopened,
            (SYSTEM,),
            _("Open again after a low rating"),
            told=_("You were not content: %(department)s looks at it again"),
            effects=(start("call_back", "rated_low", "cn-rating"), start("put_right", "rated_low", "cn-rating")),
            notice="reopened",
            guards=("once", "rated_low"),
            door="rate_case",
        ),
        Transition(
            "write_again",
            (answered, rated),
            reopened,
            (CITIZEN,),
            _("Write again about the answer"),
            told=_("You wrote again about the answer: %(department)s looks at it once more"),
            effects=(start("call_back", "rated_low", "cn-rating"), start("put_right", "rated_low", "cn-rating")),
            guards=("once", "rating_time"),
        ),
        Transition(
            "call_back",
            (reopened,),
            SAME,
            (LEAD,),
            _("Note the call back"),
            told=_("%(department)s has been in touch with you"),
            effects=(meet("call_back"),),
            needs=(Needs.NOTE,),
            guards=("once",),
        ),
        Transition(
            "close",
            (answered, rated),
            "closed",
            (SYSTEM, LEAD),
            _("Close"),
            told=_("Closed"),
            effects=(END_ALL,),
            guards=("rating_past",),
        ),
    )


def withdrawal(*sources: str) -> Transition:
    """The sender takes it back."""
    return Transition(
        "withdraw",
        sources,
        "withdrawn",
        (CITIZEN,),
        _("Withdraw"),
        told=_("You withdrew it"),
        effects=(END_ALL,),
        notice="withdrawn",
        door="withdraw_case",
    )


def moving(*sources: str) -> Transition:
    """On as another kind, with reference, words, date and files."""
    return Transition(
        "move",
        sources,
        MOVED,
        (CLERK, LEAD),
        _("Handle as another kind"),
        told=_("Handled as: %(kind)s. Reference and date of receipt stay the same"),
        effects=(END_ALL,),
        notice="moved",
        needs=(Needs.WORDS,),
        door="move_case",
    )
