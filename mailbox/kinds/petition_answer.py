"""The answer to a signature petition that crossed a threshold: the place of such petitions in this engine.

The petition itself is no case. Crossing a threshold opens exactly one, for the platform, with the days the petition
stays open and the days its answer is due.
"""

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
    REGISTERED,
    ROUTED,
    SYSTEM,
    answering,
    routing,
)
from mailbox.machine import END_ALL, Machine, Transition, Who, meet, start

PETITION_ANSWER = Machine(
    code="petition_answer",
    letter="A",
    label=_("answer to a petition"),
    families=("uk-petition",),
    initial="registered",
    states=(REGISTERED, ROUTED, HANDLING, CONSULTING, DRAFTING, APPROVAL, APPROVED, ANSWERED, CLOSED),
    opening=(start("closes_end_of"), start("answer", "threshold_crossed")),
    transitions=(
        *routing("handling"),
        *answering("handling", "answered", meet("answer")),
        # What was earned was a debate or hearing: it was held, or it is settled that there is none.
        Transition(
            "conclude",
            ("registered", "routed", "handling", "consulting", "drafting", "approval", "approved", "answered"),
            "closed",
            (SYSTEM,),
            _("Close after the debate"),
            told=_("The debate is over; what became of it stands on the page of the petition"),
            effects=(meet("answer"), END_ALL),
            door="debates.publish",
        ),
        Transition(
            "close",
            ("answered",),
            "closed",
            (SYSTEM, LEAD),
            _("Close"),
            told=_("Closed"),
            effects=(END_ALL,),
        ),
    ),
    days={"objection": 2, "objections": 2, "consult": 5},
    targets_of_sender=frozenset({"closes_end_of"}),
    opened_by=(Who.SYSTEM,),
)
