"""The forms of the gate's desk: shape and messages; the actions check again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from engage.accounts.models import User
from engage.participation.forms import TypedTextField
from engage.publishing import registry, rules
from engage.publishing.models import Review

# The laws most decisions rest on; any other is written out.
BASES = (
    ("secrets", _("Law on Guarding State Secrets, article 13: state secrets")),
    ("oig14", _("Regulations on Open Government Information, article 14: secrets, safety and stability")),
    ("oig15", _("Regulations on Open Government Information, article 15: trade secrets, personal privacy")),
    ("oig16", _("Regulations on Open Government Information, article 16: internal affairs and drafts")),
    ("pipl25", _("Personal Information Protection Law, article 25: personal information")),
)


class Seen(forms.Field):
    """The forms as the reviewer saw them, name to SHA-256; what is no such list says that nothing was seen."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> dict[str, str]:
        """Read the list."""
        try:
            found = json.loads(value or "{}")
        except (ValueError, RecursionError):
            return {}
        if not isinstance(found, dict):
            return {}
        return {str(name): str(digest) for name, digest in found.items()}


class DecideForm(forms.Form):
    """What one reviewer says about exactly the forms that were shown."""

    content_hash = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    seen = Seen(required=False)
    decision = forms.ChoiceField(
        label=_("Your decision"),
        choices=Review.Decision,
        error_messages={"required": _("Choose what you decide"), "invalid_choice": _("Choose what you decide")},
    )
    law = forms.ChoiceField(label=_("Legal basis"), required=False, choices=[("", _("None of these")), *BASES])
    basis = forms.CharField(
        label=_("Legal basis in your own words"),
        required=False,
        help_text=_("Law and article. Needed where words are kept from the public."),
    )
    comment = TypedTextField(
        label=pgettext_lazy("review", "Comment"),
        required=False,
        most=rules.COMMENT_MOST,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
        help_text=_("Needed when something has to change: say what and where."),
    )
    read = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for what each decision needs, beside the field where it goes."""
        given: dict[str, Any] = super().clean() or {}
        decision = given.get("decision", "")
        given["basis"] = self._basis(given.get("law", ""), given.get("basis", ""))
        if len(given["basis"]) > rules.BASIS_MOST:
            self.add_error("basis", _too_long(rules.BASIS_MOST))
        if decision in (Review.Decision.REDACT, Review.Decision.WITHHOLD) and not given["basis"]:
            self.add_error("basis", _("Name the law that keeps it from the public"))
        if decision in (Review.Decision.REDACT, Review.Decision.RETURN) and not given.get("comment"):
            if "comment" not in self.errors:
                self.add_error("comment", _("Say what has to change"))
        if decision == Review.Decision.OPEN and not given.get("read"):
            self.add_error("read", _("Read every form, then tick this line: you sign all of them"))
        return given

    def _basis(self, law: str, words: str) -> str:
        # Kept as the office writes it, whatever language the reviewer works in.
        with translation.override(settings.LANGUAGE_CODE):
            named = str(dict(BASES).get(law, ""))
        return "; ".join(part for part in (named, words.strip()) if part)


def _too_long(most: int) -> str:
    return ngettext("Keep it to %(n)d character", "Keep it to %(n)d characters", most) % {"n": most}


class DelegateForm(forms.Form):
    """To whom a review is handed on."""

    to = forms.TypedChoiceField(
        label=_("Hand it on to"),
        coerce=int,
        error_messages={
            "required": _("Choose who takes it over"),
            "invalid_choice": _("Choose somebody who may give this sign-off and did not write in it"),
        },
    )
    note = forms.CharField(label=_("Why"), required=False, max_length=500)

    def __init__(self, *args: Any, others: list[User] | tuple[User, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.others = {person.pk: person for person in others}
        self.fields["to"].choices = [("", _("Choose a person")), *((pk, str(one)) for pk, one in self.others.items())]

    @property
    def person(self) -> User:
        """Who was chosen."""
        return self.others[self.cleaned_data["to"]]


NOW, AT = "now", "at"
LOCAL = "%Y-%m-%dT%H:%M"


class HandInForm(forms.Form):
    """When it goes, how long the reviewers have, and whether it cannot wait for them."""

    when = forms.ChoiceField(
        label=_("When it goes public"),
        choices=[
            (NOW, _("As soon as every review is done")),
            (AT, _("At a fixed time, if every review is done by then")),
        ],
        initial=NOW,
    )
    release_at = forms.DateTimeField(
        label=_("Date and time"),
        required=False,
        input_formats=[LOCAL, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input w-m"}, format=LOCAL),
        help_text=_("If a review is missing then, it stays closed and you are told."),
        error_messages={"invalid": _("Write date and time like 2026-12-01 09:00")},
    )
    days = forms.IntegerField(
        label=_("Working days for the reviewers"),
        initial=rules.DAYS_USUAL,
        widget=forms.NumberInput(attrs={"class": "input w-s", "min": 1, "max": rules.DAYS_MOST}),
    )
    is_emergency = forms.BooleanField(
        label=_("Emergency: one approver is enough"),
        required=False,
        help_text=_("The reviews that are skipped are due afterwards, within two working days."),
    )
    emergency = TypedTextField(
        label=_("Why it cannot wait for the reviews"),
        required=False,
        most=rules.COMMENT_MOST,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        for name in ("days",):
            bounds = ngettext(
                "Give the reviewers 1 to %(n)d working day",
                "Give the reviewers 1 to %(n)d working days",
                rules.DAYS_MOST,
            ) % {"n": rules.DAYS_MOST}
            self.fields[name].error_messages = {"required": bounds, "invalid": bounds}

    def clean_days(self) -> int:
        """Keep what the gate takes."""
        days: int = self.cleaned_data["days"]
        if not 1 <= days <= rules.DAYS_MOST:
            raise forms.ValidationError(self.fields["days"].error_messages["invalid"])
        return days

    def clean(self) -> dict[str, Any]:
        """Ask for the time and the reason where they are needed."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("when") == AT and "release_at" not in self.errors:
            at = given.get("release_at")
            if at is None:
                self.add_error("release_at", _("Say when it goes public"))
            elif at <= self.now:
                self.add_error("release_at", _("Choose a time that is still to come"))
        if given.get("when") != AT:
            given["release_at"] = None
        if given.get("is_emergency") and len(given.get("emergency") or "") < rules.REASON_LEAST:
            if "emergency" not in self.errors:
                least = rules.REASON_LEAST
                self.add_error(
                    "emergency",
                    ngettext(
                        "Say why it cannot wait for the reviews, in at least %(n)d character",
                        "Say why it cannot wait for the reviews, in at least %(n)d characters",
                        least,
                    )
                    % {"n": least},
                )
        return given


class AuditForm(forms.Form):
    """What of the audit is shown; what makes no sense is left out."""

    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=forms.Select(attrs={"class": "w-m"}))
    person = forms.TypedChoiceField(
        label=_("Person"), required=False, coerce=int, empty_value=None, widget=forms.Select(attrs={"class": "w-m"})
    )
    decision = forms.ChoiceField(label=pgettext_lazy("review", "Decision"), required=False)
    since = forms.DateField(
        label=_("Handed in from"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Handed in until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, signers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.fields["kind"].choices = [everything, *((kind.code, kind.label) for kind in registry.registered())]
        self.fields["person"].choices = [everything, *((one.pk, str(one)) for one in signers)]
        void = (Review.State.VOID.value, pgettext_lazy("review", "void"))
        self.fields["decision"].choices = [everything, *Review.Decision.choices, void]


def day_begins(day: Any) -> datetime | None:
    """Return the moment a day begins at the office."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time())) if day else None
