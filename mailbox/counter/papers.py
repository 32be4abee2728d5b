"""The slip that the sender takes along: reference, secret code, the QR code that opens the same page, until when."""

from __future__ import annotations

from datetime import date

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engage.calendars.words import TARGETS
from engage.pages.models import Office
from engage.participation.receipts import track_url
from engage.participation.rules import format_code
from mailbox.counter.models import Entry
from mailbox.models import Case

ANSWER = "final_reply"


def slip_pdf(entry: Entry, code: str) -> bytes:
    """Return the slip as a PDF (A5) in the sender's language."""
    # typst's compiler costs every start a moment; only who prints a slip needs it.
    from engage.participation.pdf import qr_as_svg, render_pdf

    case, office = entry.case, Office.objects.first() or Office()
    with translation.override(case.submission.language):
        return render_pdf(
            "slip",
            {
                "site": _("Engage"),
                "office": office.name,
                "heading": _("Receipt"),
                "kind": str(case.machine.label),
                "reference_label": _("Reference"),
                "reference": case.reference,
                "code_label": _("Tracking code"),
                "code": format_code(code),
                "facts": [[label, value] for label, value in _facts(entry)],
                "how": _("See who has it and until when: scan the code, or open this address and type both."),
                "url": track_url(case.submission),
                "qr_label": _("QR code that opens this submission"),
                "qr": qr_as_svg(track_url(case.submission, code)),
                "keep": _("Keep this slip: the code is the only key to what you sent, and we do not know it."),
            },
        )


def owed_first(case: Case) -> tuple[str, date] | None:
    """Return what the sender can wait for, and until when: the answer where its clock runs, else what comes first."""
    running = [clock for clock in case.clocks.filter(stopped_at=None) if clock.due]
    clock = next((one for one in running if one.target == ANSWER), min(running, key=lambda one: one.due, default=None))
    return (str(TARGETS.get(clock.target, clock.target)), clock.due) if clock and clock.due else None


def _facts(entry: Entry) -> list[tuple[str, str]]:
    case = entry.case
    facts = [
        (_("Received"), date_format(entry.received_on, "DATE_FORMAT")),
        (_("Came"), str(entry.get_way_display())),
        (pgettext("case", "With"), str(case.triage or "")),
    ]
    if owed := owed_first(case):
        facts.append((owed[0], date_format(owed[1], "DATE_FORMAT")))
    return [(label, value) for label, value in facts if value]
