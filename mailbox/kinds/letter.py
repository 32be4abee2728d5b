"""A letter to the minister (部长信箱): no statute, a published city standard of 3 or 10 working days."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailbox.kinds.common import (
    ANSWERED,
    APPROVAL,
    APPROVED,
    CLERK,
    CLOSED,
    CONSULTING,
    DRAFTING,
    HANDLING,
    NOT_TAKEN,
    NOT_TAKEN_REASONS,
    RATED,
    REGISTERED,
    RETURNED,
    ROUTED,
    SYSTEM,
    WITHDRAWN,
    answering,
    ask_detail,
    moving,
    rating,
    routing,
    withdrawal,
)
from mailbox.machine import END_ALL, Machine, Needs, Phase, State, Transition, meet, start

REOPENED = State("reopened", pgettext_lazy("state of a case", "opened again"), Phase.WORK, 4)

REFUSE = Transition(
    "refuse",
    ("registered",),
    "not_taken",
    (CLERK,),
    _("Do not take up"),
    told=_("Not taken up: %(reason)s"),
    effects=(END_ALL,),
    notice="not_taken",
    reasons=NOT_TAKEN_REASONS,
    needs=(Needs.WORDS,),
)
LAPSE = Transition(
    "lapse",
    ("returned",),
    "not_taken",
    (SYSTEM,),
    _("End: no details came"),
    told=_("Not taken up: %(reason)s"),
    effects=(END_ALL,),
    notice="not_taken",
    reasons=("NO_DETAIL",),
    guards=("detail_overdue",),
)

LETTER = Machine(
    code="letter",
    letter="L",
    label=_("letter"),
    families=("cn-letter-complex", "cn-letter-simple"),
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
        *answering(
            "handling", "answered", meet("final_reply"), meet("call_back"), meet("put_right"), also=("reopened",)
        ),
        *rating("answered", "rated", "reopened"),
        withdrawal("registered", "returned", "routed", "handling", "consulting", "drafting", "approval", "approved"),
        moving("registered", "routed", "handling"),
    ),
    days={"detail": 15, "rating": 30, "objection": 2, "objections": 2, "consult": 5},
)
