"""What signing says when it cannot be done."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from mailbox.petitions.queries.settings import rules


def _paused(_values: dict[str, Any]) -> str:
    return rules().pause or str(_("Signing is paused for the moment. Petitions can be read as always."))


REFUSALS: dict[str, Any] = {
    "petition_closed": (_("This petition is closed: it takes no signatures any more."), 409),
    "petition_not_open": (_("This petition takes no signatures."), 409),
    "petition_signing_paused": (_paused, 503),
    "petition_consent_changed": (
        _("What you agree to was worded anew. Read it below and send the form once more"),
        409,
    ),
    "petition_signer_forgotten": (_("Your address is deleted. Open the petition and sign again."), 410),
    "sheets_not_open": (_("This petition never opened for signatures."), 409),
    "sheets_day": _("Give a day on which this petition was open, today at the latest"),
    "sheets_total": _("So many signatures do not fit on so many sheets: count once more"),
    "sheets_known": _("This scan was counted before"),
    "sheets_back": (_("These sheets were taken back before"), 409),
    "sheets_why": _("Write why they are taken back"),
    "sheets_why_long": _("Write at most %(most)d characters"),
}
