"""The forms of the press room: shape and messages; the actions check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_email, validate_slug
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from engage.departments.models import Department
from engage.outreach.press import registry, rules
from engage.outreach.press.models import MediaContact, Release
from engage.outreach.press.words import FIELD_NAMES, languages
from engage.pages.models import Topic
from engage.participation.forms import TypedTextField, clean_text
from engage.typed import whole_number

EMAIL = _("Write the e-mail like name@example.org")
ROWS = {"lead": 3, "body": 14, "facts": 4, "contact": 3}
HINTS = {
    "body": _("An empty line begins a new paragraph. “## ” makes a heading, “- ” a list, “> ” a quotation."),
    "facts": _("One a line, name and value parted by a colon."),
    "dateline": _("The place, for example the city. The day is added by itself."),
}


class RevisionField(forms.Field):
    """The state a form was filled for; what is no number is no state, and the action refuses it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> int:
        """Read the number."""
        return whole_number(str(value or ""), digits=9, otherwise=-1)


class Group:
    """A group of choices has one name in the page: the summary of errors leads to it."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the group's own id where no choice is asked for."""
        return id_ if index is None else f"{id_}_{index}"


class Checkboxes(Group, forms.CheckboxSelectMultiple):
    """Any of several."""


class DepartmentField(forms.ModelChoiceField):
    """A select of departments that shows the tree."""

    def label_from_instance(self, obj: Department) -> str:
        """Indent a name by its depth."""
        return "\u3000" * (obj.depth - 1) + obj.name


def _topics() -> list[tuple[str, str]]:
    return [(topic.code, topic.name) for topic in Topic.objects.all()]


class TopicsField(forms.MultipleChoiceField):
    """Topics by their name in the active language; cleaned, the topics themselves."""

    widget = Checkboxes

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=_topics, required=False, **kwargs)

    def clean(self, value: Any) -> list[Topic]:
        """Return what was chosen."""
        return list(Topic.objects.filter(code__in=super().clean(value)))


class PlainField(TypedTextField):
    """Free text that is no source of a page."""

    def validate(self, value: str) -> None:
        """Refuse tags and entities: they would stand in the text as they are."""
        super().validate(value)
        if rules.holds_html(value):
            raise forms.ValidationError(_("The text holds HTML. Paste it as plain text"), code="html")


class BeginForm(forms.Form):
    """What a release needs to be begun: kind, department, address."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Release.Kind.choices)
    department = DepartmentField(
        label=_("Department"), queryset=Department.objects.none(), empty_label=_("Choose a department")
    )
    slug = forms.CharField(
        label=_("Address"),
        max_length=rules.SLUG_MOST,
        validators=[validate_slug],
        help_text=_("The last part of the address, in Latin letters."),
        widget=forms.TextInput(attrs={"class": "input w-m", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"invalid": _("Use Latin letters, digits and hyphens.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active()


class ReleaseForm(BeginForm):
    """The whole of a release in both languages."""

    revision = RevisionField(required=False)
    topics = TopicsField(label=_("Topics"))
    embargo_until = forms.DateTimeField(
        label=_("Embargo until"),
        required=False,
        help_text=_("Before that minute only accredited journalists read it. Empty: none."),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input w-m"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("Write day and time like 2026-11-26 09:00")},
    )

    def __init__(self, *args: Any, corrects: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.corrects = corrects
        for language, _name in languages():
            for field in rules.FIELDS:
                self.fields[f"{field}_{language}"] = _words_field(field)
            if corrects:
                self.fields[f"correction_{language}"] = PlainField(
                    label=FIELD_NAMES["correction"],
                    required=False,
                    most=rules.NOTE_MOST,
                    widget=forms.Textarea(attrs={"rows": 2}),
                    help_text=_("It stands above the release, with the day."),
                )
        for kind in registry.related_kinds():
            self.fields[f"related_{kind.code}"] = forms.MultipleChoiceField(
                label=kind.label, required=False, choices=kind.choices, widget=Checkboxes
            )

    @property
    def languages(self) -> list[dict[str, Any]]:
        """Each language with its fields and the most its kinds take."""
        return [
            {
                "code": language,
                "name": name,
                "fields": [
                    self[f"{field}_{language}"] for field in (*(["correction"] if self.corrects else []), *rules.FIELDS)
                ],
            }
            for language, name in languages()
        ]

    @property
    def related_fields(self) -> list[forms.BoundField]:
        """The groups of things it may point to that have something to choose."""
        fields = [self[f"related_{kind.code}"] for kind in registry.related_kinds()]
        return [field for field in fields if field.field.choices]

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """Language to field to text."""
        return {
            language: {field: self.cleaned_data[f"{field}_{language}"] for field in rules.FIELDS}
            for language, _name in languages()
        }

    @property
    def correction(self) -> dict[str, str]:
        """Language to what is corrected."""
        return {language: self.cleaned_data.get(f"correction_{language}", "") for language, _name in languages()}

    @property
    def related(self) -> list[tuple[str, str]]:
        """(kind, id) of what was chosen."""
        return [
            (kind.code, key)
            for kind in registry.related_kinds()
            for key in self.cleaned_data.get(f"related_{kind.code}", [])
        ]


def _words_field(field: str) -> forms.Field:
    rows = ROWS.get(field)
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"class": "input"})
    most = rules.TEXT_MOST if rows else rules.LINE_MOST * 2
    return PlainField(
        label=FIELD_NAMES[field], required=False, most=most, widget=widget, help_text=HINTS.get(field, "")
    )


def initial_of(release: Release) -> dict[str, Any]:
    """Return what stands in the form of a release."""
    initial: dict[str, Any] = {
        "kind": release.kind,
        "slug": release.slug,
        "department": release.department_id,
        "topics": list(release.topics.values_list("code", flat=True)),
        "embargo_until": release.embargo_until,
        "revision": release.revision,
    }
    for language in rules.LANGUAGES:
        initial |= {f"{field}_{language}": text for field, text in release.words.get(language, {}).items()}
        initial[f"correction_{language}"] = release.correction.get(language, "")
    for code, key in release.related:
        initial.setdefault(f"related_{code}", []).append(key)
    return initial


class DescriptionForm(forms.Form):
    """What a file shows, in both languages."""

    alt_zh = TypedTextField(
        label=_("Description in Chinese"), required=False, most=300, widget=forms.TextInput(attrs={"class": "input"})
    )
    alt_en = TypedTextField(
        label=_("Description in English"), required=False, most=300, widget=forms.TextInput(attrs={"class": "input"})
    )


class FileForm(DescriptionForm):
    """A picture or document with its description."""

    file = forms.FileField(
        label=_("Picture or document"),
        help_text=_("Hidden data such as the place of a photograph is taken out."),
        widget=forms.ClearableFileInput(attrs={"accept": ".jpg,.jpeg,.png,.webp,.heic,.pdf,.docx,.xlsx,.odt,.ods"}),
    )
    field_order = ["file", "alt_zh", "alt_en"]


class EmergencyForm(forms.Form):
    """Why it cannot wait."""

    reason = TypedTextField(
        label=_("Why it cannot wait for the reviews"),
        least=rules.REASON_LEAST,
        most=rules.NOTE_MOST,
        error_messages={"required": _("Say why it cannot wait for the reviews")},
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One approver lets it go at once. The reviews that are skipped become tasks with a day."),
    )


class EmailField(forms.CharField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"class": "input w-m", "inputmode": "email", "autocomplete": "email"})
        super().__init__(max_length=254, widget=widget, error_messages={"required": EMAIL}, **kwargs)

    def clean(self, value: Any) -> str:
        """Check its shape."""
        typed = clean_text(super().clean(value))
        try:
            validate_email(typed)
        except forms.ValidationError:
            raise forms.ValidationError(EMAIL, code="invalid") from None
        return typed


class JoinForm(forms.Form):
    """Who wants the monthly digest."""

    email = EmailField(label=_("E-mail address"), help_text=_("We send a letter there; you confirm it."))
    name = TypedTextField(
        label=_("Your name"),
        required=False,
        most=80,
        widget=forms.TextInput(attrs={"class": "input w-m", "autocomplete": "name"}),
    )
    outlet = TypedTextField(
        label=_("Newsroom"),
        most=120,
        least=1,
        error_messages={"required": _("Name the newsroom you work for")},
        widget=forms.TextInput(attrs={"class": "input w-m", "autocomplete": "organization"}),
    )
    topics = TopicsField(label=_("What you write about"))
    language = forms.ChoiceField(label=_("Language of the letters"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages()


class ContactForm(JoinForm):
    """A journalist entered at the desk, with the basis for it."""

    basis = forms.ChoiceField(label=_("Why we may write to this address"))
    basis_note = TypedTextField(
        label=_("Where it comes from"),
        most=200,
        least=1,
        error_messages={"required": _("Say where the address comes from")},
        widget=forms.TextInput(attrs={"class": "input w-m"}),
        help_text=_("For example: press conference of 3 March, or the newsroom's imprint. The letter says so."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("A letter goes there and says how to leave the list.")
        self.fields["name"].label = _("Name")
        self.fields["basis"].choices = [
            choice for choice in MediaContact.Basis.choices if choice[0] != MediaContact.Basis.CONFIRMED
        ]


class DigestForm(forms.Form):
    """The foreword of a digest in both languages."""

    revision = RevisionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, name in languages():
            self.fields[f"foreword_{language}"] = PlainField(
                label=_("Foreword in %(language)s") % {"language": name},
                required=False,
                most=2_000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    @property
    def forewords(self) -> list[tuple[str, forms.BoundField]]:
        """(language, field)."""
        return [(language, self[f"foreword_{language}"]) for language, _name in languages()]

    @property
    def foreword(self) -> dict[str, str]:
        """Language to text."""
        return {language: self.cleaned_data[f"foreword_{language}"] for language, _name in languages()}


def month_name(month: Any) -> str:
    """Return a month in words."""
    return date_format(month, pgettext("date format of a month", "F Y"))
