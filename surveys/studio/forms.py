"""Forms about a questionnaire as a whole: a new one, its settings, when it is open, a file to import."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.widgets import AdminDateTimeInput

from engage.departments.models import Department
from engage.errors import Refused
from engage.pages.framing import parse_hosts
from engage.pages.messages import refusal_message
from engage.pages.translation import HTML_LANG
from engage.participation.forms import TypedTextField
from surveys.actions import KeptWords
from surveys.definition import model
from surveys.models import KEY_MOST, Questionnaire
from surveys.studio.words import MODES, PROPERTIES

TITLE_MOST = 200
TOPICS_MOST = 200
WORDS_MOST = 5_000
FILE_MOST = 10 * 1024 * 1024
NEW_LANGUAGES = ("zh-hans", "en")
ONE_PER = (
    ("none", pgettext_lazy("who may answer", "everybody, as often as they like")),
    ("device", pgettext_lazy("who may answer", "everybody, once on each device")),
    ("invitation", pgettext_lazy("who may answer", "whoever was invited, once")),
)
_SWITCHES: Mapping[str, Any] = {
    "anonymous": _("Anonymous: no answer can be led back to a person, by nobody"),
    "resume": _("Answers can be put aside and gone on with by a code"),
    "back": _("People can go back to earlier pages"),
    "progress": _("It is shown how far one has come"),
    "save_partial": _("Answers that were not sent are kept"),
    "timing": _("The time an answer takes is recorded; people are told so"),
}


class Addressed(forms.Form):
    """What a questionnaire is called in addresses, and who asks."""

    key = forms.SlugField(
        label=_("Name in its address"),
        max_length=KEY_MOST,
        help_text=_("Latin letters, digits and hyphens, such as parks-2026. It stays"),
    )
    department = forms.ModelChoiceField(
        label=_("Department that asks"),
        queryset=Department.objects.none(),
        empty_label=_("Choose the department"),
        error_messages={"invalid_choice": _("Choose a department of the list")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        department: Any = self.fields["department"]
        department.queryset = Department.objects.order_by("path")


class PeriodForm(forms.Form):
    """When answers are taken."""

    opens_at = forms.DateTimeField(
        label=_("Opens"), required=False, widget=AdminDateTimeInput(), help_text=_("Empty: as soon as it is published")
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"),
        required=False,
        widget=AdminDateTimeInput(),
        help_text=_("The first moment at which answers are refused. Empty: it stays open"),
    )

    def clean(self) -> dict[str, Any]:
        """See that it closes after it opens."""
        given = super().clean() or {}
        opens, closes = given.get("opens_at"), given.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", refusal_message(Refused("survey_period_wrong")))
        return given


class FramesForm(forms.Form):
    """Which sites show it in a frame. `cleaned_data["hosts"]` is a list."""

    hosts = forms.CharField(
        label=_("Sites, one a line"),
        help_text=_("For example www.example.org"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )

    def clean_hosts(self) -> list[str]:
        """Read the names of the sites."""
        try:
            return parse_hosts(self.cleaned_data["hosts"])
        except Refused as refusal:
            raise forms.ValidationError(refusal_message(refusal)) from None


class KeptForm(forms.Form):
    """How a part of the library is found, and who has it; `may_share` shows the switch for everybody."""

    title_zh = TypedTextField(
        label=_("Title in Chinese"), most=TITLE_MOST, widget=forms.TextInput(attrs={"lang": "zh-Hans"})
    )
    title_en = TypedTextField(
        label=_("Title in English"), most=TITLE_MOST, widget=forms.TextInput(attrs={"lang": "en"})
    )
    topics = TypedTextField(
        label=_("Topics"),
        most=TOPICS_MOST,
        required=False,
        widget=forms.TextInput(),
        help_text=_("Words it is found by, with commas between them, such as satisfaction, parks"),
    )
    is_shared = forms.BooleanField(
        label=_("Every department has it"), required=False, help_text=_("Otherwise the department of the questionnaire")
    )
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["is_shared"]

    @property
    def about(self) -> KeptWords:
        """The words, once the form is valid."""
        return KeptWords(*(self.cleaned_data[name] for name in ("title_zh", "title_en", "topics")))


class NewForm(Addressed, PeriodForm):
    """A new questionnaire without questions."""

    title_zh = TypedTextField(
        label=_("Title in Chinese"), most=TITLE_MOST, widget=forms.TextInput(attrs={"lang": "zh-Hans"})
    )
    title_en = TypedTextField(
        label=_("Title in English"), most=TITLE_MOST, widget=forms.TextInput(attrs={"lang": "en"})
    )
    one_per = forms.ChoiceField(label=_("Who may answer"), choices=ONE_PER, initial="none")
    anonymous = forms.BooleanField(label=_SWITCHES["anonymous"], required=False, initial=True)
    results = forms.ChoiceField(
        label=_("Results"), choices=Questionnaire.Results.choices, initial=Questionnaire.Results.AT_CLOSE
    )
    field_order = (
        "title_zh", "title_en", "key", "department", "opens_at", "closes_at", "one_per", "anonymous", "results",
    )  # fmt: skip

    def definition(self) -> dict[str, Any]:
        """Return the definition it begins with."""
        given = self.cleaned_data
        return {
            "format": model.FORMAT,
            "languages": list(NEW_LANGUAGES),
            "title": {"zh-hans": given["title_zh"], "en": given["title_en"]},
            "settings": {name: given[name] for name in ("one_per", "anonymous", "results")},
            "pages": [{"name": "page1"}],
        }


class FileForm(forms.Form):
    """A form of another program, or a definition."""

    file = forms.FileField(
        label=_("File: XLSForm (.xlsx, .xls, .csv), LimeSurvey (.lss) or a definition (.json)"),
        help_text=_("At most 10 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv,.lss,.json"}),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
    )

    def clean_file(self) -> Any:
        """Refuse what is too large to be looked at."""
        upload = self.cleaned_data["file"]
        if upload.size > FILE_MOST:
            raise forms.ValidationError(_("The file is larger than 10 MB"), code="large")
        return upload


class ImportForm(Addressed, FileForm):
    """A file that becomes a new questionnaire."""


class SettingsForm(forms.Form):
    """The words around the questions and how they are answered."""

    def __init__(self, sent: Any = None, *, definition: model.Definition) -> None:
        super().__init__(sent)
        self.definition = definition
        for name, rows in (("title", 1), ("introduction", 4), ("closing", 4)):
            for language in definition.languages:
                attributes: dict[str, Any] = {"lang": HTML_LANG.get(language, language)}
                widget = forms.TextInput(attrs=attributes) if rows == 1 else forms.Textarea(attributes | {"rows": rows})
                self.fields[f"{name}:{language}"] = TypedTextField(
                    label=PROPERTIES[name],
                    most=TITLE_MOST if rows == 1 else WORDS_MOST,
                    required=False,
                    widget=widget,
                    initial=getattr(definition, name).get(language, ""),
                )
        said = definition.settings
        known = [name for name, _words in ONE_PER]
        choices = ONE_PER if said.one_per in known else (*ONE_PER, (said.one_per, said.one_per))
        self.fields["one_per"] = forms.ChoiceField(label=_("Who may answer"), choices=choices, initial=said.one_per)
        self.fields["results"] = forms.ChoiceField(
            label=_("Results"), choices=Questionnaire.Results.choices, initial=said.results
        )
        for name, label in _SWITCHES.items():
            self.fields[name] = forms.BooleanField(label=label, required=False, initial=getattr(said, name))
        self.fields["modes"] = forms.MultipleChoiceField(
            label=_("Answered"), choices=MODES, widget=forms.CheckboxSelectMultiple, initial=said.modes
        )

    def document(self) -> dict[str, Any]:
        """Return the whole definition with what was given."""
        given, document = self.cleaned_data, model.dump(self.definition)
        for name in ("title", "introduction", "closing"):
            typed = {language: given[f"{name}:{language}"] for language in self.definition.languages}
            document[name] = {language: words for language, words in typed.items() if words}
        names = ("one_per", "results", "modes", *_SWITCHES)
        document["settings"] = document.get("settings", {}) | {name: given[name] for name in names}
        return document
