"""What is said about answers and debates: refusals, what is missing, the starter's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

REFUSALS: Mapping[str, Any] = {
    "debate_not_yet": (_("A debate or hearing is about a petition that everybody reads"), 409),
    "debate_changed": (_("Somebody changed this meanwhile. Look at it again; what you typed is kept"), 409),
    "debate_incomplete": (_("Something is missing or changed. Look at it again at the desk"), 409),
    "debate_too_long": _("At most %(most)d characters"),
}
TIMELINE: Mapping[str, str | Promise] = {
    "petition.crossed_answer": _("%(number)s signatures: an answer is due"),
    "petition.crossed_debate": _("%(number)s signatures: a debate or hearing is due"),
    "petition.answered": _("The government has answered your petition"),
    "petition.debate_scheduled": _("A debate or hearing about your petition is planned for %(day)s"),
    "petition.debated": _("A debate or hearing about your petition was held"),
    "petition.debate_cancelled": _("The debate or hearing about your petition was called off"),
    "petition.not_debated": _("There will be no debate about your petition"),
}
LACKS: Mapping[str, str | Promise] = {
    "no_day": _("The day is missing"),
    "half_place": _("The place stands there in one language only"),
    "no_words_zh": _("What happened, or why not, is missing in Chinese"),
    "no_words_en": _("What happened, or why not, is missing in English"),
}
STAGES: Mapping[str, str | Promise] = {
    "planned": pgettext_lazy("debate", "planned"),
    "held": pgettext_lazy("debate", "held"),
    "called_off": pgettext_lazy("debate", "called off"),
    "none": pgettext_lazy("debate", "there will be none"),
}
LETTERS: Mapping[str, str | Promise] = {
    "answered": _("There is an answer"),
    "planned": _("A debate or hearing is planned"),
    "debated": _("What happened at the debate"),
    "not_held": _("No debate for now"),
}
