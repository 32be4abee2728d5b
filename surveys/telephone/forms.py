"""What comes from the forms of the telephone desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.pages.messages import refusal_message
from surveys import queries
from surveys.dispositions import NAMES
from surveys.models import Questionnaire, Version
from surveys.statistics.rates import DISPOSITIONS, PHONE
from surveys.telephone.actions.calling import INTERVIEWS, NOTE_MOST
from surveys.telephone.models import DoNotCall
from surveys.telephone.rules import CallRules
from surveys.telephone.rules.calling import SPACINGS
from surveys.telephone.rules.numbers import PLANS
from surveys.telephone.rules.outcomes import NOT_CALLED
from surveys.telephone.rules.storing import mark_of, read_windows, windows_text, write_rules

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
        by_phone = [one.questionnaire_id for one in published if one.parsed.is_asked("phone")]
        choices = Questionnaire.objects.visible_to(actor).filter(pk__in=by_phone)
        titles = queries.titles((one.pk for one in choices), get_language() or "")
        field: Any = self.fields["questionnaire"]
        field.queryset = choices
        field.label_from_instance = lambda one: titles.get(one.pk, one.key)


# So many minutes have the units in which one says how long to wait; the longest that fits is shown.
UNITS = (
    ("1440", pgettext_lazy("unit of waiting", "days")),
    ("60", pgettext_lazy("unit of waiting", "hours")),
    ("1", pgettext_lazy("unit of waiting", "minutes")),
)
WAIT_MOST, DAYS_OFF_MOST = timedelta(days=60), 200


class RulesForm(forms.Form):
    """The rules of a study's calls, all of them; `rules` are those that hold, `seen` marks them as they are kept."""

    # Nothing is wrong with any value: one that marks no rules that hold is refused by the action.
    seen = forms.Field(required=False, widget=forms.HiddenInput)
    max_attempts = forms.IntegerField(label=_("Calls to a number at most"), min_value=1, max_value=50)
    promise_attempts = forms.IntegerField(
        label=_("Calls beyond that to keep an appointment"), min_value=0, max_value=20
    )
    conversions = forms.IntegerField(
        label=_("How often somebody else asks again after a soft refusal"), min_value=0, max_value=5
    )
    grace_minutes = forms.IntegerField(
        label=_("Minutes in which an appointment waits for its own interviewer"), min_value=0, max_value=1_440
    )
    latest_days = forms.IntegerField(label=_("An appointment is at most so many days ahead"), min_value=1, max_value=90)
    days_off = forms.CharField(
        label=_("Days without calls"),
        help_text=_("One day a line, such as 2027-02-06."),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, given: Any = None, *, rules: CallRules, kept: Any) -> None:
        self.rules = rules
        super().__init__(given, initial=_shown(rules) | {"seen": mark_of(kept)})
        for day, name in WEEKDAYS.items():
            self.fields[f"windows_{day}"] = forms.CharField(label=name, required=False, max_length=120)
        for code in SPACINGS:
            self.fields[f"wait_{code}"] = forms.IntegerField(
                label=NAMES[code],
                min_value=0,
                max_value=int(WAIT_MOST / timedelta(minutes=1)),
                widget=forms.NumberInput(attrs={"class": "input w-s"}),
            )
            self.fields[f"unit_{code}"] = forms.ChoiceField(
                label=_("Unit"), choices=UNITS, widget=forms.Select(attrs={"class": "w-s"})
            )

    @property
    def windows(self) -> list[Any]:
        """The fields of hours, Monday first."""
        return [self[f"windows_{day}"] for day in WEEKDAYS]

    @property
    def limits(self) -> list[Any]:
        """The fields of counts and periods."""
        return [
            self[name]
            for name in ("max_attempts", "promise_attempts", "conversions", "grace_minutes", "latest_days", "days_off")
        ]

    @property
    def waits(self) -> list[tuple[str, Any, Any]]:
        """What to wait after each result: (code, number, unit)."""
        return [(code, self[f"wait_{code}"], self[f"unit_{code}"]) for code in SPACINGS]

    def clean_days_off(self) -> frozenset[date]:
        """Read the days, one a line."""
        lines = [line.strip() for line in self.cleaned_data["days_off"].splitlines() if line.strip()]
        if len(lines) > DAYS_OFF_MOST:
            raise forms.ValidationError(_("Give at most %(n)d days.") % {"n": DAYS_OFF_MOST})
        found = set()
        for line in lines:
            try:
                found.add(date.fromisoformat(line))
            except ValueError:
                raise forms.ValidationError(_("%(value)s is not a day.") % {"value": line[:40]}) from None
        return frozenset(found)

    def clean(self) -> dict[str, Any]:
        """Put the hours and the periods together, each fault at its own field."""
        values = super().clean() or {}
        windows, spacings = {}, {}
        for day in WEEKDAYS:
            try:
                windows[day] = read_windows(values.get(f"windows_{day}", ""))
                if windows[day]:
                    # Of one day alone, so that the fault stands at it.
                    CallRules(windows={day: windows[day]}).check()
            except Refused as refusal:
                self.add_error(f"windows_{day}", refusal_message(refusal))
        for code in SPACINGS:
            wait, unit = values.get(f"wait_{code}"), values.get(f"unit_{code}")
            if wait is None or unit is None:
                continue
            spacings[code] = replace(self.rules.spacings[code], wait=timedelta(minutes=wait * int(unit)))
            if spacings[code].wait > WAIT_MOST:
                self.add_error(f"wait_{code}", _("Wait at most %(n)d days.") % {"n": WAIT_MOST.days})
        if not self.errors:
            values["rules"] = self._rules(values, windows, spacings)
        return values

    def _rules(self, values: dict[str, Any], windows: Any, spacings: Any) -> dict[str, Any]:
        rules = replace(
            self.rules,
            windows=windows,
            spacings=spacings,
            max_attempts=values["max_attempts"],
            promise_attempts=values["promise_attempts"],
            conversions=values["conversions"],
            grace=timedelta(minutes=values["grace_minutes"]),
            latest_appointment=timedelta(days=values["latest_days"]),
            days_off=values["days_off"],
        )
        try:
            rules.check()
        except Refused as refusal:
            self.add_error("windows_0", refusal_message(refusal))
        return write_rules(rules)


def _shown(rules: CallRules) -> dict[str, Any]:
    return {
        "max_attempts": rules.max_attempts,
        "promise_attempts": rules.promise_attempts,
        "conversions": rules.conversions,
        "grace_minutes": int(rules.grace / timedelta(minutes=1)),
        "latest_days": rules.latest_appointment.days,
        "days_off": "\n".join(sorted(day.isoformat() for day in rules.days_off)),
        **{f"windows_{day}": windows_text(rules.windows.get(day, ())) for day in WEEKDAYS},
        **dict(_waits(rules)),
    }


def _waits(rules: CallRules) -> Iterator[tuple[str, Any]]:
    for code in SPACINGS:
        minutes = int(rules.spacings[code].wait / timedelta(minutes=1))
        unit = next(unit for unit, _name in UNITS if minutes % int(unit) == 0 and (minutes or unit == "1"))
        yield f"wait_{code}", minutes // int(unit)
        yield f"unit_{code}", unit


WHERE = (
    ("study", pgettext_lazy("do not call", "in this study")),
    ("all", pgettext_lazy("do not call", "in all studies")),
)


class NumberForm(forms.Form):
    """One number to look up on the do-not-call list."""

    number = forms.CharField(
        label=_("Telephone number"), max_length=60, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})
    )


class SilenceForm(forms.Form):
    """A number that is not to be called any more: where, and why."""

    where = forms.ChoiceField(label=_("Where"), choices=WHERE)
    reason = forms.ChoiceField(label=_("Why"), choices=DoNotCall.Reason)


class LiftForm(forms.Form):
    """A number that may be called again: where, and why."""

    where = forms.ChoiceField(choices=WHERE, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Why"), choices=DoNotCall.Lifted)


class SilencedFileForm(SilenceForm):
    """A file with numbers that are not to be called."""

    file = SampleForm.base_fields["file"]
    field_order = ("file", "where", "reason")
