"""Letters to invited experts, in the language of the invitation; the link is in the letter alone."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consultations.packs.models import Invitation


def link_of(token: str) -> str:
    """Return the absolute address that a token opens, in the active language."""
    return settings.PUBLIC_URL + reverse("expert_write", args=[token])


def _values(invitation: Invitation) -> dict[str, str]:
    call = invitation.block.pack.consultation
    pages = {page.locale.language_code: page.title for page in call.pages.select_related("locale")}
    return {
        "title": pages.get(invitation.language) or next(iter(pages.values()), call.slug),
        "department": call.department.name,
        "until": _moment(invitation.expires_at),
    }


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def invited(invitation: Invitation, token: str) -> tuple[str, str]:
    """Return subject and text of the letter with the link."""
    with translation.override(invitation.language):
        values = _values(invitation) | {"link": link_of(token)}
        subject = _("Invitation to comment as an expert: %(title)s") % values
        body = _(
            "%(department)s asks you for an expert commentary on “%(title)s”.\n\n"
            "This link opens the draft and the form. It is yours alone, needs no account and ends on %(until)s:\n"
            "%(link)s\n\n"
            "Your name, what you do and your declared interest are printed with the commentary. An editor reads it "
            "before it is published and changes nothing in it. If you do not want to write, do nothing."
        )
        return subject, body % values


def returned(invitation: Invitation) -> tuple[str, str]:
    """Return subject and text of the letter that a text needs a change."""
    with translation.override(invitation.language):
        values = _values(invitation) | {"note": invitation.returned_note}
        subject = _("Please change your commentary: %(title)s") % values
        body = _(
            "The editors sent your commentary on “%(title)s” back:\n\n%(note)s\n\n"
            "Open the link in the invitation again, change the text and hand it in until %(until)s."
        )
        return subject, body % values


def accepted(invitation: Invitation) -> tuple[str, str]:
    """Return subject and text of the letter of thanks."""
    with translation.override(invitation.language):
        values = _values(invitation)
        subject = _("Thank you for your commentary: %(title)s") % values
        body = _(
            "%(department)s took your commentary on “%(title)s” over, word for word. It is printed with your declared "
            "interest as soon as the interpretation is published. The link of the invitation is over now."
        )
        return subject, body % values
