"""Forms of the Studio: a day, a year to import, a new version of a clock profile. They write nothing."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.calendars.models import CODE_MAX_LENGTH, Calendar, CalendarDay, CalendarYear, ClockProfile
from engage.calendars.profiles import Profile, Target
from engage.calendars.rows import profile_of
from engage.calendars.words import extension_label, length_label


class DayForm(forms.ModelForm):
    """What one day is."""

    class Meta:
        model = CalendarDay
        fields = ["calendar", "date", "is_workday", "name_zh", "name_en"]
        widgets = {"date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}


class ChangedDayForm(DayForm):
    """A day that exists stays the day it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].disabled = self.fields["date"].disabled = True


class YearImportForm(forms.Form):
    """Which year to fill from the package."""

    calendar = forms.ModelChoiceField(Calendar.objects.all(), label=_("Work calendar"))
    year = forms.IntegerField(min_value=2001, max_value=2099, label=_("Year"))

    def __init__(self, *args: Any, instance: CalendarYear | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = instance


class YearForm(forms.ModelForm):
    """Whether a year agrees with its official notice."""

    class Meta:
        model = CalendarYear
        fields = ["confirmed"]


class ProfileForm(forms.Form):
    """A version like `instance` with other numbers. The events that start and stop a clock stay those of the rule."""

    code = forms.SlugField(
        max_length=CODE_MAX_LENGTH,
        label=pgettext_lazy("clock profile", "Code"),
        help_text=_("Letters, digits and hyphens, for example cn-foi-2019. It names the version for ever."),
    )
    valid_from = forms.DateField(
        label=_("For what is received from"),
        help_text=_("A day after today. What was received before keeps its clock."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    source = forms.CharField(max_length=300, label=_("Source of the rule"), help_text=_("Law or decision, and article"))
    rolls = forms.BooleanField(
        required=False, label=_("A due day that falls on a day off moves to the next working day")
    )

    def __init__(self, *args: Any, instance: ClockProfile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance = instance
        self.base = profile_of(instance)
        self.fields["rolls"].initial = self.base.rolls
        for target in self.base.targets:
            self._add_target(target)

    def _add_target(self, target: Target) -> None:
        self.fields[f"count_{target.name}"] = forms.IntegerField(
            min_value=1, max_value=3660, initial=target.count, label=length_label(target)
        )
        if target.extension_limit != 0:
            self.fields[f"extension_{target.name}"] = forms.IntegerField(
                min_value=1,
                max_value=3660,
                required=False,
                initial=target.extension_limit,
                label=extension_label(target),
                help_text=_("Empty where the rule names no number."),
            )

    def profile(self) -> Profile:
        """Return the version that was entered; it keeps the family of the instance."""
        entered = self.cleaned_data
        return replace(
            self.base,
            code=entered["code"],
            valid_from=entered["valid_from"],
            valid_to=None,
            source=entered["source"],
            rolls=entered["rolls"],
            targets=tuple(self._entered(target) for target in self.base.targets),
        )

    def _entered(self, target: Target) -> Target:
        return replace(
            target,
            count=self.cleaned_data[f"count_{target.name}"],
            extension_limit=self.cleaned_data.get(f"extension_{target.name}", target.extension_limit),
        )


class OwnProfileForm(ProfileForm):
    """The first version of a family of the office's own."""

    family = forms.SlugField(
        max_length=CODE_MAX_LENGTH,
        label=_("Family"),
        help_text=_("What its later versions will have in common, for example our-letters."),
    )
    field_order = ["family", "code", "valid_from", "source", "rolls"]

    def profile(self) -> Profile:
        """Return the entered version in its own family."""
        return replace(super().profile(), family=self.cleaned_data["family"])
