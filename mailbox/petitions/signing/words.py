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
}
