"""The words of mail: why one waits to be read, why a letter came back, refusals, the timeline."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

WHY = {
    "token_wrong": _("The address it was sent to carries a key that is not ours: it may be forged"),
    "case_closed": _("The case is closed"),
    "case_answered": _("The case is answered, and this mail does not open it again"),
    "case_merged": _("The case is answered with another"),
    "another_sender": _("It came to the address of a case, from somebody else than its sender"),
    "too_many": _("So many came within an hour that no more are taken in by themselves"),
    "unreadable": _("Nothing in it can be read"),
    "no_sender": _("It names no sender"),
    "reference_only": _("It names a reference, but did not come to the address of the case"),
    "not_to_us": _("It is not addressed to the office"),
    "failed": _("The program failed at it; the fault is written down. Read it again once it is mended"),
    "list": _("It came over a mailing list, or to many at once"),
    "by_subject": _("Its subject is that of an automatic reply; nothing else says that a program wrote it"),
}
FAULTS = {
    "too_large": _("The mail is too large: its files were not opened. All of it is kept."),
    "too_many_parts": _("The mail has too many parts: not all were opened. All of it is kept."),
    "too_deep": _("Parts lie in parts too deep: not all were opened. All of it is kept."),
    "no_sender": _("The mail names no sender."),
}
# Why a letter came back, for somebody who has to decide what to do next.
REASONS = {
    "authfailure": _("the other server found no proof that the letter is ours"),
    "badreputation": _("the other server thinks little of our mail server"),
    "blocked": _("the other server takes nothing from our mail server"),
    "contenterror": _("the other server could not read the form of the letter"),
    "delivered": _("arrived"),
    "exceedlimit": _("the letter is larger than the recipient allows"),
    "expired": _("the other server did not answer in time"),
    "failedstarttls": _("no secure connection came about"),
    "feedback": _("the recipient called it spam"),
    "filtered": _("a filter of the recipient turned it away"),
    "hasmoved": _("the recipient has another address now"),
    "hostunknown": _("the part of the address after the @ does not exist"),
    "mailboxfull": _("the mailbox of the recipient is full"),
    "mailererror": _("a program at the recipient failed"),
    "mesgtoobig": _("the letter is too large"),
    "networkerror": _("the way to the other server is broken"),
    "norelaying": _("the other server does not pass mail on"),
    "notaccept": _("the other server takes no mail at all"),
    "notcompliantrfc": _("the other server calls the letter malformed"),
    "onhold": _("the other server gave a reason that says nothing"),
    "policyviolation": _("a rule of the other server forbids it"),
    "rejected": _("the other server does not take letters from our address"),
    "requireptr": _("our mail server has no name that can be looked up"),
    "securityerror": _("the other server asks for a proof of who sends"),
    "spamdetected": _("the other server took it for spam"),
    "speeding": _("the other server wants fewer letters at a time"),
    "suspend": _("the mailbox of the recipient is suspended"),
    "suppressed": _("the mail service does not send to this address any more"),
    "syntaxerror": _("the other server did not understand ours"),
    "systemerror": _("the other server has a fault"),
    "systemfull": _("the other server has no room left"),
    "toomanyconn": _("the other server had too many at once"),
    "undefined": _("no reason was given"),
    "userunknown": _("there is no such recipient"),
    "vacation": _("the recipient is away"),
    "virusdetected": _("the other server reports a virus"),
}
FILE_LEFT = {
    "mail_not_opened": _("not opened: the mail is too large"),
    "too_many_files": _("not taken: too many files"),
}
NOT_TAKEN = pgettext_lazy("file of a mail", "not taken: this kind of file is not kept")

REFUSALS = {
    "mail_too_large": _("A mail may have at most %(most)s MB"),
    "mail_empty": _("The mail is empty"),
    "mail_settled": (_("Somebody has dealt with this mail meanwhile"), 409),
    "mail_case_unknown": _("There is no case %(reference)s that you see. Write the reference as it stands on the case"),
    "mail_unread": (_("This file cannot be opened."), 422),
    "mail_no_way": _("Name files, or a way: --listen HOST:PORT, --imap or --drop"),
    "mail_bad_address": _("Write the address to listen at as HOST:PORT"),
}
TIMELINE = {
    "mail.address_dead": _("A letter to your e-mail address came back: it does not exist. Everything is on this page"),
    "mail.another": _("Somebody else wrote about this; an officer looks at it first"),
}
