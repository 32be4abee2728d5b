"""The tables of the kinds of case. One file each; this one finds them by code."""

from mailbox.kinds.enquiry import ENQUIRY
from mailbox.kinds.grievance import GRIEVANCE
from mailbox.kinds.information_request import INFORMATION_REQUEST
from mailbox.kinds.letter import LETTER
from mailbox.kinds.petition_answer import PETITION_ANSWER
from mailbox.machine import Machine

KINDS: dict[str, Machine] = {
    machine.code: machine for machine in (LETTER, ENQUIRY, GRIEVANCE, INFORMATION_REQUEST, PETITION_ANSWER)
}


def kind_of(code: str) -> Machine:
    """Return the table of a kind; KeyError when there is none."""
    return KINDS[code]
