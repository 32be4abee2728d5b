"""The forms of notices: title, the sentence every such notice begins with, and what the reader may do next."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from mailbox.machine import Text


@dataclass(frozen=True)
class Form:
    """The fixed words of one notice.

    Places in them: reference, kind, received, department, reviewer, reason, due, units, right, other.
    """

    title: Text
    opening: Text
    closing: Text = ""


ASK_DETAIL = _("Please answer all points at once on the page of your receipt.")
REVIEW = _("You may ask the next higher unit for a review by %(right)s, on the page of your receipt.")
NOTHING_MORE = _("This decision is final. The same facts and reasons are not accepted again.")

FORMS = {
    "routed": Form(
        _("Notice of the unit in charge"),
        _("What you sent on %(received)s (%(reference)s) was passed to %(department)s, which answers you."),
    ),
    "detail": Form(
        _("Request for details"),
        _("To go on with what you sent on %(received)s (%(reference)s) we need the following from you:"),
        ASK_DETAIL,
    ),
    "not_taken": Form(
        _("Notice that it is not taken up"),
        _("What you sent on %(received)s (%(reference)s) is not taken up. Reason: %(reason)s."),
    ),
    "accepted": Form(
        _("Notice of acceptance"),
        _("Your grievance of %(received)s (%(reference)s) is accepted by %(department)s, which decides by %(due)s."),
    ),
    "not_accepted": Form(
        _("Notice of non-acceptance"),
        _("Your grievance of %(received)s (%(reference)s) is not accepted. Reason: %(reason)s."),
    ),
    "diverted": Form(
        _("Notice of another legal way"),
        _("Your grievance of %(received)s (%(reference)s) must go another legal way. %(reason)s."),
    ),
    "extended": Form(
        _("Notice of extension"),
        _("Answering what you sent on %(received)s (%(reference)s) takes %(units)s more days. Reason: %(reason)s."),
    ),
    "answer": Form(
        _("Answer"),
        _("On what you sent on %(received)s (%(reference)s) %(department)s answers:"),
        _("You may rate this answer on the page of your receipt."),
    ),
    "opinion": Form(
        _("Handling opinion"),
        _("On your grievance of %(received)s (%(reference)s) %(department)s decides: %(reason)s."),
        REVIEW,
    ),
    "decision": Form(
        _("Decision on an information request"),
        _("On your request of %(received)s (%(reference)s) %(department)s decides: %(reason)s."),
        _("You may ask for an administrative review of this decision or bring it before a court."),
    ),
    "review_opinion": Form(
        _("Review opinion"),
        _("On your grievance of %(received)s (%(reference)s) %(reviewer)s decides after review: %(reason)s."),
        REVIEW,
    ),
    "final_opinion": Form(
        _("Second review opinion"),
        _("On your grievance of %(received)s (%(reference)s) %(reviewer)s decides after a second review: %(reason)s."),
        NOTHING_MORE,
    ),
    "hearing": Form(
        _("Notice of a hearing"),
        _("A hearing is held on your grievance of %(received)s (%(reference)s). Its days are not counted."),
    ),
    "receipt_confirmed": Form(
        _("Confirmation of receipt"),
        _("Your request of %(received)s (%(reference)s) is received. The decision is due by %(due)s."),
    ),
    "third_party": Form(
        _("Notice that a third party is asked"),
        _("Your request of %(received)s (%(reference)s) concerns a third party, which is asked for its opinion."),
    ),
    "reasons": Form(
        _("Request for reasons"),
        _("You sent many requests. Please give the reasons for that of %(received)s (%(reference)s)."),
        ASK_DETAIL,
    ),
    "fee": Form(
        _("Notice of a fee"),
        _("A fee is due for your request of %(received)s (%(reference)s)."),
    ),
    "abandoned": Form(
        _("Notice that a request counts as given up"),
        _("Your request of %(received)s (%(reference)s) counts as given up. Reason: %(reason)s."),
        _("You may send a new request at any time."),
    ),
    "reopened": Form(
        _("Notice that it is opened again"),
        _("You were not content with the answer to %(reference)s. %(department)s looks at it again by %(due)s."),
    ),
    "withdrawn": Form(
        _("Confirmation of withdrawal"),
        _("You withdrew what you sent on %(received)s (%(reference)s). It is not handled any further."),
    ),
    "handed_on": Form(
        _("Notice that a grievance is opened"),
        _(
            "Your request of %(received)s (%(reference)s) asks for no information. It is handled as a grievance from "
            "now on, under the number %(other)s and with the times that hold for grievances."
        ),
    ),
    "moved": Form(
        _("Notice of another way of handling"),
        _(
            "What you sent on %(received)s keeps its reference %(reference)s and its date. "
            "It is now handled as: %(kind)s."
        ),
    ),
}
