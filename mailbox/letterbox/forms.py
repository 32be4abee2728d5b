"""What people type into the mailbox: parsed and worded, never written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from engage.participation.forms import TypedTextField, clean_text
from engage.typed import whole_number
from mailbox import rules
from mailbox.actions import Representative
from mailbox.letterbox.models import Delivery
from mailbox.letterbox.words import LEVELS, RATING_REASONS
from mailbox.machine import Text

TEXT_LEAST, TEXT_MOST, TITLE_MOST = 10, 5_000, 100
PEOPLE_MOST = 100_000
REPRESENTATIVES = range(1, 6)

_LETTER = ("department", "title", "text", "signature", "email", "publish")
FIELDS = {
    "letter": _LETTER,
    "enquiry": _LETTER,
    "grievance": (
        "department",
        "title",
        "text",
        "accuses",
        "name",
        "address",
        "phone",
        "email",
        "people",
        *(f"rep_{what}{n}" for n in REPRESENTATIVES for what in ("name", "email")),
    ),
    "information_request": (
        "department",
        "title",
        "text",
        "name",
        "email",
        "phone",
        "address",
        "delivery",
        "publish",
    ),
}
LABELS: dict[str, dict[str, Text]] = {
    "letter": {"text": _("Your letter")},
    "enquiry": {"text": _("Your question")},
    "grievance": {"text": _("What happened, and what you ask for")},
    "information_request": {"text": _("Which document or data")},
}
SHORT: dict[str, Text] = {
    "letter": _("Write your letter, at least 10 characters"),
    "enquiry": _("Write your question, at least 10 characters"),
    "grievance": _("Write what happened, at least 10 characters"),
    "information_request": _("Describe the document or data, at least 10 characters"),
}


class AddressField(forms.CharField):
    """An e-mail address; the message says what one looks like."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            max_length=254,
            strip=False,
            error_messages={"max_length": _("An e-mail address has at most 254 characters")},
            **kwargs,
        )

    def to_python(self, value: Any) -> str:
        """Take away what cannot be seen."""
        return clean_text(super().to_python(value) or "")

    def run_validators(self, value: str) -> None:
        """Check the form of an address."""
        super().run_validators(value)
        if value:
            try:
                validate_email(value)
            except forms.ValidationError:
                raise forms.ValidationError(_("Write the e-mail like name@example.org")) from None


class CountField(forms.CharField):
    """How many people; empty is one."""

    def to_python(self, value: Any) -> str:
        """Take away what cannot be seen."""
        return clean_text(super().to_python(value) or "")

    def clean(self, value: Any) -> str:
        """Take digits alone, within what a petition can have."""
        typed = super().clean(value) or "1"
        number = whole_number(typed, digits=6, otherwise=0)
        if not 1 <= number <= PEOPLE_MOST:
            raise forms.ValidationError(_("Write how many people it is, in digits, from 1 to 100,000"))
        return str(number)


class WriteForm(forms.Form):
    """A message of one kind: the fields that the kind needs and no others."""

    department = forms.ChoiceField(
        label=_("Unit (optional)"),
        required=False,
        help_text=_("Leave it open if you do not know: we find the unit in charge"),
        error_messages={"invalid_choice": _("Choose a unit from the list, or leave it open")},
    )
    title = TypedTextField(
        label=_("Title (optional)"),
        required=False,
        most=TITLE_MOST,
        help_text=_("Without one we take your first words"),
    )
    text = TypedTextField(least=TEXT_LEAST, most=TEXT_MOST)
    accuses = forms.ChoiceField(
        label=_("Unit that the grievance accuses (optional)"),
        required=False,
        help_text=_("It will not see what you wrote"),
        error_messages={"invalid_choice": _("Choose a unit from the list, or leave it open")},
    )
    signature = TypedTextField(
        label=_("What we call you (optional)"), required=False, most=40, help_text=_("A pen name is fine")
    )
    name = TypedTextField(label=_("Your name"), most=80, error_messages={"required": _("Write your name")})
    email = AddressField(
        label=_("E-mail (optional)"),
        help_text=_("To send you the receipt and the answer. Kept encrypted, never shown, deleted after a year"),
    )
    phone = TypedTextField(
        label=_("Telephone (optional)"),
        required=False,
        most=40,
        help_text=_("Only if we may call you. Kept encrypted, deleted after a year"),
    )
    address = TypedTextField(
        label=_("Address (optional)"),
        required=False,
        most=300,
        help_text=_("Kept encrypted, deleted after a year"),
        error_messages={"required": _("Write your address")},
    )
    delivery = forms.ChoiceField(
        label=_("How you want to get it"),
        choices=Delivery.choices,
        initial=Delivery.ONLINE,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how you want to get it"),
            "invalid_choice": _("Choose how you want to get it"),
        },
    )
    publish = forms.ChoiceField(
        label=_("May we publish question and answer?"),
        choices=[("no", _("No")), ("yes", _("Yes, without my name"))],
        initial="no",
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whether we may publish it"),
            "invalid_choice": _("Choose whether we may publish it"),
        },
    )
    people = CountField(
        label=_("How many people take part"),
        required=False,
        help_text=_("One receipt for all; whoever has the code follows it"),
    )

    def __init__(self, *args: Any, kind: str, departments: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        for number in REPRESENTATIVES:
            self.fields[f"rep_name{number}"] = TypedTextField(
                label=_("Name of representative %(number)d") % {"number": number}, required=False, most=80
            )
            self.fields[f"rep_email{number}"] = AddressField(
                label=_("E-mail of representative %(number)d (optional)") % {"number": number}
            )
        self.fields = {name: self.fields[name] for name in FIELDS[kind]}
        for name in ("department", "accuses"):
            if name in self.fields:
                chooser = self.fields[name]
                assert isinstance(chooser, forms.ChoiceField)
                chooser.choices = [("", _("Leave open")), *departments]
        self.fields["text"].label = LABELS[kind]["text"]
        self.fields["text"].error_messages |= {"required": SHORT[kind], "short": SHORT[kind]}
        if kind == "grievance":
            self.fields["address"].required = True
            self.fields["address"].label = _("Your address")

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs together."""
        values = super().clean() or {}
        if self.kind == "information_request":
            self._check_reach(values)
        if self.kind == "grievance":
            self._check_people(values)
        return values

    def _check_reach(self, values: dict[str, Any]) -> None:
        """The decision has to reach its receiver, in the form that was chosen."""
        if values.get("delivery") == Delivery.EMAIL and not values.get("email") and "email" not in self.errors:
            self.add_error("email", _("Write the e-mail to which we send it"))
        if values.get("delivery") == Delivery.POST and not values.get("address") and "address" not in self.errors:
            self.add_error("address", _("Write the address to which we send it"))
        if not self.errors and not any(values.get(name) for name in ("email", "phone", "address")):
            self.add_error("email", _("Give one way to reach you: e-mail, telephone or address"))

    def _check_people(self, values: dict[str, Any]) -> None:
        named = 0
        for number in REPRESENTATIVES:
            name = values.get(f"rep_name{number}", "")
            named += bool(name)
            if values.get(f"rep_email{number}") and not name and f"rep_name{number}" not in self.errors:
                self.add_error(f"rep_name{number}", _("Write the name of this representative"))
        if "people" in values and int(values["people"]) < named:
            self.add_error("people", _("Fewer people take part than you name. Correct the number"))

    @property
    def representatives(self) -> list[tuple[BoundField, BoundField]]:
        """The fields of the representatives, two by two."""
        if "people" not in self.fields:
            return []
        return [(self[f"rep_name{n}"], self[f"rep_email{n}"]) for n in REPRESENTATIVES]

    @property
    def names_somebody(self) -> bool:
        """Whether the part about other people is filled in or wrong, so that it stands open."""
        fields = [field for pair in self.representatives for field in pair]
        people = self["people"].value() if "people" in self.fields else ""
        return any(field.errors or field.value() for field in fields) or (people or "1") != "1"


class AddForm(forms.Form):
    """What a sender adds to a case, or answers when we asked."""

    text = TypedTextField(
        label=_("What you want to add"),
        least=1,
        most=rules.WORDS_MOST,
        error_messages={"required": _("Write what you want to add")},
    )
    file = forms.FileField(label=_("Files (optional)"), required=False)


class ReviewForm(forms.Form):
    """Why somebody wants a decision reviewed."""

    text = TypedTextField(
        label=_("Why the decision should be reviewed"),
        least=TEXT_LEAST,
        most=TEXT_MOST,
        error_messages={
            "required": _("Write why, at least 10 characters"),
            "short": _("Write why, at least 10 characters"),
        },
    )


class RateForm(forms.Form):
    """What a sender thinks of the answer."""

    score = forms.TypedChoiceField(
        label=_("Are you content with the answer?"),
        choices=LEVELS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the five levels"),
            "invalid_choice": _("Choose one of the five levels"),
        },
    )
    reasons = forms.MultipleChoiceField(
        label=_("Why (optional)"),
        choices=list(RATING_REASONS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _("Choose reasons from the list"),
            "invalid_list": _("Choose reasons from the list"),
        },
    )
    text = TypedTextField(label=_("In your words (optional)"), required=False, most=rules.NOTE_MOST)


def representatives_in(values: Mapping[str, Any]) -> list[Representative]:
    """Return who speaks for a joint petition, from the cleaned values of a form."""
    return [
        Representative(values[f"rep_name{n}"], values[f"rep_email{n}"])
        for n in REPRESENTATIVES
        if values.get(f"rep_name{n}")
    ]
