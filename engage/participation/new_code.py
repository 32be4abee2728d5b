"""A new tracking code for who lost theirs: a signed link to the address on file, good once and for a day."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from engage.accounts.actors import SYSTEM
from engage.participation import actions
from engage.participation.models import Submission
from engage.participation.rules import Reference

SALT = "engage.participation.new-code"
GOOD_SECONDS = 24 * 3600


def sign(submission_id: int) -> str:
    """Sign what a link carries: the submission and its present code, so that the link works once."""
    digest = Submission.objects.values_list("code_digest", flat=True).get(pk=submission_id)
    return signing.dumps([submission_id, digest[:16]], salt=SALT)


def signed_submission(signed: str) -> Submission | None:
    """Return what a link stands for; None when it is forged, too old or was used."""
    try:
        submission_id, digest = signing.loads(signed, salt=SALT, max_age=GOOD_SECONDS)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return Submission.objects.filter(pk=submission_id, code_digest__startswith=digest).first()


@transaction.atomic
def mail_link(reference: Reference) -> None:
    """Send the link for a new code to the address on file; nothing happens when there is none."""
    submission = Submission.objects.visible_to(SYSTEM).filter(pk=reference.number).select_related("contact").first()
    if submission is None or submission.reference != str(reference):
        return
    with translation.override(submission.language):
        url = settings.PUBLIC_URL + reverse("new_code", args=[sign(submission.pk)])
        actions.enqueue_mail(
            submission,
            subject=_("A new tracking code for %(reference)s") % {"reference": submission.reference},
            body=_(
                "Somebody asked for a new tracking code for %(reference)s. If it was you, open this page within 24 "
                "hours and press the button:\n%(url)s\n\n"
                "The old code stops working then. If it was not you, do nothing."
            )
            % {"reference": submission.reference, "url": url},
        )
