"""The forms of campaigns: shape and messages; the actions check again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from engage.calendars.observances import FIRST_YEAR, LAST_YEAR, OBSERVANCES
from engage.departments.models import Department
from engage.outreach.campaigns import queries, registry, rules
from engage.outreach.campaigns.actions import Dates
from engage.outreach.campaigns.models import Campaign, Part, Wave
from engage.outreach.campaigns.words import language_name
from engage.pages.models import Topic
from engage.participation.forms import TypedTextField, clean_text
from engage.typed import whole_number

DAY = _("Write the date like 2026-11-24")
TEXT_FIELDS = ("title", "summary", "audience")


class RevisionField(forms.Field):
    """The state a form was filled for; what is no number is no state, and the action refuses it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> int:
        """Read the number."""
        return whole_number(str(value or ""), digits=9, otherwise=-1)


class Checkboxes(forms.CheckboxSelectMultiple):
    """Any of several; the group has one name in the page, to which the summary of errors leads."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the group's own id where no choice is asked for."""
        return id_ if index is None else f"{id_}_{index}"


def _day_field(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input w-m"}, format="%Y-%m-%d"),
        error_messages={"invalid": DAY},
        **more,
    )


def _number(label: Any, *, least: int, most: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=forms.NumberInput(attrs={"class": "input w-s"}), **more
    )


def _line(label: Any, most: int, **more: Any) -> TypedTextField:
    return TypedTextField(
        label=label, required=False, most=most, widget=forms.TextInput(attrs={"class": "input"}), **more
    )


class FactsForm(forms.Form):
    """What a campaign is: its day, whose it is, what about, for whom, in which words."""

    observance = forms.ChoiceField(label=_("Observance"), required=False)
    year = forms.IntegerField(
        label=_("Year"),
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"class": "input w-s"}),
    )
    day = _day_field(_("Or a day of its own"))
    days_before = _number(_("Begins so many days before"), least=0, most=rules.DAYS_MOST, initial=7)
    days_after = _number(_("Ends so many days after"), least=0, most=rules.DAYS_MOST, initial=14)
    department = forms.ModelChoiceField(
        Department.objects.none(),
        label=_("Department"),
        empty_label=_("Choose a department"),
        error_messages={"required": _("Choose a department")},
    )
    topics = forms.MultipleChoiceField(
        label=_("Topics"),
        required=False,
        widget=Checkboxes,
        help_text=_("The page collects what is published about them, by itself."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "").startswith("en")
        self._choices("observance", [("", "—"), *((o.key, o.name_en if english else o.name_zh) for o in OBSERVANCES)])
        self._choices("topics", [(topic.code, topic.name) for topic in Topic.objects.all()])
        department = self.fields["department"]
        assert isinstance(department, forms.ModelChoiceField)
        department.queryset = Department.objects.active()
        self.names: dict[str, list[str]] = {}
        for language in queries.LANGUAGES:
            self.names[language] = list(TEXT_FIELDS)
            self.fields[f"title_{language}"] = _line(_("Title"), rules.TITLE_MOST)
            self.fields[f"summary_{language}"] = TypedTextField(
                label=_("Summary"), required=False, most=rules.SUMMARY_MOST, widget=forms.Textarea(attrs={"rows": 3})
            )
            self.fields[f"audience_{language}"] = _line(_("Whom it is for, in a sentence (optional)"), rules.LINE_MOST)

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def languages(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(language, its name, fields)."""
        return [
            (language, language_name(language), [self[f"{name}_{language}"] for name in names])
            for language, names in self.names.items()
        ]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Language to field to words."""
        return {
            language: {name: self.cleaned_data[f"{name}_{language}"] for name in names}
            for language, names in self.names.items()
        }

    @property
    def dates(self) -> Dates:
        """When it is."""
        given = self.cleaned_data
        return Dates(
            observance=given["observance"],
            year=given["year"],
            day=given["day"],
            before=given["days_before"],
            after=given["days_after"],
        )


class NewForm(FactsForm):
    """A campaign to begin."""

    slug = forms.CharField(
        label=_("Address"),
        max_length=rules.SLUG_MOST,
        help_text=_("The last part of the address, in Latin letters; it stays."),
        widget=forms.TextInput(attrs={"class": "input w-m", "autocapitalize": "off", "spellcheck": "false"}),
        error_messages={"required": _("Write the last part of the address, like seniors-day-2026")},
    )
    template = forms.ChoiceField(label=_("Tasks"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists = [(str(one.pk), one.name) for one in queries.templates_in_force()]
        self._choices("template", [*lists, ("", pgettext("list of tasks", "none"))])

    def clean_slug(self) -> str:
        """Take what was meant."""
        return clean_text(self.cleaned_data["slug"]).lower()


class EditForm(FactsForm):
    """The facts and words of a campaign that is begun."""

    owner = forms.ChoiceField(label=_("Who looks after it"), required=False)
    audience = forms.MultipleChoiceField(label=pgettext_lazy("campaign", "For"), required=False, widget=Checkboxes)
    revision = RevisionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choices("owner", [("", "—"), *((str(one.pk), str(one)) for one in queries.people())])
        self._choices("audience", [(tag.code, tag.name) for tag in queries.audience_tags()])

    @staticmethod
    def initial_of(campaign: Campaign) -> dict[str, Any]:
        """Return what the form shows of a campaign."""
        initial: dict[str, Any] = {
            "observance": campaign.observance,
            "year": campaign.year,
            "day": None if campaign.observance else campaign.day,
            "days_before": campaign.days_before,
            "days_after": campaign.days_after,
            "department": campaign.department_id,
            "owner": str(campaign.owner_id or ""),
            "topics": [topic.code for topic in campaign.topics.all()],
            "audience": [tag.code for tag in campaign.audience.all()],
            "revision": campaign.revision,
        }
        for text in campaign.texts.all():
            initial |= {f"{name}_{text.language}": getattr(text, name) for name in TEXT_FIELDS}
        return initial


class PartForm(forms.Form):
    """One part in every language."""

    revision = RevisionField(required=False)
    dated = _day_field(_("Date"))
    url = forms.CharField(
        label=_("Web address"),
        required=False,
        max_length=rules.ADDRESS_MOST,
        help_text=_("Where the original is read."),
        widget=forms.TextInput(attrs={"inputmode": "url", "class": "input"}),
    )

    def __init__(self, *args: Any, part: Part, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part_fields = _fields_of(part.kind)
        if part.kind == rules.AUDIENCE:
            del self.fields["dated"], self.fields["url"]
        for language in queries.LANGUAGES:
            for name in self.part_fields:
                self.fields[f"{name}_{language}"] = _part_field(name, part.kind)

    def clean_url(self) -> str:
        """Take addresses of the web only."""
        typed = clean_text(self.cleaned_data["url"])
        if typed:
            try:
                URLValidator(schemes=["http", "https"])(typed)
            except forms.ValidationError:
                raise forms.ValidationError(_("Write a web address that begins with https:// or http://")) from None
        return typed

    @property
    def languages(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(language, its name, fields)."""
        return [
            (language, language_name(language), [self[f"{name}_{language}"] for name in self.part_fields])
            for language in queries.LANGUAGES
        ]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Language to field to words."""
        return {
            language: {name: self.cleaned_data[f"{name}_{language}"] for name in self.part_fields}
            for language in queries.LANGUAGES
        }


def _fields_of(kind: str) -> list[str]:
    if kind == rules.AUDIENCE:
        return ["heading", "body"]
    if kind == rules.EXPERT:
        return ["heading", "body", "byline", "affiliation", "interest", "source"]
    return ["heading", "body", "byline", "source"]


def _part_field(name: str, kind: str) -> forms.Field:
    expert, audience = kind == rules.EXPERT, kind == rules.AUDIENCE
    labels: Mapping[str, Any] = {
        "heading": _("Heading (optional)"),
        "body": _("What people are asked") if audience else _("Text"),
        "byline": _("Name of the expert") if expert else _("By whom"),
        "source": _("Source"),
        "affiliation": _("Affiliation"),
        "interest": _("Declared interest"),
    }
    most = {"body": rules.BODY_MOST, "interest": rules.INTEREST_MOST, "heading": rules.HEADING_MOST}
    rows = {"body": 6, "interest": 2}.get(name)
    hints = {"interest": _("An interest in the matter, or that there is none.")}
    return TypedTextField(
        label=labels[name],
        required=False,
        most=most.get(name, rules.LINE_MOST),
        help_text=hints.get(name, ""),
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"class": "input"}),
    )


class TaskForm(forms.Form):
    """A task of one's own."""

    title_zh = _line(_("Task in Chinese"), rules.LINE_MOST)
    title_en = _line(_("Task in English"), rules.LINE_MOST)
    offset = _number(
        _("Days from the day"),
        least=-rules.OFFSET_MOST,
        most=rules.OFFSET_MOST,
        help_text=_("Before it with a minus: -30. What falls on a day off moves to a working day."),
    )


class TemplateForm(forms.Form):
    """A list of tasks: one a line, so that it can be written without scripts."""

    name_zh = _line(_("Name in Chinese"), rules.TITLE_MOST)
    name_en = _line(_("Name in English"), rules.TITLE_MOST)
    valid_from = _day_field(_("In force from"))
    valid_to = _day_field(_("In force until (optional)"))
    lines = TypedTextField(
        label=_("Tasks, one a line"),
        required=False,
        most=20_000,
        help_text=_("Days from the day, the task in Chinese, the task in English, with | between: -30 | … | …"),
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def clean_valid_from(self) -> Any:
        """Without a day it is in force from today on."""
        return self.cleaned_data["valid_from"] or timezone.localdate()

    def clean_lines(self) -> list[tuple[int, bool, str, str]]:
        """Read the lines: offset, exact, Chinese, English. An = before the number keeps the day, whatever it is."""
        found = []
        for place, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            cells = [cell.strip() for cell in line.replace("｜", "|").split("|")]
            days = cells[0].removeprefix("=").strip()
            if len(cells) != 3 or not days.lstrip("+-").isdecimal() or len(days) > 5:
                raise forms.ValidationError(
                    _("Line %(line)d is not like: -30 | task in Chinese | task in English"), params={"line": place}
                )
            found.append((int(days), cells[0].startswith("="), cells[1], cells[2]))
        return found


class TargetsForm(forms.Form):
    """How many people each channel is to reach."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, label in registry.channels().items():
            self.fields[code] = _number(label, least=1, most=rules.TARGET_MOST, required=False)


class WaveForm(forms.Form):
    """A survey of awareness."""

    phase = forms.ChoiceField(label=pgettext_lazy("survey of awareness", "Asked"), choices=Wave.Phase.choices)
    held_on = _day_field(pgettext_lazy("survey of awareness", "On"))
    asked = _number(_("How many were asked"), least=1, most=rules.ASKED_MOST)
    aware = _number(_("How many of them knew"), least=0, most=rules.ASKED_MOST)
    method = TypedTextField(
        label=_("The question, and how people were chosen"),
        required=False,
        most=rules.SUMMARY_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_held_on(self) -> Any:
        """A survey has a day."""
        if not (day := self.cleaned_data["held_on"]):
            raise forms.ValidationError(DAY)
        return day


class VoiceForm(forms.Form):
    """What somebody says to a campaign."""

    text = TypedTextField(
        label=_("What you want to say"),
        least=rules.VOICE_LEAST,
        most=rules.VOICE_MOST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write at least 5 characters"), "short": _("Write at least 5 characters")},
    )
    signature = TypedTextField(
        label=_("Show my name as (optional)"),
        required=False,
        most=40,
        help_text=_("Leave it empty and we write “A member of the public”"),
        widget=forms.TextInput(attrs={"class": "input w-m"}),
    )
