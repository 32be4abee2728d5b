"""The sign form: parsed and worded, never written."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from mailbox.petitions.starting.forms import SignerFields


class SignForm(SignerFields):
    """Who signs, and whether letters about the petition are wanted."""

    news = forms.BooleanField(
        label=_("Write to me when there is an answer or a debate; each letter has a link that ends them"),
        required=False,
    )
