"""What an officer keys in: the fields of the kind, and how it came."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.participation.forms import TypedTextField
from mailbox.counter.models import Identity, Way
from mailbox.counter.rules import check_day
from mailbox.letterbox.forms import FIELDS, TEXT_LEAST, WriteForm

# A paper letter is keyed in whole; who writes on the site is asked to be shorter.
TEXT_MOST = 20_000
HOW = ("way", "received_on", "confirmed", "identity", "language")
LANGUAGES = (("zh-hans", "中文"), ("en", "English"))
LABELS = {
    "department": _("Unit that is meant (optional)"),
    "title": _("Title (optional)"),
    "name": pgettext_lazy("sender", "Name"),
    "signature": _("How the sender wants to be called (optional)"),
    "publish": _("May question and answer be published?"),
    "delivery": _("How the sender wants to get it"),
    "address": _("Address (optional)"),
    "people": _("How many people take part"),
}


class CounterForm(WriteForm):
    """A case of one kind as somebody brought, said or sent it. `today` is the day where the kind is received."""

    way = forms.ChoiceField(
        label=_("How it came"),
        choices=Way.choices,
        initial=Way.WALK_IN,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it came"), "invalid_choice": _("Choose how it came")},
    )
    received_on = forms.DateField(
        label=_("Day of receipt"),
        required=False,
        help_text=_("Today, if empty. By post: the day somebody signed for it, or the day it came"),
        widget=forms.DateInput(attrs={"class": "input w-s", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day like 2026-11-24")},
    )
    confirmed = forms.BooleanField(
        label=_("Not signed for: the sender confirmed the receipt today"),
        required=False,
        help_text=_(
            "The time counts from the day you confirm it with each other; without that, confirm it in the case"
        ),
    )
    identity = forms.ChoiceField(
        label=_("Identity"),
        choices=Identity.choices,
        initial=Identity.NOT_SEEN,
        error_messages={"invalid_choice": _("Choose what was seen of the identity")},
    )
    language = forms.ChoiceField(
        label=_("Language of the sender"),
        choices=LANGUAGES,
        error_messages={
            "required": _("Choose the language of the sender"),
            "invalid_choice": _("Choose the language of the sender"),
        },
    )

    def __init__(self, *args: Any, kind: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        self.today = today
        how = {name: self.base_fields[name] for name in HOW}
        self.fields = {name: deepcopy(field) for name, field in how.items()} | self.fields
        if kind != "information_request":
            del self.fields["confirmed"]
        if kind not in ("information_request", "grievance"):
            del self.fields["identity"]
        text = self.fields["text"]
        self.fields["text"] = TypedTextField(
            least=TEXT_LEAST,
            most=TEXT_MOST,
            label=_("What the sender says or writes"),
            error_messages={name: text.error_messages[name] for name in ("required", "short")},
            widget=forms.Textarea(attrs={"rows": 10}),
        )
        for name, label in LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].help_text = ""
        for name in ("email", "phone"):
            if name in self.fields:
                self.fields[name].help_text = ""

    def clean(self) -> dict[str, Any]:
        """Check what belongs together: way, day, and what the law wants to be seen."""
        values = super().clean()
        way, on = values.get("way"), values.get("received_on") or self.today
        if way and "received_on" not in self.errors:
            try:
                check_day(way, on, self.today)
            except Refused as refusal:
                self.add_error("received_on", refusal_message(refusal))
        values["received_on"] = on
        return values

    @property
    def own(self) -> list[str]:
        """The names of the fields that the kind itself has."""
        return [name for name in FIELDS[self.kind] if name in self.fields]
