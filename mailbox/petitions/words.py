"""What the room says: refusals, timeline of the starter's receipt, public story of a petition."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, str | Promise] = {}

TIMELINE: dict[str, str | Promise] = {
    "petition.crossed_answer": _("%(number)s signatures: an answer is due"),
    "petition.crossed_debate": _("%(number)s signatures: a debate or hearing is due"),
}
