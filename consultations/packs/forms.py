"""The forms of packs: shape and messages; the actions check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext_lazy as _

from consultations.outcomes.words import language_name
from consultations.packs import queries, rules
from consultations.packs.models import Block
from consultations.queries import Article
from engage.participation.forms import TypedTextField, clean_text
from engage.typed import whole_number

ADDRESS = _("Write a web address that begins with https:// or http://")
EMAIL = _("Write the e-mail like name@example.org")


class RevisionField(forms.Field):
    """The state of the pack a form was filled for; what is no number is no state, and the action refuses it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> int:
        """Read the number."""
        return whole_number(str(value or ""), digits=9, otherwise=-1)


class Group:
    """A group of choices has one name in the page: the summary of errors leads to it."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the group's own id where no choice is asked for."""
        return id_ if index is None else f"{id_}_{index}"


class Radios(Group, forms.RadioSelect):
    """One of several."""


class Checkboxes(Group, forms.CheckboxSelectMultiple):
    """Any of several."""


class Revised(forms.Form):
    """A form that says which state of the pack it was filled for."""

    revision = RevisionField(required=False)


class BlockForm(Revised):
    """One block in every language. Of an expert's block only the heading, the source and the translation are asked."""

    dated = forms.DateField(
        label=_("Date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input w-m"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the date like 2026-11-24")},
    )
    url = forms.CharField(
        label=_("Web address"),
        required=False,
        max_length=rules.ADDRESS_MOST,
        help_text=_("Where the original is read."),
    )

    def __init__(self, *args: Any, block: Block, articles: list[Article], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.block = block
        self.names: dict[str, list[str]] = {}
        for language in queries.LANGUAGES:
            self.names[language] = _fields_of(block, language)
            for name in self.names[language]:
                self.fields[f"{name}_{language}"] = _field(name, block)
        if articles:
            self.fields["clauses"] = forms.MultipleChoiceField(
                label=_("Clauses it explains"),
                required=False,
                choices=[(article.key, article.title or article.text[:60]) for article in articles],
                widget=Checkboxes,
            )
        self.fields["url"].widget.attrs |= {"inputmode": "url", "class": "input"}

    def clean_url(self) -> str:
        """Take addresses of the web only."""
        typed = clean_text(self.cleaned_data["url"])
        if typed:
            try:
                URLValidator(schemes=["http", "https"])(typed)
            except forms.ValidationError:
                raise forms.ValidationError(ADDRESS) from None
        return typed

    @property
    def languages(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(language, its name, fields)."""
        return [
            (language, language_name(language), [self[f"{name}_{language}"] for name in self.names[language]])
            for language in queries.LANGUAGES
        ]

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """Language to field to words."""
        return {
            language: {name: self.cleaned_data[f"{name}_{language}"] for name in names}
            for language, names in self.names.items()
        }


def _fields_of(block: Block, language: str) -> list[str]:
    if block.kind != rules.EXPERT:
        return ["heading", "body", "byline", "source"]
    if not block.original_language:
        return ["heading"]
    if block.original_language == language:
        return ["heading", "source"]
    own = [] if block.no_interest else ["interest"]
    return ["heading", "body", "byline", "affiliation", *own, "source"]


def _field(name: str, block: Block) -> forms.Field:
    expert = block.kind == rules.EXPERT
    labels = {
        "heading": _("Heading (optional)"),
        "body": _("Text"),
        "byline": _("Name of the expert") if expert else _("By whom"),
        "source": _("Source"),
        "affiliation": _("Affiliation"),
        "interest": _("Declared interest"),
    }
    most = {"body": rules.BODY_MOST, "interest": rules.INTEREST_MOST, "heading": rules.HEADING_MOST}
    rows = {"body": 8, "interest": 3}.get(name)
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(attrs={"class": "input"})
    return TypedTextField(label=labels[name], required=False, most=most.get(name, rules.LINE_MOST), widget=widget)


class InviteForm(Revised):
    """Whom to invite, in which language to write, until when."""

    email = forms.CharField(
        label=_("E-mail of the expert"),
        max_length=254,
        help_text=_("Kept encrypted, used for these letters alone, forgotten 30 days after the invitation ends."),
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off", "class": "input w-m"}),
        error_messages={"required": EMAIL, "max_length": _("An e-mail address has at most 254 characters")},
    )
    language = forms.ChoiceField(label=_("Language of the letter"), error_messages={"required": _("Choose a language")})
    days = forms.IntegerField(
        label=_("Days the link works"),
        min_value=rules.DAYS_LEAST,
        max_value=rules.DAYS_MOST,
        initial=rules.DAYS_USUAL,
        widget=forms.NumberInput(attrs={"class": "input w-s"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [(code, language_name(code)) for code in queries.LANGUAGES]

    def clean_email(self) -> str:
        """Check the form of an address; the message says what one looks like."""
        email = clean_text(self.cleaned_data["email"])
        try:
            validate_email(email)
        except forms.ValidationError:
            raise forms.ValidationError(EMAIL) from None
        return email


class NoteForm(forms.Form):
    """Why something goes back."""

    note = TypedTextField(
        label=_("What has to change"), required=False, most=rules.NOTE_MOST, widget=forms.Textarea(attrs={"rows": 4})
    )


NONE, SOME = "none", "some"


class CommentaryForm(forms.Form):
    """What an invited expert writes; that there is no interest to declare has to be chosen."""

    name = TypedTextField(
        label=_("Your name, as it is to be printed"),
        most=rules.LINE_MOST,
        widget=forms.TextInput(attrs={"class": "input w-m", "autocomplete": "name"}),
        error_messages={"required": _("Write your name as it is to be printed")},
    )
    affiliation = TypedTextField(
        label=_("Where you work, or what you do"),
        most=rules.LINE_MOST,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "organization"}),
        error_messages={"required": _("Write where you work or what you do")},
    )
    declares = forms.ChoiceField(
        label=_("Do you have an interest in the matter?"),
        choices=[(NONE, _("No, I have no interest to declare")), (SOME, _("Yes, I declare it below"))],
        widget=Radios,
        error_messages={
            "required": _("Say whether you have an interest in the matter; “none” has to be said too"),
            "invalid_choice": _("Say whether you have an interest in the matter; “none” has to be said too"),
        },
    )
    interest = TypedTextField(
        label=_("Your interest"),
        required=False,
        most=rules.INTEREST_MOST,
        help_text=_("For example paid work, shares, office or family ties. It is printed with your commentary."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    written_in = forms.ChoiceField(
        label=_("Language you write in"),
        error_messages={"required": _("Choose a language"), "invalid_choice": _("Choose a language")},
    )
    text = TypedTextField(
        label=_("Commentary"),
        least=rules.COMMENTARY_LEAST,
        most=rules.COMMENTARY_MOST,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={
            "required": _("Write your commentary, at least 20 characters"),
            "short": _("Write your commentary, at least 20 characters"),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        written_in = self.fields["written_in"]
        assert isinstance(written_in, forms.ChoiceField)
        written_in.choices = [(code, language_name(code)) for code in queries.LANGUAGES]

    def clean(self) -> dict[str, Any]:
        """Ask for the interest in words, or for none of them."""
        given = super().clean() or {}
        if given.get("declares") == SOME and not given.get("interest") and "interest" not in self.errors:
            self.add_error("interest", _("Write what your interest is"))
        if given.get("declares") == NONE and given.get("interest"):
            self.add_error(
                "declares", _("You chose that there is no interest to declare and declared one: choose one of the two")
            )
        return given


class ReactionForm(forms.Form):
    """What a reader says to a pack."""

    text = TypedTextField(
        label=_("What you want to say"),
        least=rules.REACTION_LEAST,
        most=rules.REACTION_MOST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write at least 5 characters"), "short": _("Write at least 5 characters")},
    )
    clause = forms.ChoiceField(label=_("About"), required=False)
    signature = TypedTextField(
        label=_("Show my name as (optional)"),
        required=False,
        most=40,
        help_text=_("Leave it empty and we write “A member of the public”"),
        widget=forms.TextInput(attrs={"class": "input w-m"}),
    )

    def __init__(self, *args: Any, articles: list[Article], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clause = self.fields["clause"]
        assert isinstance(clause, forms.ChoiceField)
        clause.choices = [
            ("", _("The whole interpretation")),
            *((article.key, article.title or article.text[:60]) for article in articles),
        ]
