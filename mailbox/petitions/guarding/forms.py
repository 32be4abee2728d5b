"""What moderators fill in against fraud; the actions check what it means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.participation.forms import TypedTextField
from engage.participation.queries import about_options
from engage.participation.rules import parse_reference
from engage.typed import whole_number
from mailbox.petitions.actions.guard_settings import marks_of
from mailbox.petitions.guarding.words import REFUSALS, WHY
from mailbox.petitions.models import Listed, Petition, Suspect

MOMENT = "%Y-%m-%dT%H:%M"
_NARROWING = ("since", "until", "domain", "network", "region", "standing", "sign", "suspect")


def _text(label: Any, *, most: int, help_text: Any = "", missing: Any = "") -> TypedTextField:
    """Return a line for text; with words for its absence it must be filled in."""
    return TypedTextField(
        label=label,
        required=bool(missing),
        most=most,
        error_messages={"required": missing} if missing else None,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )


def _area(label: Any, *, most: int = 500, missing: Any = "") -> TypedTextField:
    return TypedTextField(
        label=label,
        required=bool(missing),
        most=most,
        error_messages={"required": missing} if missing else None,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3}),
    )


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format=MOMENT),
        error_messages={"invalid": _("Write day and time like 2026-11-24 08:30")},
    )


def _choice(label: Any, choices: Any, *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=required, choices=choices, widget=forms.Select(attrs={"class": "input"})
    )


def _check_mark(what: str, typed: str) -> None:
    """Refuse what cannot be on a list, beside its field."""
    try:
        marks_of(what, typed)
    except Refused as refused:
        raise ValidationError(refusal_message(refused)) from refused


class ListForm(forms.Form):
    """An entry of the lists."""

    what = _choice(_("What"), Listed.What.choices, required=True)
    typed = _text(
        _("Domain, address or network"),
        most=254,
        missing=_("Write a domain, an address or a network"),
        help_text=_("A domain counts with everything below it. A network is an address, a /24 or wider up to a /16."),
    )
    side = _choice(_("How"), [("block", _("always held")), ("allow", _("never held"))], required=True)
    note = _text(_("Why"), most=200, missing=_("Write why"))

    def clean(self) -> dict[str, Any]:
        """What is typed has to be what it is said to be."""
        given = super().clean() or {}
        if given.get("what") and given.get("typed"):
            try:
                _check_mark(given["what"], given["typed"])
            except ValidationError as wrong:
                self.add_error("typed", wrong)
        return given


class PauseForm(forms.Form):
    """What readers are told while signing is paused."""

    zh = _area(_("What readers are told, in Chinese"))
    en = _area(_("What readers are told, in English"))

    def clean(self) -> dict[str, Any]:
        """A pause is explained in both languages."""
        given = super().clean() or {}
        if self.data.get("act") == "pause":
            for name in ("zh", "en"):
                if name in given and not given[name].strip():
                    self.add_error(name, REFUSALS["petition_pause_words"])  # type: ignore[arg-type]
        return given


class OrderForm(forms.Form):
    """What an order means; all that is given has to be true."""

    petition = _text(_("Petition"), most=40, help_text=_("Its reference, like P-2026-004217-K. Empty: all petitions."))
    since = _moment(_("Asked from"))
    until = _moment(_("Asked before"))
    domain = _text(_("Mail domain"), most=120, help_text=_("With everything below it."))
    network = _text(_("Network"), most=60, help_text=_("An address, or a network like 203.0.113.0/24."))
    region = _choice(_("Region"), [])
    standing = _choice(
        _("Which of them"),
        [
            ("", _("all that wait, are held or count")),
            ("never", _("only those never confirmed")),
            ("held", _("only those that are held")),
            ("confirmed", _("only those that count")),
        ],
    )
    sign = _choice(_("Held because"), [])
    suspect = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    why = _area(_("Why, for the record"), missing=_("Write why, for the record."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = [("", pgettext_lazy("regions", "all")), *about_options("region")]  # type: ignore[attr-defined]
        signs = [(code, words) for code, words in WHY.items()]
        self.fields["sign"].choices = [("", pgettext_lazy("signs", "any reason, or none")), *signs]  # type: ignore[attr-defined]

    def clean_petition(self) -> Petition | None:
        """Find the petition by its reference."""
        typed = self.cleaned_data["petition"].strip()
        if not typed:
            return None
        parsed = parse_reference(typed)
        found = Petition.objects.filter(pk=parsed.number).first() if parsed else None
        if found is None or parse_reference(found.reference) != parsed:
            raise ValidationError(_("There is no petition with this reference."))
        return found

    def clean_suspect(self) -> Suspect | None:
        """Find the mark an order is about; it stands in a hidden field."""
        typed = self.cleaned_data["suspect"]
        if not typed:
            return None
        found = Suspect.objects.filter(pk=whole_number(typed, digits=18, otherwise=-1)).first()
        if found is None:
            raise ValidationError(_("This mark is not suspected any more."))
        return found

    def clean_domain(self) -> str:
        """Refuse what is no domain."""
        typed = str(self.cleaned_data["domain"]).strip()
        if typed:
            _check_mark(Listed.What.DOMAIN, typed)
        return typed

    def clean_network(self) -> str:
        """Refuse what is no network, or too wide a one."""
        typed = str(self.cleaned_data["network"]).strip()
        if typed:
            _check_mark(Listed.What.NETWORK, typed)
        return typed

    def clean(self) -> dict[str, Any]:
        """Something is named besides the petition, and a period ends after it began."""
        given = super().clean() or {}
        if "suspect" in self.errors:
            del self.errors["suspect"]
            self.add_error("domain", _("This mark is not suspected any more."))
        if not self.errors and not any(given.get(name) for name in _NARROWING):
            self.add_error("domain", REFUSALS["petition_order_empty"])  # type: ignore[arg-type]
        since, until = given.get("since"), given.get("until")
        if isinstance(since, datetime) and isinstance(until, datetime) and until <= since:
            self.add_error("until", _("The period ends before it begins."))
        return given
