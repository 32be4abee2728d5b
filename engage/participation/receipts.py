"""A receipt in its other forms: QR code, e-mail, PDF."""

from __future__ import annotations

import io
from dataclasses import asdict
from functools import lru_cache

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from engage.pages.models import Office
from engage.participation import actions
from engage.participation.models import OutgoingMail, Submission
from engage.participation.queries import Tracked
from engage.participation.rules import format_code


def track_url(submission: Submission, code: str = "") -> str:
    """Return the absolute address that opens a submission; the code travels in the fragment, which no server logs."""
    with translation.override(submission.language):
        path = reverse("track")
    fragment = f"#{code}" if code else ""
    return f"{settings.PUBLIC_URL}{path}?reference={submission.reference}{fragment}"


def qr_svg(text: str) -> SafeString:
    """Return an inline SVG of a QR code without style attributes, class `qr`."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, omitsize=True, svgclass="qr", lineclass=None, border=2
    )
    return mark_safe(out.getvalue().decode())


def enqueue_receipt_mail(submission: Submission, code: str, title: str) -> OutgoingMail | None:
    """Write the receipt as a letter to the sender into the outbox, in the sender's language."""
    if submission.contact is None or not submission.contact.email:
        return None
    subject, body, path = _receipt_words(submission.language)
    told = {
        "title": title,
        "reference": submission.reference,
        "code": format_code(code),
        "url": f"{settings.PUBLIC_URL}{path}?reference={submission.reference}",
    }
    return actions.enqueue_mail(submission, subject=subject % told, body=body % told)


@lru_cache(maxsize=16)
def _receipt_words(language: str) -> tuple[str, str, str]:
    """Return subject and body with their places, and the path that opens a submission: the same for every receipt."""
    with translation.override(language):
        return (
            _("Received: %(title)s (%(reference)s)"),
            _(
                "We have received what you sent about %(title)s.\n\n"
                "Reference: %(reference)s\nTracking code: %(code)s\n\n"
                "See who has it and what became of it, change it or withdraw it:\n%(url)s\n\n"
                "Keep this letter: the code is the only key to what you sent. If you did not send anything, ignore it."
            ),
            reverse("track"),
        )


def receipt_pdf(tracked: Tracked, *, code: str) -> bytes:
    """Return the receipt as a PDF (A4, embedded font) in the active language."""
    # typst's compiler costs every start a moment; only who saves a receipt needs it.
    from engage.participation.pdf import qr_as_svg, render_pdf

    submission = tracked.submission
    office = Office.objects.first() or Office()
    return render_pdf(
        "receipt",
        {
            "site": _("Engage"),
            "office": office.name,
            "heading": tracked.story.title,
            "reference_label": _("Reference"),
            "reference": submission.reference,
            "code_label": _("Tracking code"),
            "code": format_code(code),
            "received_label": _("Received"),
            "received": date_format(timezone.localtime(submission.received_at), "DATETIME_FORMAT"),
            "how": _("See who has it and what became of it, change it or withdraw it:"),
            "url": track_url(submission),
            "qr_label": _("QR code that opens this submission"),
            "qr": qr_as_svg(track_url(submission, code)),
            "sent_label": _("What you sent"),
            "sent": [asdict(part) for part in tracked.story.sent],
            "changes_label": _("Suggested wording"),
            "steps_label": _("What happens next"),
            "steps": [asdict(step) for step in tracked.story.steps],
            "proof": _("This receipt can be checked against the public journal: %(url)s")
            % {"url": settings.PUBLIC_URL + reverse("journal_checkpoints")},
        },
    )
