"""Every write of the telephone desk."""

from surveys.telephone.actions.calling import (
    Outcome,
    Ticket,
    finish_call,
    give_back,
    pause,
    prolong,
    resume,
    ticket_of,
)
from surveys.telephone.actions.claiming import claim
from surveys.telephone.actions.interviewing import begin_interview, complete_interview, keep_answer
from surveys.telephone.actions.sampling import import_sample
from surveys.telephone.actions.silencing import import_silenced, lift, look_up, silence
from surveys.telephone.actions.studies import change_rules, open_study

__all__ = [
    "Outcome",
    "Ticket",
    "begin_interview",
    "change_rules",
    "claim",
    "complete_interview",
    "finish_call",
    "give_back",
    "import_sample",
    "import_silenced",
    "keep_answer",
    "lift",
    "look_up",
    "open_study",
    "pause",
    "prolong",
    "resume",
    "silence",
    "ticket_of",
]
