"""What starters and sponsors type: parsed and worded, never written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from engage.participation.forms import GuardFields, TypedTextField, clean_text
from engage.participation.queries import about_options
from mailbox.petitions.addresses import AddressError, plain, split_address
from mailbox.petitions.consent import ELIGIBLE
from mailbox.petitions.countries import countries
from mailbox.petitions.signing.typed import ABROAD, name_fault
from mailbox.petitions.starting import rules

_COUNT = {
    "data-behaviour": "count-text",
    "data-measure": "characters",
    "data-link-units": "0",
    "data-signs": "1",
}
_NAME_FAULTS = {
    "name_missing": _("Write your name"),
    "name_long": _("A name has at most 80 characters"),
    "name_link": _("Write a name without a link or an address"),
    "name_letters": _("Write a name"),
}
_FAULTS = {
    "empty": _("Write your e-mail: we send you a letter to confirm"),
    "long": _("An e-mail address has at most 254 characters"),
    "form": _("Write the e-mail like name@example.org"),
    "domain": _("The part after the @ cannot be right. Write the e-mail like name@example.org"),
}


class MailField(forms.CharField):
    """An e-mail address that must be there; the sentence says what is wrong with it."""

    def to_python(self, value: Any) -> str:
        """Take away what cannot be seen, and take full-width characters as what they stand for."""
        return plain(clean_text(super().to_python(value) or ""))

    def validate(self, value: str) -> None:
        """Check the form of an address."""
        try:
            split_address(value)
        except AddressError as fault:
            raise forms.ValidationError(_FAULTS[str(fault)]) from None

    def run_validators(self, value: str) -> None:
        """Leave out CharField's NUL check: clean_text has removed them."""


class LineField(TypedTextField):
    """Text on one line."""

    def to_python(self, value: Any) -> str:
        """Put what was typed on one line."""
        return " ".join(super().to_python(value).split())


class TokenField(forms.CharField):
    """What a form carries and no person types, like its one-time token: nothing is said about it, a wrong one counts
    as none.
    """

    def to_python(self, value: Any) -> str:
        """Take what a token can have."""
        return clean_text(super().to_python(value) or "")[:64]

    def run_validators(self, value: str) -> None:
        """Leave out CharField's NUL check: clean_text has removed them."""


class PersonFields(forms.Form):
    """Who signs: name, address, where they live, and that they may."""

    name = LineField(
        label=_("Your name"),
        most=80,
        help_text=_("Not shown to anybody; it prevents double signatures"),
        error_messages={"required": _("Write your name")},
    )
    email = MailField(
        label=_("E-mail"),
        required=True,
        help_text=_("We send you one letter; nothing counts before you confirm. Kept encrypted, never shown"),
    )
    region = forms.ChoiceField(
        label=_("Where you live"),
        error_messages={
            "required": _("Choose where you live"),
            "invalid_choice": _("Choose where you live from the list"),
        },
    )
    country = forms.ChoiceField(
        label=_("Country or region, if you live abroad"),
        required=False,
        error_messages={"invalid_choice": _("Choose the country from the list")},
    )
    eligible = forms.BooleanField(
        label=ELIGIBLE,
        error_messages={"required": _("Tick this if it is so: only then a signature counts")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser, abroad = self.fields["region"], self.fields["country"]
        assert isinstance(chooser, forms.ChoiceField) and isinstance(abroad, forms.ChoiceField)
        chooser.choices = [("", _("Choose one")), *about_options("region"), (ABROAD, _("Abroad"))]
        abroad.choices = [("", _("Choose one")), *countries()]

    def clean_name(self) -> str:
        """Refuse a name that holds a link or is none."""
        name: str = self.cleaned_data["name"]
        if fault := name_fault(name):
            raise forms.ValidationError(_NAME_FAULTS[fault])
        return name

    def clean(self) -> dict[str, Any]:
        """Who lives abroad names the country; everybody else has none."""
        values = super().clean() or {}
        if values.get("region") == ABROAD:
            if not values.get("country") and "country" not in self.errors:
                self.add_error("country", _("Choose the country in which you live"))
        elif "region" in values:
            values["country"] = ""
            self.errors.pop("country", None)
        return values

    def place(self) -> dict[str, str]:
        """Return region and country as they are kept: one of both is empty."""
        values = self.cleaned_data
        return {"region": "" if values["region"] == ABROAD else values["region"], "country": values["country"]}


class SignerFields(PersonFields):
    """Who asks to sign, under which one-time token, and which words of consent the form showed."""

    token = TokenField(widget=forms.HiddenInput, required=False)
    consent = TokenField(widget=forms.HiddenInput, required=False)


class PetitionForm(PersonFields):
    """A petition and its starter."""

    title = LineField(
        label=_("What should be done"),
        most=rules.TITLE_MOST,
        help_text=_("One sentence that says who should do what"),
        error_messages={"required": _("Write what should be done, in one sentence")},
    )
    action = TypedTextField(
        label=_("What exactly you ask for"),
        most=rules.ACTION_MOST,
        widget=forms.Textarea,
        help_text=_("One thing that the government can do, so that everybody sees later whether it was done"),
        error_messages={"required": _("Write what exactly you ask for")},
    )
    background = TypedTextField(
        label=_("Why"),
        most=rules.BACKGROUND_MOST,
        widget=forms.Textarea,
        help_text=_("What is wrong today, and for whom. No names, telephone numbers or addresses of others"),
        error_messages={"required": _("Write why")},
    )
    details = TypedTextField(
        label=_("More details (optional)"),
        required=False,
        most=rules.DETAILS_MOST,
        widget=forms.Textarea,
        help_text=_("Figures, examples, what was tried before"),
    )
    field_order = ["title", "action", "background", "details", "name", "email", "region", "country", "eligible"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("title", "action", "background", "details"):
            field = self.fields[name]
            assert isinstance(field, TypedTextField)
            field.widget.attrs |= _COUNT | {
                "data-counter": f"count-{name}",
                "data-most": str(field.most),
                "data-fits": str(_("%(used)s of %(most)s characters")),
                "data-over": str(_("%(used)s characters, and %(most)s are allowed: cut %(over)s")),
            }


class SponsorForm(SignerFields):
    """Somebody who stands behind a petition before it is published."""


class AddressForm(forms.Form):
    """Another address, where the first was wrong."""

    email = MailField(label=_("The right e-mail"), required=True)


class SendForm(GuardFields):
    """The last step: nothing but the guard fields."""
