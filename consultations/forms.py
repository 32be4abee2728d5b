"""What the public types about a draft: parsed and worded, never written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from consultations import rules
from consultations.actions import CommentInput
from consultations.models import Comment
from consultations.voices.models import Organisation
from engage.participation.forms import GuardFields, TypedTextField, clean_text
from engage.participation.queries import about_options


class CommentForm(forms.Form):
    """One comment on one clause or on the whole draft."""

    stance = forms.ChoiceField(
        label=_("Your view"),
        choices=Comment.Stance.askable(),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose your view"), "invalid_choice": _("Choose your view")},
    )
    text = TypedTextField(
        label=_("Comment"),
        least=rules.COMMENT_LEAST,
        most=rules.COMMENT_MOST,
        error_messages={
            "required": _("Write your comment, at least 10 characters"),
            "short": _("Write your comment, at least 10 characters"),
        },
    )
    suggested = TypedTextField(label=_("Suggested wording (optional)"), required=False, most=rules.SUGGESTED_MOST)

    confidential = forms.BooleanField(
        label=_("Keep this comment confidential"),
        required=False,
        help_text=_("It is counted and the department reads it. Nobody else sees it, and nobody can agree with it"),
    )

    def __init__(self, *args: Any, original: str = "", **kwargs: Any) -> None:
        self.original = original
        super().__init__(*args, **kwargs)

    def clean_suggested(self) -> str:
        """Drop a suggestion that equals the original."""
        suggested = self.cleaned_data["suggested"]
        return "" if suggested == clean_text(self.original) else suggested

    def as_input(self, key: str, language: str = "", passage: tuple[int, int] | None = None) -> CommentInput:
        """Return what the action takes; `language` is that of the text the comment is written on."""
        values = self.cleaned_data
        return CommentInput(
            key=key,
            stance=values["stance"],
            text=values["text"],
            suggested=values["suggested"],
            language=language,
            confidential=values["confidential"],
            passage=passage,
        )


class AboutForm(forms.Form):
    """What a sender may tell; nothing is required."""

    region = forms.ChoiceField(label=_("Where you live"), required=False)
    capacity = forms.ChoiceField(label=_("You are"), required=False)
    signature = TypedTextField(
        label=_("Show my name as"),
        required=False,
        most=40,
        help_text=_("Leave it empty and we show your district and what you are, never a name"),
    )
    organisation = TypedTextField(
        label=_("Name of the organisation"),
        required=False,
        most=120,
        help_text=_("Shown with your comments, with its size; your own name is not"),
    )
    organisation_size = forms.ChoiceField(
        label=_("How many people it has"), required=False, choices=[("", "—"), *Organisation.Size.choices]
    )
    organisation_role = TypedTextField(
        label=_("What you do there"), required=False, most=80, help_text=_("Only the department reads it")
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        help_text=_("To send you the receipt and what was decided. Kept encrypted, never shown, deleted after a year"),
        error_messages={"max_length": _("An e-mail address has at most 254 characters")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ("region", "capacity"):
            field = self.fields[kind]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", _("Rather not say")), *about_options(kind)]

    def clean(self) -> dict[str, Any]:
        """Ask for all of an organisation or nothing of it."""
        values = super().clean() or {}
        asked = {
            "organisation": _("Write the name of the organisation"),
            "organisation_size": _("Choose how many people the organisation has"),
            "organisation_role": _("Write what you do in the organisation"),
        }
        if any(values.get(name) for name in asked):
            for name, message in asked.items():
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return values

    def clean_email(self) -> str:
        """Check the form of an address; the message says what one looks like."""
        email = clean_text(self.cleaned_data["email"])
        if email:
            try:
                validate_email(email)
            except forms.ValidationError:
                raise forms.ValidationError(_("Write the e-mail like name@example.org")) from None
        return email


class SendForm(GuardFields):
    """The last step: nothing but the guard fields."""
