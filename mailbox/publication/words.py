"""The sentences of published answers and disclosures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mailbox.publication import rules

REFUSALS: dict[str, Any] = {
    "publication_not_answered": (_("The case is not answered yet, so there is nothing to publish"), 409),
    "publication_no_consent": (_("The sender has not allowed that question and answer are published"), 409),
    "publication_in_group": (
        _("This letter was answered together with others; what is published of them is prepared with %(reference)s"),
        409,
    ),
    "publication_changed": (_("Somebody changed this meanwhile. Look at it again; what you typed is kept"), 409),
    "publication_incomplete": (_("Something is missing or changed. Look at it again at the desk"), 409),
    "publication_file_gone": (_("This file is no longer there"), 404),
    "publication_file_twice": (_("This file goes along already"), 409),
    "publication_files_full": _("At most %(most)d files go along"),
    "publication_title_missing": _("Write what the file is, in the language of the case"),
    "publication_file_missing": _("Choose a file"),
    "publication_bench_open": (
        _("The file is still on the redaction bench. Confirm its result there, then fetch it"),
        409,
    ),
    "publication_consent_not_asked": (_("Nothing of this kind is published with your words"), 409),
}

TIMELINE: dict[str, Any] = {
    "publication.case_reply": _("Your question and the answer are published, without what says who you are"),
    "publication.disclosure": _("What was given out is listed in the disclosure log, without what says who you are"),
    "publication.allowed": _("You allowed that question and answer are published"),
    "publication.refused": _("You do not want question and answer to be published"),
}

LACKS: dict[str, Any] = {
    "not_answered": _("The case has no answer any more"),
    "no_consent": _("The sender does not allow that question and answer are published"),
    "form_changed": _("The case was moved or decided anew; what is prepared does not fit it any more"),
    "not_checked": _("Nobody has looked at what is taken out. Look, then keep it"),
    "source_changed": _("Question or answer changed since somebody looked at what is taken out"),
    "no_title": _("The title is missing"),
    "no_summary": _("The summary of what was asked for and given is missing"),
    "half_translated": _("A translation is not complete: it needs title and answer, or leave it out"),
    "file_on_bench": _("A file is still on the redaction bench. Fetch its result, or take it out"),
}
LEFT = _(
    "This looks like personal data and would be published: %(words)s. Take it out (out of a file on the redaction "
    "bench), or take its tick away"
)

WHY: dict[str, Any] = {
    "name": pgettext_lazy("taken out", "name of the sender"),
    "signature": pgettext_lazy("taken out", "pen name"),
    "contact": pgettext_lazy("taken out", "address or number of the sender"),
    "postal": pgettext_lazy("taken out", "postal address of the sender"),
    "said": pgettext_lazy("taken out", "name in the text"),
    "reference": pgettext_lazy("taken out", "reference of the case"),
    "email": pgettext_lazy("taken out", "e-mail address"),
    "resident_id": pgettext_lazy("taken out", "ID number"),
    "bank_card": pgettext_lazy("taken out", "bank card"),
    "passport": pgettext_lazy("taken out", "passport"),
    "mobile": pgettext_lazy("taken out", "mobile number"),
    "landline": pgettext_lazy("taken out", "telephone number"),
    "plate": pgettext_lazy("taken out", "number plate"),
    "address": pgettext_lazy("taken out", "address"),
    rules.OFFICER: pgettext_lazy("taken out", "marked at the desk"),
}
