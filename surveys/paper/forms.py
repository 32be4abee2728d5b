"""What comes from the forms of paper answers: a table, and one sheet keyed in by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from surveys import queries
from surveys.definition.model import Definition
from surveys.paper.cells import taken
from surveys.paper.columns import Column
from surveys.paper.reading import LANGUAGE, NUMBER_MOST, RECEIVED, SHEET, PaperFault
from surveys.paper.template import Told, columns_told
from surveys.studio.words import language_name

MISSING = (
    ("dont_know", pgettext_lazy("no answer on paper", "wrote that they do not know")),
    ("refused", pgettext_lazy("no answer on paper", "refused")),
    ("unreadable", pgettext_lazy("no answer on paper", "cannot be read")),
)
TYPED_MOST = 20_000


class TableForm(forms.Form):
    """A table of sheets."""

    file = forms.FileField(
        label=_("Table"),
        help_text=_("CSV or XLSX, made from the template: a row a sheet. It is checked first; nothing counts yet."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.xls"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class SheetForm(forms.Form):
    """One sheet: its number, day and language, and a field for each column of the template.

    What is chosen from a list is sent as the table would say it, so that a sheet is read as a row of it.
    """

    sheet = forms.CharField(label=_("Number of the sheet"), max_length=NUMBER_MOST)
    received = forms.CharField(
        label=_("Received on"), required=False, max_length=40, help_text=_("Like 2026-11-24; empty: today.")
    )
    language = forms.ChoiceField(label=_("Language of the sheet"))

    def __init__(self, given: Any = None, *, definition: Definition, language: str) -> None:
        super().__init__(given)
        field: Any = self.fields["language"]
        field.choices = [(code, language_name(code)) for code in definition.languages]
        self._heads: list[str] = []
        for told in columns_told(definition, queries.shown_language(definition, language)):
            self.fields[f"c:{told.head}"] = _field(definition, told)
            self._heads.append(told.head)

    @property
    def number(self) -> str:
        """The number of the sheet."""
        return str(self.cleaned_data["sheet"])

    @property
    def answer_fields(self) -> list[Any]:
        """The fields of the questions, in the order of the paper."""
        return [self[f"c:{head}"] for head in self._heads]

    @property
    def first_fields(self) -> list[Any]:
        """What is asked of the sheet itself."""
        return [self[SHEET], self[RECEIVED], self[LANGUAGE]]

    def row(self) -> tuple[list[str], list[str]]:
        """Return headings and cells as a table would have them."""
        values = self.cleaned_data
        head = [SHEET, RECEIVED, LANGUAGE, *self._heads]
        cells = [values.get(name, "") for name in (SHEET, RECEIVED, LANGUAGE)]
        for name in self._heads:
            value = values.get(f"c:{name}", "")
            cells.append("; ".join(value) if isinstance(value, list) else value)
        return head, cells

    def tell(self, faults: Iterable[PaperFault]) -> None:
        """Put what is wrong at its fields."""
        for fault in faults:
            name = f"c:{fault.column}" if f"c:{fault.column}" in self.fields else fault.column
            self.add_error(name if name in self.fields else None, fault.sentence)


def _field(definition: Definition, told: Told) -> forms.Field:
    column, label = told.column, f"{told.number}. {told.words}"
    options = definition.options_of(column.question)
    reasons = tuple((reason, words) for reason, words in MISSING if not taken(options, reason))
    kind = "own" if column.own else column.question.type
    if kind in ("single", "matrix"):
        missing = reasons if not column.part else ()
        return forms.ChoiceField(label=label, required=False, choices=[("", "–"), *told.options, *missing])
    if kind == "multiple":
        choices = [*told.options, *reasons]
        return forms.MultipleChoiceField(
            label=label, required=False, choices=choices, widget=forms.CheckboxSelectMultiple
        )
    is_long = kind in ("long_text", "text", "own", "location") and not column.part
    widget: Any = forms.Textarea(attrs={"rows": 2}) if is_long else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(
        label=label, required=False, max_length=TYPED_MOST, widget=widget, help_text=_hint(column, told)
    )


def _hint(column: Column, told: Told) -> Any:
    if column.question.type == "ranking":
        return _("Codes in their order, with a semicolon between them: %(codes)s") % {
            "codes": ", ".join(code if code == label else f"{code} = {label}" for code, label in told.options)
        }
    if column.question.type in ("consent", "declaration") and not column.own:
        return _("1 or 0")
    return ""
