"""Forms of the platform: tracking, and the fields that guard every public form."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

# Characters that show nothing and only hide or reorder text; kept: newline, tab, zero width joiner (emoji, scripts).
_INVISIBLE = {
    *range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0x80, 0xA0), 0xAD, 0x200B, 0x200E, 0x200F,
    *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A), 0xFEFF,
}  # fmt: skip
_STRIP = dict.fromkeys(_INVISIBLE)


def clean_text(typed: str) -> str:
    """Return what a person meant to type: NFC, unix newlines, no controls, no invisible or reordering marks."""
    text = unicodedata.normalize("NFC", typed.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_STRIP).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.strip()


class TypedTextField(forms.CharField):
    """Free text of people: cleaned of what cannot be seen, counted as people count, never cut."""

    def __init__(self, *, least: int = 0, most: int = 5_000, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Clean before any validation."""
        return clean_text(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        """Check the length and say by how much it is off."""
        if not value and not self.required:
            return
        if len(value) < max(self.least, 1 if self.required else 0):
            raise ValidationError(self.error_messages.get("short") or self.error_messages["required"], code="short")
        if len(value) > self.most:
            over = len(value) - self.most
            raise ValidationError(
                ngettext(
                    "This must be %(most)s characters or fewer; cut %(over)s character",
                    "This must be %(most)s characters or fewer; cut %(over)s characters",
                    over,
                )
                % {"most": f"{self.most:,}", "over": f"{over:,}"},
                code="long",
            )

    def run_validators(self, value: str) -> None:
        """Leave out CharField's NUL check: clean_text has removed them."""


def read_token(value: str) -> uuid.UUID | None:
    """Read a one-time token; None for anything else."""
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError, TypeError):
        return None


class TrackForm(forms.Form):
    """Reference and code, as typed."""

    reference = forms.CharField(label=_("Reference"), max_length=200, required=False)
    code = forms.CharField(label=_("Tracking code"), max_length=200, required=False)


class GuardFields(forms.Form):
    """Hidden fields of every form that opens a submission.

    `website` is the honeypot; `opened` the signed moment the form was made; `altcha` a solved challenge.
    """

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    opened = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)
    website = forms.CharField(required=False, max_length=300)
    altcha = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4_000)

    def opened_at(self) -> datetime | None:
        """Return when the form was made, if the signature holds."""
        from engage.participation.challenge import signed_moment

        return signed_moment(self.cleaned_data.get("opened", ""))


def checked_rows(
    form: forms.Form, *, without: Collection[str] = (), labels: Mapping[str, str] | None = None
) -> list[dict[str, str]]:
    """Return what a check page lists of a valid form: label, words, and the field to which "change" leads.

    `labels` are those that read otherwise there than beside their field.
    """
    rows = []
    for name, field in form.fields.items():
        bound, value = form[name], form.cleaned_data.get(name, "")
        if value and name not in without:
            choices = dict(getattr(field, "choices", ()) or ())
            label = str((labels or {}).get(name, bound.label))
            rows.append({"label": label, "words": str(choices.get(value, value)), "field": bound.auto_id})
    return rows
