"""What readers and officers type around comments: parsed and worded, never written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from consultations import rules as call_rules
from consultations.models import Comment
from consultations.outcomes.channels import channel_label
from consultations.voices import rules
from consultations.voices.models import Report
from engage.participation.forms import TypedTextField


class ReplyForm(forms.Form):
    """What the department answers."""

    text = TypedTextField(
        label=_("Reply"),
        least=rules.REPLY_LEAST,
        most=rules.REPLY_MOST,
        widget=forms.Textarea,
        error_messages={"required": _("Write the reply"), "short": _("Write the reply")},
        help_text=_("Everybody reads it under the department's name; the sender also gets it by e-mail"),
    )
    language = forms.ChoiceField(label=_("Language of the reply"), choices=settings.LANGUAGES)


class ReportForm(forms.Form):
    """What is wrong with a comment."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is wrong with it"),
            "invalid_choice": _("Choose what is wrong with it"),
        },
    )
    note = TypedTextField(
        label=_("What should a moderator know? (optional)"),
        required=False,
        most=rules.REPORT_NOTE_MOST,
        help_text=_("Only moderators read it"),
    )


class TranslationForm(forms.Form):
    """A comment in another language."""

    language = forms.ChoiceField(label=_("Language of the translation"))
    text = TypedTextField(
        label=_("Translation"),
        required=False,
        most=rules.TRANSLATION_MOST,
        widget=forms.Textarea,
        help_text=_("It stands beside the original. Leave it empty to take it away"),
    )

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["language"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [choice for choice in settings.LANGUAGES if choice[0] != own]


# Of what officers take in by the table.
TABLE_MOST_BYTES = 5 * 1024 * 1024
TABLE_CHANNELS = ("paper", "email", "phone", "counter", "hearing")


class PaperForm(forms.Form):
    """One comment that came on paper, as an officer keys it in."""

    call = forms.ChoiceField(label=_("Call"), error_messages={"required": _("Choose the call")})
    received = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Give the day it was received"), "invalid": _("Give the day it was received")},
    )
    number = TypedTextField(
        label=_("Number on the paper"),
        least=1,
        most=60,
        help_text=_("Each number is taken in once"),
        error_messages={"required": _("Give the number on the paper")},
    )
    article = TypedTextField(
        label=_("Article"), required=False, most=24, help_text=_("Its number; empty for the whole draft")
    )
    stance = forms.ChoiceField(label=_("View"), choices=Comment.Stance.choices)
    language = forms.ChoiceField(label=_("Language of the paper"), choices=settings.LANGUAGES)
    text = TypedTextField(
        label=_("Comment"),
        least=1,
        most=call_rules.COMMENT_MOST,
        widget=forms.Textarea,
        error_messages={"required": _("Key in the comment")},
    )
    signature = TypedTextField(label=_("Name to show (optional)"), required=False, most=40)
    decision = forms.ChoiceField(
        label=_("Publication"),
        required=False,
        choices=[
            ("", _("As the call's rule says")),
            ("published", _("I have checked it: publish it")),
            ("private", _("I have checked it: keep it private")),
        ],
    )

    def __init__(self, *args: Any, calls: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["call"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = calls


class TableForm(forms.Form):
    """A table of comments, and what holds for rows that say nothing of it."""

    call = forms.ChoiceField(label=_("Call"), error_messages={"required": _("Choose the call")})
    file = forms.FileField(
        label=_("Table"),
        help_text=_("A CSV file in UTF-8 or GB18030, as every spreadsheet saves it; at most 2,000 rows"),
        error_messages={
            "required": _("Choose the file"),
            "invalid": _("Choose the file"),
            "missing": _("Choose the file"),
            "empty": _("The file is empty. Choose another one"),
        },
    )
    channel = forms.ChoiceField(label=_("How they came"))
    received = forms.DateField(
        label=_("Received on"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("For rows without a date"),
        error_messages={"required": _("Give the day it was received"), "invalid": _("Give the day it was received")},
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, help_text=_("For rows without a language")
    )

    def __init__(self, *args: Any, calls: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("call", calls), ("channel", [(code, channel_label(code)) for code in TABLE_CHANNELS])):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean_file(self) -> UploadedFile:
        """Refuse what no table of so many rows needs."""
        file = self.cleaned_data["file"]
        if file.size > TABLE_MOST_BYTES:
            raise forms.ValidationError(_("The file is too large: send at most 5 MB"), code="too_large")
        return file
