"""Reason and result codes with the words their reader sees, in both languages through the catalogue."""

from django.utils.translation import gettext_lazy as _

REASONS = {
    "NO_CONTENT": _("It has no content that can be acted on"),
    "NO_DETAIL": _("The details we asked for did not come"),
    "DUPLICATE": _("You sent the same before; that one is being handled"),
    "NOT_OURS": _("Another body is responsible"),
    "COURT_OR_REVIEW": _("It is before a court or in an administrative review"),
    "ABUSE": _("It contains nothing but insults or threats"),
    "SPAM": _("It is advertising or was sent by a program"),
    "ANSWERED_BEFORE": _("It was answered before"),
    "COURT": _("It belongs before a court"),
    "ARBITRATION": _("It belongs before an arbitration body"),
    "ADMIN_REVIEW": _("It belongs in an administrative review"),
    "DISCIPLINE": _("It belongs to the body that supervises officials"),
    "NOT_COMPETENT": _("Another authority is competent"),
    "SAME_MATTER_RUNNING": _("The same matter is being handled by the responsible body"),
    "FINALISED": _("The matter was decided for good after the second review"),
    "NO_IDENTITY": _("Name or address stayed unclear"),
    "NO_CORRECTION": _("The correction we asked for did not come in time"),
    "COMPLEX": _("The matter is complex"),
    "MANY_RECORDS": _("Many records must be searched or read"),
    "OTHERS_ASKED": _("Others must be heard first"),
    "PUBLIC_INTEREST": _("The public interest must be weighed"),
}

RESULTS = {
    "SUPPORTED": _("The request is supported"),
    "PART": _("The request is supported in part"),
    "REASONABLE_NO_BASIS": _("The request is reasonable, but no rule allows it"),
    "NOT_SUPPORTED": _("The request is not supported"),
    "UPHELD": _("The earlier decision stands"),
    "CHANGED": _("The earlier decision is changed"),
    "ALREADY_PUBLIC": _("The information is public already"),
    "GRANTED": _("The information is given"),
    "PARTLY": _("The information is given in part"),
    "REFUSED": _("The information is not given"),
    "NOT_HELD": _("We do not hold the information"),
    "NOT_OURS": _("Another body is responsible for the information"),
    "NOT_CLEAR": _("The request stayed unclear"),
    "REPEAT": _("The same request was answered before"),
    "SPECIAL_REGISTER": _("A special law says how to look it up"),
    "NEEDS_PROCESSING": _("It would have to be made or analysed first"),
    "IS_PETITION": _("It is a complaint or an enquiry and is handled as one"),
    "NO_GOOD_REASON": _("The number of requests has no good reason"),
}
