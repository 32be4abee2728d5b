"""What the public types about a draft: parsed and worded, never written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from consultations import rules
from consultations.actions import CommentInput
from consultations.models import Comment
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

    def __init__(self, *args: Any, original: str = "", **kwargs: Any) -> None:
        self.original = original
        super().__init__(*args, **kwargs)

    def clean_suggested(self) -> str:
        """Drop a suggestion that equals the original."""
        suggested = self.cleaned_data["suggested"]
        return "" if suggested == clean_text(self.original) else suggested

    def as_input(self, key: str, language: str = "") -> CommentInput:
        """Return what the action takes; `language` is that of the text the comment is written on."""
        values = self.cleaned_data
        return CommentInput(
            key=key, stance=values["stance"], text=values["text"], suggested=values["suggested"], language=language
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
