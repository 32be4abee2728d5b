"""Every write of the telephone desk."""

from surveys.telephone.actions.calling import (
    Outcome,
    Ticket,
    claim,
    finish_call,
    give_back,
    pause,
    prolong,
    resume,
    ticket_of,
)
from surveys.telephone.actions.sampling import import_sample
from surveys.telephone.actions.studies import open_study, silence

__all__ = [
    "Outcome",
    "Ticket",
    "claim",
    "finish_call",
    "give_back",
    "import_sample",
    "open_study",
    "pause",
    "prolong",
    "resume",
    "silence",
    "ticket_of",
]
