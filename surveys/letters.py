"""Letters to invited people, in their language; the link is in the first letter alone."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys import queries
from surveys.models import Invitation


def link_of(key: str, secret: str) -> str:
    """Return the absolute address that a secret opens, in the active language."""
    return settings.PUBLIC_URL + reverse("survey_invited", args=[key, secret])


def _values(shown: queries.Shown, language: str) -> dict[str, str]:
    closes = shown.questionnaire.closes_at
    return {
        "title": shown.runtime.choose(shown.definition.title, language) or shown.questionnaire.key,
        "department": shown.questionnaire.department.name,
        "until": date_format(timezone.localtime(closes), "DATE_FORMAT") if closes else "",
    }


def _promise(shown: queries.Shown) -> str:
    if shown.definition.settings.anonymous:
        return _(
            "It is anonymous: we know that we wrote to you, and nobody can tell which answers are yours. The link "
            "can be used once; please do not pass it on."
        )
    return _("It is not anonymous. The link is yours alone and can be used once; please do not pass it on.")


def invited(shown: queries.Shown, language: str, secret: str) -> tuple[str, str]:
    """Return subject and text of the letter with the link."""
    with translation.override(language):
        values = _values(shown, language) | {"link": link_of(shown.questionnaire.key, secret)}
        values["promise"] = _promise(shown)
        subject = _("Please answer: %(title)s") % values
        if values["until"]:
            body = _(
                "%(department)s asks you to answer “%(title)s” until %(until)s.\n\n%(link)s\n\n%(promise)s\n\n"
                "Keep this letter until you have answered: we do not keep the link and cannot send it again."
            )
        else:
            body = _(
                "%(department)s asks you to answer “%(title)s”.\n\n%(link)s\n\n%(promise)s\n\n"
                "Keep this letter until you have answered: we do not keep the link and cannot send it again."
            )
        return subject, body % values


def reminded(shown: queries.Shown, invitation: Invitation) -> tuple[str, str]:
    """Return subject and text of the letter to somebody who seems not to have answered."""
    with translation.override(invitation.language):
        values = _values(shown, invitation.language)
        values["sent"] = date_format(timezone.localtime(invitation.created_at), "DATE_FORMAT")
        subject = _("A reminder: %(title)s") % values
        body = _(
            "On %(sent)s %(department)s asked you to answer “%(title)s”. Please open the link in that letter; we do "
            "not keep it.\n\nIf you have answered already, thank you: an anonymous answer cannot be told from others, "
            "so this letter may have come in vain."
        )
        return subject, body % values
