"""What comes from the forms of the telephone desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from surveys import queries
from surveys.dispositions import NAMES
from surveys.models import Questionnaire, Version
from surveys.statistics.rates import DISPOSITIONS, PHONE
from surveys.telephone.actions.calling import INTERVIEWS, NOTE_MOST
from surveys.telephone.rules.numbers import PLANS
from surveys.telephone.rules.outcomes import NOT_CALLED

MOMENT = "%Y-%m-%dT%H:%M"
# What most calls come to, each with a key.
USUAL: tuple[tuple[str, Any], ...] = (
    ("5.62", pgettext_lazy("result of a call", "No answer")),
    ("5.61", pgettext_lazy("result of a call", "Busy")),
    ("5.63", pgettext_lazy("result of a call", "Answering machine")),
    ("5.1", pgettext_lazy("result of a call", "Appointment with the respondent")),
    ("5.3", pgettext_lazy("result of a call", "Call back, no time agreed")),
    ("5.4", pgettext_lazy("result of a call", "Soft refusal, ask once more")),
    ("2.112", pgettext_lazy("result of a call", "Refusal by the respondent")),
    ("5.5", pgettext_lazy("result of a call", "Interrupted, to be continued")),
    ("4.31", pgettext_lazy("result of a call", "Number not assigned")),
)


def _others() -> list[tuple[str, Any]]:
    usual = {code for code, _name in USUAL}
    codes = (
        code
        for code, one in DISPOSITIONS.items()
        if PHONE in one.modes and code not in usual | INTERVIEWS | {NOT_CALLED} and code in NAMES
    )
    return [("", "–"), *((code, f"{code} {NAMES[code]}") for code in codes)]


class OutcomeForm(forms.Form):
    """What came of a call. The moment is read on the clock that is active: that of the person called."""

    usual = forms.ChoiceField(label=_("What came of it"), choices=USUAL, required=False, widget=forms.RadioSelect)
    other = forms.ChoiceField(label=_("Another result"), choices=_others, required=False)
    call_back = forms.DateTimeField(
        label=_("Call again at"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input w-m"}, format=MOMENT),
        error_messages={"invalid": _("Give a day and a time.")},
    )
    anybody = forms.BooleanField(label=_("Anybody may keep this appointment"), required=False)
    do_not_call = forms.BooleanField(label=_("They asked not to be called again"), required=False)
    note = forms.CharField(
        label=_("Note for the next call (optional)"),
        required=False,
        max_length=NOTE_MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """One result, from the usual ones or from all."""
        values = super().clean() or {}
        values["code"] = values.get("other") or values.get("usual") or ""
        if not values["code"] and not {"usual", "other"} & set(self.errors):
            self.add_error("usual", _("Say what came of the call."))
        return values


class SampleForm(forms.Form):
    """A file with numbers."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV in UTF-8 or XLSX; the first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xls"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class StudyForm(forms.Form):
    """A new study on a questionnaire that is published."""

    questionnaire = forms.ModelChoiceField(
        label=_("Questionnaire"), queryset=Questionnaire.objects.none(), empty_label=None
    )
    name = forms.CharField(label=_("Name of the study"), max_length=120)
    country = forms.ChoiceField(
        label=_("Numbers are written as in"),
        choices=[(code, f"+{plan.country} ({code})") for code, plan in PLANS.items()],
    )

    def __init__(self, *arguments: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*arguments, **more)
        published = Version.objects.visible_to(actor).filter(
            state=Version.State.PUBLISHED, questionnaire__anonymous=False
        )
        choices = Questionnaire.objects.visible_to(actor).filter(pk__in=published.values("questionnaire"))
        titles = queries.titles((one.pk for one in choices), get_language() or "")
        field: Any = self.fields["questionnaire"]
        field.queryset = choices
        field.label_from_instance = lambda one: titles.get(one.pk, one.key)
