"""The sentences of results."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys.models import Response

MODES = dict(Response.Mode.choices)
LANGUAGES = {"zh-Hans": _("Chinese"), "zh-hans": _("Chinese"), "zh": _("Chinese"), "en": _("English")}
REASON_NAMES = {
    "dont_know": pgettext_lazy("no answer", "Does not know"),
    "refused": pgettext_lazy("no answer", "Does not want to say"),
    "unreadable": pgettext_lazy("no answer", "Cannot be read"),
}
REFUSALS = {
    "survey_results_no_question": _("There is no such question in the results: %(question)s."),
    "survey_results_no_value": _("The question %(question)s has no answer %(value)s."),
    "survey_results_one_group": _("Choose one group at a time."),
    "survey_results_no_weights": _("The values of %(question)s are no numbers, so they cannot be weights."),
    "survey_results_not_ready": _("The figures are being put together. Look again in a few minutes."),
    "survey_results_forbidden": (_("Your role does not take answers out of the house."), 403),
    "survey_export_unknown": _("There is no such file."),
    "survey_export_enough": _(
        "%(most)s files of yours are being made or wait. Order the next one when one of them is ready, or cancel one."
    ),
    "survey_export_not_own": (_("Only who ordered a file, or an administrator, cancels or deletes it."), 403),
}
