"""One form for every kind of part: pages, groups, repeats and each type of question. It reads and writes JSON.

A property that the form does not show is kept as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.pages.translation import HTML_LANG
from engage.participation.forms import TypedTextField
from surveys.answering.file_kinds import kinds_taken
from surveys.definition import editing, expressions, model
from surveys.studio.option_lines import FLAGS, read_lines, write_lines
from surveys.studio.picture_fields import PictureFields
from surveys.studio.words import MIXING, MODES, PROPERTIES, error_sentence, property_of

_BETWEEN_KINDS = re.compile(r"[\s,;，；、]+")
WORDS_MOST = 20_000
LINES_MOST = 500_000

_WORDS = frozenset({
    "title", "label", "help", "required_message", "constraint_message", "unit", "low_label", "high_label", "add_label",
})  # fmt: skip
_EXPRESSIONS = frozenset({"relevant", "constraint", "choice_filter", "calculation", "default", "count"})
_FLAGS = frozenset({"integer", "personal", "read_only", "fixed"})
_COUNTS = frozenset({"min_chosen", "max_chosen", "max_length", "max_files", "max_bytes"})
_NUMBERS = frozenset({"minimum", "maximum", "step", "total"})
_LINES = frozenset({"options", "rows"})
_MIXED = frozenset({"randomise", "randomise_rows"})
_NAMES = frozenset({"parameter", "meta"})
_SHORT = frozenset({"title", "unit", "low_label", "high_label", "add_label", "required_message", "constraint_message"})

# In the order of the form.
_PAGE = ("title", "help", "relevant", "modes", "randomise")
_GROUP = ("label", "help", "media", "relevant", "modes", "randomise", "fixed")
_REPEAT = (
    "label", "help", "media", "add_label", "count", "minimum", "maximum", "relevant", "modes", "randomise", "fixed",
)  # fmt: skip
_OWN = (
    "options", "list", "choice_filter", "randomise", "min_chosen", "max_chosen", "rows", "randomise_rows", "total",
    "unit", "integer", "minimum", "maximum", "step", "low_label", "high_label", "max_length", "precision", "accept",
    "max_files", "max_bytes", "calculation", "parameter", "meta",
)  # fmt: skip
_ASKED = ("required", "required_message", "relevant", "constraint", "constraint_message", "default", "personal")
_LAST = ("modes", "fixed")

REQUIRED = (
    ("", pgettext_lazy("has to be answered", "no")),
    ("yes", pgettext_lazy("has to be answered", "yes")),
    ("when", pgettext_lazy("has to be answered", "only if the condition below holds")),
)
_HELP: Mapping[str, Any] = {
    "options": _("One a line: value | words in each language in the order above | marks (%(marks)s)"),
    "rows": _("One a line: value | words in each language in the order above"),
    "relevant": _("A condition, such as ${age} >= 18 or selected(${topics}, 'parks'). Empty: always"),
    "constraint": _("A condition in which . is the answer itself, such as . >= 1 and . <= 120"),
    "choice_filter": _("A condition in which @name is a field of the answer"),
    "default": _("A value, such as 3 or 'yes'"),
    "calculation": _("For example ${adults} + ${children}"),
    "count": _("For example ${children}. Empty: people add as many as they like"),
    "personal": _("Kept encrypted and apart from the results"),
    "modes": _("None chosen: on all"),
    "accept": _("Endings or kinds, such as .pdf, .docx, image/*, audio/*. Empty: all that we take; films we do not"),
    "max_bytes": _("Empty: 20 MB, which is the most"),
    "fixed": _("Stays where it is when its neighbours are mixed"),
}


def properties_of(kind: str) -> tuple[str, ...]:
    """Return the properties a form shows for a kind: "page", "group", "repeat" or a type of question."""
    fixed = {"page": _PAGE, "group": _GROUP, "repeat": _REPEAT}
    if kind in fixed:
        return fixed[kind]
    own = tuple(name for name in _OWN if name in model.OWN_PROPERTIES.get(kind, frozenset()))
    words = () if kind in model.UNASKED_TYPES else ("label", "help", "media")
    asked = ("relevant",) if kind in model.UNANSWERED_TYPES else _ASKED
    return (*words, *own, *asked, *_LAST)


class ExpressionField(forms.CharField):
    """A condition or calculated value: what is wrong with it is said at once, with the character."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"spellcheck": "false", "autocomplete": "off", "class": "survey-expression"}
        super().__init__(
            max_length=expressions.MAX_LENGTH, required=False, widget=forms.TextInput(attrs=attributes), **kwargs
        )

    def clean(self, value: Any) -> str:
        """Parse it."""
        text = super().clean(value)
        if text:
            try:
                expressions.parse(text)
            except expressions.ExpressionError as error:
                sentence = error_sentence(model.Error("", error.code, {"at": error.at, **error.values}))
                raise ValidationError(sentence, code=error.code) from None
        return text


class KindsField(forms.CharField):
    """Kinds of files between commas, as HTML's `accept` has them; each has to be one that is taken at all."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"spellcheck": "false", "autocomplete": "off"}
        super().__init__(max_length=2_000, required=False, widget=forms.TextInput(attrs=attributes), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show what stands there now."""
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        """Read the kinds, in small letters."""
        found = [one for one in _BETWEEN_KINDS.split(super().clean(value).lower()) if one]
        for one in found:
            if not kinds_taken(model.Question(name="f", type="file", accept=(one,))):
                raise ValidationError(_("We take no files of this kind: %(kind)s"), params={"kind": one})
        return found


@dataclass(frozen=True)
class Row:
    """Fields that stand side by side: one for each language, or one alone."""

    label: str
    fields: tuple[tuple[BoundField, str], ...]
    """Each field with the language of what is typed there; empty for the language of the screen."""
    fold: str = ""
    """What is said of the rows that are folded away together; empty for one that always shows."""

    @property
    def is_open(self) -> bool:
        """Whether there is something to see in it."""
        return any(field.value() or field.errors for field, _language in self.fields)

    @property
    def is_single(self) -> bool:
        """Whether it is one field alone, with the label of the row."""
        return len(self.fields) == 1 and not self.fields[0][1]


def side_by_side(form: forms.Form) -> list[Row]:
    """Put the fields of a form that are seen into rows: `title:en` and `title:zh-hans` are one."""
    together: dict[str, list[tuple[BoundField, str]]] = {}
    for name in form.fields:
        if form[name].is_hidden:
            continue
        own, _colon, language = name.partition(":")
        together.setdefault(own, []).append((form[name], language))
    return [
        Row(str(fields[0][0].label), tuple(fields), str(getattr(fields[0][0].field, "fold", "")))
        for fields in together.values()
    ]


class PartForm(forms.Form):
    """The properties of one page, group, repeat or question."""

    def __init__(
        self,
        sent: Any = None,
        *,
        definition: model.Definition,
        kind: str,
        part: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> None:
        """`part` is what stands there now, as JSON says it; None for a new one, whose name may be chosen."""
        super().__init__(sent)
        self.definition, self.kind = definition, kind
        self.before: dict[str, Any] = dict(part or {})
        self.languages = definition.languages
        self.picture = PictureFields(self, "picture", self.before.get("media", ()))
        if part is None:
            self.fields["name"] = forms.CharField(
                label=PROPERTIES["name"],
                initial=name,
                max_length=128,
                help_text=_("Latin letters and digits. It stays: conditions and results know it by this name"),
                validators=[RegexValidator(model.NAME, _("Latin letters, digits, “_”, “-” and “.”, a letter first"))],
            )
        for each in properties_of(kind):
            self._add(each)

    def _add(self, name: str) -> None:
        """Add the fields of one property."""
        label, help_text, now = PROPERTIES[name], _HELP.get(name, ""), self.before.get(name)
        if name in _WORDS:
            for language in self.languages:
                self.fields[f"{name}:{language}"] = self._words(name, language, now or {})
        elif name == "media":
            self.picture.add(self.definition)
        elif name == "required":
            initial = "when" if isinstance(now, str) else "yes" if now else ""
            self.fields[name] = forms.ChoiceField(label=label, choices=REQUIRED, required=False, initial=initial)
            self.fields["required_when"] = ExpressionField(
                label=_("Has to be answered only if"), initial=now if isinstance(now, str) else ""
            )
        elif (make := self._maker(name)) is not None:
            self.fields[name] = make(label=label, help_text=help_text)
            self.fields[name].initial = self._initial(name, now)

    def _maker(self, name: str) -> Callable[..., forms.Field] | None:
        makers: list[tuple[frozenset[str], Callable[..., forms.Field]]] = [
            (_EXPRESSIONS, ExpressionField),
            (_FLAGS, lambda **words: forms.BooleanField(required=False, **words)),
            (_COUNTS, lambda **words: forms.IntegerField(required=False, min_value=0, **words)),
            (_NUMBERS, lambda **words: forms.FloatField(required=False, **words)),
            (_LINES, self._lines),
            (_MIXED, lambda **words: forms.ChoiceField(choices=MIXING, required=False, **words)),
            (_NAMES, lambda **words: forms.CharField(required=False, max_length=64, **words)),
            (frozenset({"modes"}), self._modes),
            (frozenset({"list"}), self._list),
            (frozenset({"precision"}), self._precision),
            (frozenset({"accept"}), KindsField),
        ]
        if name == "list" and not self.definition.lists:
            return None
        return next((make for names, make in makers if name in names), None)

    def _words(self, name: str, language: str, now: Mapping[str, str]) -> forms.Field:
        attributes = {"lang": HTML_LANG.get(language, language)}
        widget = (
            forms.TextInput(attrs=attributes)
            if name in _SHORT
            else forms.Textarea(attrs=attributes | {"rows": 3 if name == "label" else 2})
        )
        return TypedTextField(
            label=PROPERTIES[name], most=WORDS_MOST, required=False, widget=widget, initial=now.get(language, "")
        )

    def _lines(self, *, label: Any, help_text: Any) -> forms.Field:
        marks = {"marks": ", ".join(map(str, FLAGS.values()))}
        return TypedTextField(
            label=label,
            most=LINES_MOST,
            required=False,
            help_text=str(help_text) % marks if "%(" in str(help_text) else help_text,
            widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        )

    def _modes(self, **words: Any) -> forms.Field:
        return forms.MultipleChoiceField(choices=MODES, required=False, widget=forms.CheckboxSelectMultiple, **words)

    def _list(self, **words: Any) -> forms.Field:
        choices = [("", _("The answers written above")), *((name, name) for name in self.definition.lists)]
        return forms.ChoiceField(choices=choices, required=False, **words)

    def _precision(self, **words: Any) -> forms.Field:
        choices = [
            ("tile", pgettext_lazy("place on a map", "only about, as a square of the map")),
            ("point", pgettext_lazy("place on a map", "as a point")),
        ]
        return forms.ChoiceField(choices=choices, required=False, **words)

    def _initial(self, name: str, now: Any) -> Any:
        if name in _LINES:
            return write_lines(now or (), self.languages)
        if name in _MIXED:
            return now or "none"
        return now

    def clean(self) -> dict[str, Any]:
        """Read lists of answers, and see that a new name is free."""
        given = super().clean() or {}
        if "media" in properties_of(self.kind):
            self.picture.check()
        for name in _LINES & set(given):
            try:
                given[name] = read_lines(given[name], self.languages, self.before.get(name, ()))
            except Refused as refusal:
                self.add_error(name, refusal_message(refusal))
        new = given.get("name")
        if new and editing.free_name(self.definition, new, self.holder) != new:
            self.add_error("name", error_sentence(model.Error("", "duplicate_name", {"name": new})))
        if given.get("required") == "when" and not given.get("required_when") and "required_when" not in self.errors:
            self.add_error("required_when", _("Write the condition"))
        return given

    @property
    def holder(self) -> editing.Kind:
        """Whether it is about a page or about an item of one."""
        return "page" if self.kind == "page" else "item"

    def part(self) -> dict[str, Any]:
        """Return the part as JSON says it, once the form is valid; what it holds is left out."""
        given = self.cleaned_data
        part = {name: value for name, value in self.before.items() if name != "items"}
        if "name" in given:
            part["name"] = given["name"]
        if self.kind != "page":
            part["type"] = self.kind
        value: Any
        for name in properties_of(self.kind):
            if name in _WORDS:
                value = self._said(name)
            elif name == "media":
                value = self.picture.media()
            elif name == "required":
                value = given["required_when"] if given["required"] == "when" else given["required"] == "yes"
            elif name in given:
                value = _plain(name, given[name])
            else:
                continue
            part.pop(name, None)
            if value is not None and value is not False and value not in ("", {}, []):
                part[name] = value
        return part

    def _said(self, name: str) -> dict[str, str]:
        kept = {one: words for one, words in self.before.get(name, {}).items() if one not in self.languages}
        typed = {language: self.cleaned_data[f"{name}:{language}"] for language in self.languages}
        return {language: words for language, words in typed.items() if words} | kept

    def take_errors(self, errors: Sequence[model.Error], path: str) -> None:
        """Put what the reader of definitions says at its field; `path` is the pointer of this part."""
        for error in errors:
            name = property_of(error.path, path)
            own = "picture" if name == "media" else name
            field = f"{own}:{self.languages[0]}" if own == "picture" or name in _WORDS else name
            self.add_error(field if field in self.fields else None, error_sentence(error))


def _plain(name: str, value: Any) -> Any:
    """Return a value as JSON has it: whole numbers as such, the default order as none."""
    if name in _NUMBERS and value is not None and float(value).is_integer():
        return int(value)
    if (name in _MIXED and value == "none") or (name == "precision" and value == "tile"):
        return None
    return value
