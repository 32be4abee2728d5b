"""The forms of redaction: shape and messages; the actions check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.participation.forms import clean_text
from engage.publishing.redaction import rules
from engage.publishing.redaction.marks import BOX, PATTERN, PICTURE, WORD, Mark
from engage.publishing.redaction.models import Basis

CHOOSE_BASIS = _("Choose the legal basis")
PERCENT = _("Write a number from 0 to 100")
MOST_LINES = 50


# Which field a refusal of an action belongs to; else the first one.
FIELD_OF_REFUSAL = {"basis_missing": "basis", "note_missing_for_basis": "note", "note_too_long": "note"}


def refuse(form: forms.Form, code: str, sentence: str) -> None:
    """Say a refusal beside the field that it is about."""
    first = "text" if form.data.get("text", "").strip() and "file" in form.fields else next(iter(form.fields))
    form.add_error(FIELD_OF_REFUSAL.get(code, first), sentence)


class BeginForm(forms.Form):
    """A file, or pasted words."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("PDF, docx, xlsx, pptx, odt, ods, odp, pictures, text; at most 20 MB"),
        widget=forms.ClearableFileInput(attrs={"class": "input"}),
    )
    text = forms.CharField(
        label=_("or words"),
        required=False,
        strip=False,
        max_length=200_000,
        help_text=_("For example a reply or a comment"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        given = super().clean() or {}
        if not self.errors and bool(given.get("file")) == bool((given.get("text") or "").strip()):
            self.add_error("file", _("Choose a file, or write words"))
        return given


class Based(forms.Form):
    """What every mark needs: its legal basis, and perhaps words."""

    basis = forms.ModelChoiceField(
        label=_("Legal basis"),
        queryset=Basis.objects.none(),
        to_field_name="code",
        empty_label="—",
        error_messages={"required": CHOOSE_BASIS, "invalid_choice": CHOOSE_BASIS},
    )
    note = forms.CharField(
        label=_("In words (optional)"),
        required=False,
        max_length=200,
        help_text=_("Needed for “other”; it stands in the proof, so name nobody"),
        widget=forms.TextInput(attrs={"class": "input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["basis"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Basis.objects.filter(is_active=True)

    @property
    def why(self) -> dict[str, Any]:
        """Return the basis and its words as a mark takes them."""
        return {"basis": self.cleaned_data["basis"].code, "note": clean_text(self.cleaned_data["note"])}


class WordsForm(Based):
    """Words or patterns, one a line."""

    words = forms.CharField(
        label=_("Words, one a line"),
        max_length=10_000,
        help_text=_("Found in any writing: spaces between characters, line ends, full width, capital or small"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what is to be taken out")},
    )
    kind = forms.ChoiceField(
        label=_("They are"),
        choices=[
            (WORD, pgettext_lazy("redaction", "words as written")),
            (PATTERN, pgettext_lazy("redaction", "patterns: # a digit, ? one character, * up to 20")),
        ],
        initial=WORD,
    )
    whole = forms.BooleanField(label=_("Not inside longer words"), required=False)
    field_order = ["words", "kind", "whole", "basis", "note"]

    def clean_words(self) -> list[str]:
        """Part the lines."""
        lines = [clean_text(line) for line in self.cleaned_data["words"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))[:MOST_LINES]

    @property
    def marks(self) -> list[Mark]:
        """Return the marks."""
        given = self.cleaned_data
        return [Mark(given["kind"], words, whole=given["whole"], **self.why) for words in given["words"]]


class FoundForm(Based):
    """Personal data that was found, or pictures inside: which of them go."""

    chosen = forms.MultipleChoiceField(label=_("Which"), error_messages={"required": _("Tick what is to be taken out")})

    def __init__(self, *args: Any, choices: list[str], kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.values = kind, choices
        field = self.fields["chosen"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(number), words) for number, words in enumerate(choices)]

    @property
    def marks(self) -> list[Mark]:
        """Return the marks: exactly these words, or these pictures."""
        kind = PICTURE if self.kind == PICTURE else WORD
        return [Mark(kind, self.values[int(number)], **self.why) for number in self.cleaned_data["chosen"]]


def _percent(label: Any, least: float) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        min_value=least,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "input w-s", "step": "any", "inputmode": "decimal"}),
        error_messages={"required": PERCENT, "invalid": PERCENT, "min_value": PERCENT, "max_value": PERCENT},
    )


class BoxForm(Based):
    """A box on a page, in hundredths of the page as it is shown."""

    page = forms.IntegerField(
        label=pgettext_lazy("of a file", "Page"),
        min_value=1,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"class": "input w-s"}),
    )
    x = _percent(_("From the left, %"), 0)
    y = _percent(_("From the top, %"), 0)
    width = _percent(_("Width, %"), 0.1)
    height = _percent(_("Height, %"), 0.1)
    field_order = ["page", "x", "y", "width", "height", "basis", "note"]

    @property
    def marks(self) -> list[Mark]:
        """Return the mark; what reaches over the edge ends there."""
        given = self.cleaned_data
        x, y = given["x"] / 100, given["y"] / 100
        size = {"width": min(given["width"] / 100, 1 - x), "height": min(given["height"] / 100, 1 - y)}
        return [Mark(BOX, page=given["page"], x=x, y=y, **size, **self.why)]


class MakeForm(forms.Form):
    """What the new file says of itself."""

    title = forms.CharField(
        label=_("Title of the new file"),
        required=False,
        max_length=200,
        help_text=_("Marked words are taken out of it too"),
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the file"),
        choices=[("zh-hans", _("Chinese")), ("en", _("English"))],
        help_text=_("For who has it read aloud"),
    )


class ConfirmForm(forms.Form):
    """How long the original is kept."""

    keep_days = forms.IntegerField(
        label=_("Days the original is kept"),
        min_value=rules.KEEP_DAYS_LEAST,
        max_value=rules.KEEP_DAYS_MOST,
        initial=rules.KEEP_DAYS_USUAL,
        help_text=_("In private storage; who reads it stands in the journal. Then it is deleted with the marked words"),
        widget=forms.NumberInput(attrs={"class": "input w-s"}),
    )


class BasisForm(forms.ModelForm):
    """One legal basis."""

    class Meta:
        model = Basis
        fields = ["name_zh_hans", "name_en", "law_zh_hans", "law_en", "needs_note", "is_active", "position"]
