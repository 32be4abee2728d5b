"""What is typed about a publication: parsed and worded, never written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.pages.models import Topic
from engage.participation.forms import TypedTextField
from engage.participation.models import Attachment
from engage.publishing.redaction.models import Basis
from engage.typed import whole_number
from mailbox.publication import building, rules
from mailbox.publication.actions import Checked
from mailbox.publication.building import PERSONAL_BASIS
from mailbox.publication.models import Publication
from mailbox.publication.rules import Candidate

UPLOAD = "upload"
LABELS: dict[str, dict[str, Any]] = {
    "title": {
        "zh-hans": pgettext_lazy("publication", "Title in Chinese"),
        "en": pgettext_lazy("publication", "Title in English"),
    },
    "question": {"zh-hans": _("Question in Chinese"), "en": _("Question in English")},
    "answer": {"zh-hans": _("Answer in Chinese"), "en": _("Answer in English")},
    "summary": {
        "zh-hans": _("What was asked for and what was given, in Chinese"),
        "en": _("What was asked for and what was given, in English"),
    },
}


def field_name(name: str, language: str) -> str:
    """Return the name of the field for words in a language."""
    return f"{name}_{settings.LANGUAGE_PATHS[language]}"


def written_fields(publication: Publication) -> list[tuple[str, str]]:
    """Return what is written at the desk, as (name, language), the case's own language first.

    Question and answer in the case's language are the case's own.
    """
    languages = sorted(rules.LANGUAGES, key=lambda code: code != publication.language)
    return [
        (name, language)
        for language in languages
        for name in building.WORDS[publication.form]
        if name in ("title", "summary") or language != publication.language
    ]


class CheckForm(forms.Form):
    """The words of a publication, its topics and what is taken out."""

    revision = forms.Field(required=False, widget=forms.HiddenInput)
    more = TypedTextField(
        label=_("More words to take out, one a line"),
        required=False,
        most=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        help_text=_("Names of other people, addresses, numbers. Each is found however it is written."),
    )
    basis = forms.ChoiceField(label=_("Legal basis of these"), required=False)
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, publication: Publication, offered: Sequence[Candidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publication, self.offered = publication, list(offered)
        self.fields["basis"].choices = [(basis.code, str(basis)) for basis in Basis.objects.filter(is_active=True)]
        self.fields["topics"].choices = [(topic.code, topic.name) for topic in Topic.objects.all()]
        for name, language in written_fields(publication):
            is_title = name == "title"
            self.fields[field_name(name, language)] = TypedTextField(
                label=LABELS[name][language],
                required=False,
                most=rules.TITLE_MOST if is_title else rules.TEXT_MOST,
                widget=forms.TextInput(attrs={"class": "input"})
                if is_title
                else forms.Textarea(attrs={"rows": 6, "class": "input"}),
                initial=publication.words.get(language, {}).get(name, ""),
            )
        self.fields["revision"].initial = publication.revision
        self.fields["basis"].initial = PERSONAL_BASIS
        self.fields["topics"].initial = [topic.code for topic in publication.topics.all()]

    def clean_revision(self) -> int:
        """Read it; what is no number is no revision that anybody saw."""
        return whole_number(str(self.cleaned_data["revision"] or 0), digits=9, otherwise=-1)

    @property
    def written(self) -> list[Any]:
        """The fields for words, in their order."""
        return [self[field_name(name, language)] for name, language in written_fields(self.publication)]

    def is_out(self, one: Candidate) -> bool:
        """Tell whether words are ticked: as typed, or as they were kept."""
        return one.value in self.data.getlist("out") if self.is_bound else one.on

    def checked(self) -> Checked:
        """Return what the action takes; what was not on the page yet is taken out."""
        given = self.cleaned_data
        shown, out = set(self.data.getlist("known")), set(self.data.getlist("out"))
        marks = [
            Candidate(one.value, one.why, one.basis or PERSONAL_BASIS, one.value in out or one.value not in shown)
            for one in self.offered
        ]
        more = [line.strip() for line in given["more"].splitlines() if line.strip()]
        basis = given["basis"] or PERSONAL_BASIS
        # Said last, so that words which were left in before are taken out now.
        marks = [*(Candidate(line, rules.OFFICER, basis) for line in more), *marks]
        words: dict[str, dict[str, str]] = {}
        for name, language in written_fields(self.publication):
            words.setdefault(language, {})[name] = given[field_name(name, language)]
        return Checked(words=words, marks=marks, topics=given["topics"], revision=given["revision"])


class FileForm(forms.Form):
    """Which file goes along and what it is called."""

    source = forms.ChoiceField(
        label=_("File"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a file"), "invalid_choice": _("Choose a file")},
    )
    upload = forms.FileField(label=_("Another file"), required=False, help_text=_("At most 20 MB"))
    called_zh = forms.CharField(
        label=_("What it is, in Chinese"),
        required=False,
        max_length=rules.TITLE_MOST,
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    called_en = forms.CharField(
        label=_("What it is, in English"),
        required=False,
        max_length=rules.TITLE_MOST,
        widget=forms.TextInput(attrs={"class": "input"}),
    )

    def __init__(self, *args: Any, publication: Publication, files: Sequence[Attachment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publication = publication
        known = [(str(one.pk), one.name) for one in files]
        self.fields["source"].choices = [*known, (UPLOAD, _("Another file from this device"))]
        if not known:
            self.fields["source"].initial = UPLOAD

    def clean(self) -> dict[str, Any]:
        """Ask for the file and for its title where they are missing."""
        given: dict[str, Any] = super().clean() or {}
        upload = given.get("upload")
        if given.get("source") == UPLOAD and upload is None:
            self.add_error("upload", _("Choose a file"))
        if upload is not None and upload.size > rules.FILE_BYTES_MOST:
            self.add_error("upload", _("A file may have at most 20 MB"))
        own = "called_en" if self.publication.language == "en" else "called_zh"
        if not (given.get(own) or "").strip() and own not in self.errors:
            self.add_error(own, _("Write what the file is, in the language of the case"))
        return given

    @property
    def titles(self) -> dict[str, str]:
        """What the file is called, by language."""
        return {"zh-hans": self.cleaned_data["called_zh"], "en": self.cleaned_data["called_en"]}
