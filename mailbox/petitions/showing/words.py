"""The public story of a petition: one sentence for each code of a `PetitionEvent`, with the event's values.

Whoever writes an event adds its sentence here. Numbers are written with separators; a value whose name ends in `_on` is
a day (ISO) and is written out; `kind` of a threshold or of a debate is written in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from mailbox.petitions.models import Debate, Threshold

EVENTS: dict[str, str | Promise] = {
    "started": _("Started"),
    "sponsored": _("Found its sponsors; with the moderators from then on"),
    "opened": _("Checked by the moderators and opened for signatures"),
    "edited": _("Words changed by a moderator"),
    "closed": _("Closed for signatures"),
    "rejected": _("Turned down by the moderators"),
    "withdrawn": _("Withdrawn by its starter"),
    "merged": _("Joined to another petition"),
    "crossed": _("%(number)s signatures: it has earned %(kind)s"),
    "fell_below": _("Fell below %(number)s signatures, because some were taken back or found invalid"),
    "answered": _("Answered by the government"),
    "debate_scheduled": _("%(kind)s planned for %(debate_on)s"),
    "debate_cancelled": _("%(kind)s called off"),
    "debated": _("%(kind)s held: what happened can be read"),
    "not_debated": _("There will be no debate"),
}
# Codes whose `kind` is one of a threshold; in every other it is one of a debate.
_OF_THRESHOLD = frozenset({"crossed", "fell_below"})


def sentence(code: str, params: Mapping[str, Any]) -> str:
    """Return the sentence of an event in the active language; empty for a code that has none or lacks a value."""
    text = EVENTS.get(code)
    if text is None:
        return ""
    kinds = dict(Threshold.Kind.choices if code in _OF_THRESHOLD else Debate.Kind.choices)
    values = {
        name: kinds.get(value, value) if name == "kind" else _written(name, value) for name, value in params.items()
    }
    try:
        return capfirst(str(text) % values)
    except KeyError:
        return ""


def _written(name: str, value: Any) -> str:
    if isinstance(value, int):
        return str(intcomma(value))
    if name.endswith("_on") and isinstance(value, str):
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    return str(value)
