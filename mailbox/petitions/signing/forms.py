"""The sign form: parsed and worded, never written."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mailbox.petitions.starting.forms import PersonFields


class TokenField(forms.CharField):
    """The one-time token, hidden: one that cannot be read is none, and nothing to complain of to a person."""

    widget = forms.HiddenInput

    def run_validators(self, value: str) -> None:
        """Take whatever comes; `read_token` says whether it is one."""


class SignForm(PersonFields):
    """Who signs, and whether letters about the petition are wanted."""

    news = forms.BooleanField(
        label=_("Write to me when there is an answer or a debate; each letter has a link that ends them"),
        required=False,
    )
    token = TokenField(required=False)
