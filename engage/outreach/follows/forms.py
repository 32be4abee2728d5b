"""What people choose and type about following."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from engage.outreach.follows import queries
from engage.outreach.follows.models import Follower
from engage.outreach.follows.registry import Tag
from engage.participation.forms import clean_text
from engage.typed import whole_number

TAGS_MOST = 500


def read_tags(typed: list[str]) -> list[Tag]:
    """Read what boxes send, "topic-3"; what is no such thing is left out."""
    found = []
    for value in typed[:TAGS_MOST]:
        kind, _dash, number = value.partition("-")
        ref = whole_number(number, digits=18, otherwise=-1)
        if ref >= 0 and len(kind) <= 16:
            found.append(Tag(kind, ref))
    return found


class EmailForm(forms.Form):
    """The address that wants to hear of something."""

    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        help_text=_("Kept encrypted, never shown, used for these letters alone and forgotten when you stop them"),
        error_messages={
            "required": _("Write the e-mail like name@example.org"),
            "max_length": _("An e-mail address has at most 254 characters"),
        },
    )

    def clean_email(self) -> str:
        """Check the form of an address; the message says what one looks like."""
        email = clean_text(self.cleaned_data["email"])
        try:
            validate_email(email)
        except forms.ValidationError:
            raise forms.ValidationError(_("Write the e-mail like name@example.org")) from None
        return email


class ChoiceForm(forms.Form):
    """What to hear of, how often, in which language. `extra`: things followed from pages of their own."""

    rhythm = forms.ChoiceField(label=_("How often"), choices=Follower.Rhythm.choices, initial=Follower.Rhythm.AT_ONCE)
    language = forms.ChoiceField(label=_("Language of the letters"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, chosen: list[Tag] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = queries.choices()
        self.chosen = {f"{tag.kind}-{tag.ref}" for tag in chosen or []}
        self.nothing = False
        if self.is_bound:
            self.chosen = set(self.data.getlist("follow"))  # type: ignore[attr-defined]

    @property
    def tags(self) -> list[Tag]:
        """What was ticked."""
        return read_tags(self.data.getlist("follow"))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for one thing at least."""
        given = super().clean() or {}
        if not self.tags:
            self.nothing = True
            self.add_error(None, _("Choose at least one thing to follow"))
        return given


class FollowForm(EmailForm, ChoiceForm):
    """The page about following."""

    field_order = ["rhythm", "language", "email"]
