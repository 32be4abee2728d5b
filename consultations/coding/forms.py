"""Shape of what is typed at the coding desk; the actions check the rest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consultations.coding import rules
from consultations.coding.actions import DecisionInput
from consultations.coding.models import Decision
from consultations.coding.queries import ShownTheme
from engage.accounts.models import User
from engage.departments.models import Department


def theme_choices(tree: list[ShownTheme], *, without: int | None = None) -> list[tuple[str, str]]:
    """List the themes of a tree as choices, each with its place; `without` is left out."""
    return [(str(shown.theme.pk), shown.path) for shown in tree if shown.theme.pk != without]


def line() -> forms.TextInput:
    """Return a field of one line."""
    return forms.TextInput(attrs={"class": "input"})


class NewThemeForm(forms.Form):
    """A theme that is made."""

    name = forms.CharField(label=_("Name of the theme"), max_length=rules.THEME_NAME_MOST, widget=line())
    parent = forms.TypedChoiceField(label=_("Below"), coerce=int, empty_value=None, required=False)
    description = forms.CharField(
        label=_("What belongs to it, and what does not"),
        max_length=rules.DESCRIPTION_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, tree: list[ShownTheme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("On top")), *theme_choices(tree)]


class EditThemeForm(forms.Form):
    """A theme's name and what belongs to it."""

    name = forms.CharField(label=_("Name of the theme"), max_length=rules.THEME_NAME_MOST, widget=line())
    description = forms.CharField(
        label=_("What belongs to it, and what does not"),
        max_length=rules.DESCRIPTION_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PlaceForm(forms.Form):
    """Where a theme stands."""

    parent = forms.TypedChoiceField(label=_("Below"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, tree: list[ShownTheme], theme: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", _("On top")), *theme_choices(tree, without=theme)]


class MergeForm(forms.Form):
    """Which theme takes the points of another."""

    into = forms.TypedChoiceField(label=_("Merge into"), coerce=int)

    def __init__(self, *args: Any, tree: list[ShownTheme], theme: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [("", _("Choose a theme")), *theme_choices(tree, without=theme)]


class SplitForm(forms.Form):
    """What the theme that is split off is called; the points are chosen in a list."""

    new_name = forms.CharField(label=_("Name of the new theme"), max_length=rules.THEME_NAME_MOST, widget=line())


class DecisionForm(forms.Form):
    """What is decided, and why."""

    disposition = forms.ChoiceField(
        label=_("Decision"), choices=Decision.Disposition.choices, required=False, widget=forms.RadioSelect
    )
    reason_code = forms.ChoiceField(
        label=_("Kind of reason"),
        choices=[("", _("No particular kind")), *Decision.Reason.choices],
        required=False,
        help_text=_("Needed where it is not adopted, or in part only."),
    )
    reason_zh = forms.CharField(
        label=_("Reason in Chinese (published)"),
        max_length=rules.REASON_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "zh-Hans"}),
    )
    reason_en = forms.CharField(
        label=_("Reason in English (published)"),
        max_length=rules.REASON_MOST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )
    forwarded_zh = forms.CharField(
        label=_("Forwarded to, in Chinese"),
        max_length=rules.FORWARDED_MOST,
        required=False,
        help_text=_("Needed where it is out of scope."),
        widget=forms.TextInput(attrs={"class": "input", "lang": "zh-Hans"}),
    )
    forwarded_en = forms.CharField(
        label=_("Forwarded to, in English"),
        max_length=rules.FORWARDED_MOST,
        required=False,
        widget=forms.TextInput(attrs={"class": "input", "lang": "en"}),
    )
    department = forms.ModelChoiceField(
        label=_("Department responsible"), queryset=Department.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active()

    def given(self) -> DecisionInput:
        """Return what was typed, for the action."""
        department = self.cleaned_data["department"]
        fields = {name: value for name, value in self.cleaned_data.items() if name != "department"}
        return DecisionInput(**fields, department=department.pk if department else None)


class SampleForm(forms.Form):
    """Who codes a second time, how many comments, and the seed of the draw."""

    coder = forms.TypedChoiceField(label=_("Second coder"), coerce=int)
    size = forms.IntegerField(
        label=_("Comments"),
        min_value=1,
        max_value=rules.SAMPLE_MOST,
        required=False,
        help_text=_("Empty: one in twenty of the finished ones, at least 100 and at most 400."),
        widget=forms.TextInput(attrs={"class": "input w-s", "inputmode": "numeric"}),
    )
    seed = forms.CharField(
        label=_("Seed"),
        max_length=64,
        required=False,
        help_text=_("Anybody can repeat the draw with it. Empty: one is made."),
        widget=forms.TextInput(attrs={"class": "input w-m"}),
    )

    def __init__(self, *args: Any, coders: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coder"].choices = [(str(user.pk), str(user)) for user in coders]
