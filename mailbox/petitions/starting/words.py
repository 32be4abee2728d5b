"""What starting says: refusals, and the lines of the starter's timeline."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Any] = {
    "petition_link_over": (_("This link is over. Write the petition again, or ask for a new letter"), 410),
    "petition_sponsors_full": (_("It has as many sponsors as it may have. Sign it once it is published"), 409),
    "petition_sponsors_over": (_("This petition looks for no sponsors any more"), 409),
    "petition_stays": (_("A petition that has ended cannot be withdrawn any more"), 409),
    "petition_not_rejected": (_("Only a petition that was turned down can be sent again"), 409),
}

TIMELINE: dict[str, str | Promise] = {
    "petition_confirmed": _("You confirmed it; it looks for its sponsors"),
    "petition_sponsored": _("It found its sponsors and is with the moderators"),
}
