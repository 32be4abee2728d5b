"""The public story of a petition: one sentence for each code of a `PetitionEvent`, with the event's values.

Whoever writes an event adds its sentence here. Numbers are written with separators; a value whose name ends in `_on` is
a day (ISO) and is written out; `kind` of a threshold or of a debate is written in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.figures.rules import LEAST, SMALL
from mailbox.petitions.models import Debate, Threshold
from mailbox.petitions.showing.rules import Goal

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
LISTS: Mapping[str, str | Promise] = {
    "open": pgettext_lazy("petitions", "Open"),
    "closed": pgettext_lazy("petitions", "Closed"),
    "rejected": pgettext_lazy("petitions", "Turned down"),
    "awaiting_answer": pgettext_lazy("petitions", "Awaiting an answer"),
    "answered": pgettext_lazy("petitions", "Answered"),
    "awaiting_debate": pgettext_lazy("petitions", "Awaiting a debate"),
    "debated": pgettext_lazy("petitions", "Debated"),
}
SORTS: Mapping[str, str | Promise] = {
    "trending": pgettext_lazy("petitions", "Trending"),
    "newest": pgettext_lazy("petitions", "Newest"),
    "most": pgettext_lazy("petitions", "Most signatures"),
}
# Names of feeds and how their addresses spell them.
FEEDS = (("RSS", "rss"), ("Atom", "atom"), ("JSON Feed", "json"))
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


def number(count: int) -> str:
    """Write a count with separators."""
    return str(intcomma(count))


def figure(count: int | None, hidden: str) -> str:
    """Write a count of people, or why it is not shown."""
    if count is not None:
        return number(count)
    return f"<{LEAST}" if hidden == SMALL else pgettext("a count", "hidden")


def need(goal: Goal) -> str:
    """Say what is missing to the next threshold, and what it earns."""
    if goal.kind == Threshold.Kind.DEBATE:
        text = ngettext(
            "%(n)s more and there is a debate or hearing", "%(n)s more and there is a debate or hearing", goal.missing
        )
    else:
        text = ngettext(
            "%(n)s more and the government must answer", "%(n)s more and the government must answer", goal.missing
        )
    return text % {"n": number(goal.missing)}


def progress(total: int, goal: Goal | None) -> str:
    """Describe the bar."""
    if goal is None:
        return ngettext("%(n)s signature", "%(n)s signatures", total) % {"n": number(total)}
    return gettext("%(n)s of %(goal)s signatures") % {"n": number(total), "goal": number(goal.number)}


def day(moment: datetime) -> str:
    """Write the day of a moment here."""
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


def at(count: int) -> str:
    """Name a threshold that is still ahead."""
    return gettext("At %(n)s signatures") % {"n": number(count)}
