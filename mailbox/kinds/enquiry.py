"""An enquiry (留言咨询): a short clock, and plain facts from what is published need no approval."""

from django.utils.translation import gettext_lazy as _

from mailbox.kinds.common import (
    ANSWERED,
    APPROVAL,
    APPROVED,
    CLOSED,
    CONSULTING,
    DRAFTING,
    HANDLING,
    LEAD,
    NOT_TAKEN,
    RATED,
    REGISTERED,
    RETURNED,
    ROUTED,
    WITHDRAWN,
    answering,
    ask_detail,
    moving,
    rating,
    routing,
    withdrawal,
)
from mailbox.kinds.letter import LAPSE, REFUSE, REOPENED
from mailbox.machine import Machine, Needs, Transition, meet, start

ANSWERING = (meet("final_reply"), meet("call_back"), meet("put_right"))

ENQUIRY = Machine(
    code="enquiry",
    letter="E",
    label=_("enquiry"),
    families=("cn-enquiry",),
    initial="registered",
    states=(
        REGISTERED,
        RETURNED,
        ROUTED,
        HANDLING,
        CONSULTING,
        DRAFTING,
        APPROVAL,
        APPROVED,
        ANSWERED,
        RATED,
        REOPENED,
        CLOSED,
        NOT_TAKEN,
        WITHDRAWN,
    ),
    opening=(start("final_reply"),),
    transitions=(
        *ask_detail(("registered", "handling")),
        LAPSE,
        REFUSE,
        *routing("handling"),
        # What it cites went through the release gate already; it leaves as an approved answer does.
        Transition(
            "answer_plainly",
            ("handling", "reopened", "drafting"),
            "approved",
            (LEAD,),
            _("Answer from what is published"),
            needs=(Needs.CITES, Needs.WORDS),
            guards=("not_returned", "opinions_in", "questions_settled"),
            door="answer_plainly",
        ),
        *answering("handling", "answered", *ANSWERING, also=("reopened",)),
        *rating("answered", "rated", "reopened"),
        withdrawal("registered", "returned", "routed", "handling", "consulting", "drafting", "approval", "approved"),
        moving("registered", "routed", "handling"),
    ),
    days={"detail": 15, "rating": 30, "objection": 2, "objections": 2, "consult": 3},
)
