"""The sentences of this room."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "route_columns_unusable": _("Name the columns of the text and of the office."),
    "route_no_letters": _("No letter is left in %(file)s."),
    "route_not_proposed": (_("This unit is no longer proposed for the case. Look at it again."), 409),
    "group_decided": (_("This group was decided on already."), 409),
    "group_too_small": _("A group needs two letters."),
    "group_leads": _("The others are answered with this letter. Take it out by undoing the group."),
}


def reason_words(kind: str, said: str) -> str:
    """Say one reason of a proposal in a sentence of its own."""
    if kind == "often":
        own, _slash, every = said.partition("/")
        return gettext("no word speaks for it; %(own)s of %(every)s letters were its own") % {
            "own": own,
            "every": every,
        }
    sentences: dict[str, Any] = {
        "duty": gettext("matches item %(said)s of its list of duties"),
        "place": gettext("names %(said)s"),
        "named": gettext("the letter speaks of %(said)s"),
        "usual": gettext("usual business of such a unit: %(said)s"),
        "words": gettext("words as in letters it handled: %(said)s"),
    }
    return str(sentences[kind] % {"said": said})
