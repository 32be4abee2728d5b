"""Forms about what stands beside the pages: lists of answers, split ballots, quotas, languages, translations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.pages.translation import HTML_LANG
from engage.participation.forms import TypedTextField
from surveys.definition import checks, editing, model, pointers
from surveys.studio.option_lines import FLAGS, read_arms, read_lines, write_arms, write_lines
from surveys.studio.question_forms import LINES_MOST, WORDS_MOST, ExpressionField, Row, side_by_side
from surveys.studio.words import PROPERTIES, error_sentence, language_name

TAG_MOST = 35
LIMIT_MOST = 1_000_000_000


@dataclass(frozen=True)
class Section:
    """The fields of one list, ballot or quota, or of a new one."""

    title: str
    readers: tuple[str, ...]
    """Names of what takes it or reads it."""
    rows: Sequence[Row]


class WholeForm(forms.Form):
    """Something that is written for the definition as a whole."""

    def __init__(self, sent: Any = None, *, definition: model.Definition) -> None:
        super().__init__(sent)
        self.definition = definition

    def document(self) -> editing.Document:
        """Return the whole definition with what was given."""
        raise NotImplementedError

    @property
    def left_over(self) -> list[str]:
        """What was typed for something that is no longer there, because somebody else took it out meanwhile."""
        known = {*self.fields, "revision", "csrfmiddlewaretoken"}
        return [value for name, value in self.data.items() if name not in known and value.strip() and value != "on"]

    def take_errors(self, errors: Sequence[model.Error]) -> None:
        """Say above the form what the reader of definitions finds."""
        for error in errors:
            self.add_error(None, error_sentence(error))


# --- lists, ballots, quotas -----------------------------------------------------------------------------------------


class EntriesForm(WholeForm):
    """All lists, ballots or quotas of a questionnaire, and room for a new one.

    A name stays: questions, conditions and results know it by that name.
    """

    kind = ""
    title: str | Promise = ""
    """What the screen is called."""
    about: str | Promise = ""
    """What it is for, in a sentence or two."""
    another: str | Promise = ""
    """The heading above the fields of a new one."""
    first_name = ""

    def __init__(self, sent: Any = None, *, definition: model.Definition) -> None:
        super().__init__(sent, definition=definition)
        self.before = self._entries(model.dump(definition))
        for entry in self.before:
            self._add(_of(entry["name"]), entry)
            self.fields["remove" + _of(entry["name"])] = forms.BooleanField(
                label=pgettext_lazy("an entry of a questionnaire", "Take it out"), required=False
            )
        self.fields["name_new"] = forms.CharField(
            label=PROPERTIES["name"],
            required=False,
            max_length=128,
            help_text=_("Latin letters and digits, such as %(name)s. It stays: conditions and results know it by this")
            % {"name": self.first_name},
            validators=[RegexValidator(model.NAME, _("Latin letters, digits, “_”, “-” and “.”, a letter first"))],
        )
        self._add(_NEW, {})

    def _entries(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        return list(document.get(self.kind, ()))

    def _add(self, mark: str, entry: Mapping[str, Any]) -> None:
        """Add the fields of one entry; `mark` ends their names: `_of` its name, or _NEW."""
        raise NotImplementedError

    def _read(self, mark: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return an entry as JSON says it, from what was given. Raises Refused for a line that cannot be read."""
        raise NotImplementedError

    def _main(self) -> str:
        """Name the property without which there is no entry."""
        raise NotImplementedError

    def readers(self, name: str) -> tuple[str, ...]:
        """Name what reads an entry in its conditions."""
        return editing.readers_of(self.definition, name)

    @property
    def sections(self) -> Iterator[Section]:
        """The fields of each entry under its name, those of a new one last."""
        rows: dict[str, list[Row]] = {}
        for row in side_by_side(self):
            rows.setdefault(_mark_of(row.fields[0][0].name), []).append(row)
        for entry in self.before:
            yield Section(entry["name"], self.readers(entry["name"]), rows[_of(entry["name"])])
        yield Section(str(self.another), (), rows[_NEW])

    def clean(self) -> dict[str, Any]:
        """Read every entry; one that is still used cannot go, and a new one needs a name that is free."""
        given = super().clean() or {}
        self.after: list[dict[str, Any]] = []
        for entry in self.before:
            mark = _of(entry["name"])
            if not given.get(f"remove{mark}"):
                self._take(mark, entry)
            elif readers := self.readers(entry["name"]):
                self.add_error(f"remove{mark}", _("Still used by: %(names)s") % {"names": ", ".join(readers)})
        new = given.get("name_new")
        if new in {entry["name"] for entry in self.before}:
            self.add_error("name_new", error_sentence(model.Error("", "duplicate_name", {"name": new})))
        elif new:
            self._take(_NEW, {"name": new})
        elif "name_new" not in self.errors and any(given.get(name) for name in self.fields if _mark_of(name) == _NEW):
            self.add_error("name_new", _("Write a name for it"))
        return given

    def _take(self, mark: str, before: Mapping[str, Any]) -> None:
        main = self._main() + mark
        if main in self.errors:
            return
        if self.cleaned_data.get(main) in (None, ""):
            self.add_error(main, _("This is missing."))
            return
        try:
            self.after.append({"name": before["name"], **self._read(mark, before)})
        except Refused as refusal:
            self.add_error(main, refusal_message(refusal))

    def document(self) -> editing.Document:
        """Return the whole definition with the entries as they are now."""
        document = model.dump(self.definition)
        document[self.kind] = self._kept()
        return document

    def _kept(self) -> Any:
        return self.after

    def take_errors(self, errors: Sequence[model.Error]) -> None:
        """Put what the reader of definitions says at the field of the entry, where it has one."""
        for error in errors:
            field = self._field_of(error.path)
            self.add_error(field if field in self.fields else None, error_sentence(error))

    def _field_of(self, path: str) -> str:
        steps = path.split("/")
        if steps[1:2] != [self.kind] or len(steps) < 3:
            return ""
        # A list is led to by its name, a ballot or quota by its number.
        name = steps[2] if self.kind == "lists" else self.after[int(steps[2])]["name"]
        known = [entry["name"] for entry in self.before]
        return self._main() + (_of(name) if name in known else _NEW)

    def _lines(self, **words: Any) -> forms.Field:
        widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})
        return TypedTextField(most=LINES_MOST, required=False, widget=widget, **words)


# Ends the names of the fields of a new entry; those of another end with its name, so that what was typed stays with it
# whatever others put in or take out.
_NEW = "_new"


def _of(name: str) -> str:
    return "/" + quote(name, safe="")


def _mark_of(name: str) -> str:
    _property, slash, entry = name.partition(":")[0].partition("/")
    return slash + entry if slash else _NEW


class ListsForm(EntriesForm):
    """Lists of answers that several questions take."""

    kind = "lists"
    title = PROPERTIES["lists"]
    about = _("A list holds answers that several questions offer. A question takes it by its name.")
    another = _("A new list")
    first_name = "yes_no"

    def _entries(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [{"name": name, "options": options} for name, options in document.get("lists", {}).items()]

    def _main(self) -> str:
        return "options"

    def _add(self, mark: str, entry: Mapping[str, Any]) -> None:
        marks = {"marks": ", ".join(map(str, FLAGS.values()))}
        self.fields[f"options{mark}"] = self._lines(
            label=PROPERTIES["options"],
            help_text=_("One a line: value | words in each language in the order above | marks (%(marks)s)") % marks,
            initial=write_lines(entry.get("options", ()), self.definition.languages),
        )

    def _read(self, mark: str, before: Mapping[str, Any]) -> dict[str, Any]:
        typed = self.cleaned_data[f"options{mark}"]
        return {"options": read_lines(typed, self.definition.languages, before.get("options", ()))}

    def readers(self, name: str) -> tuple[str, ...]:
        """Name the questions that take the list."""
        return tuple(question.name for question in self.definition.questions if question.list == name)

    def _kept(self) -> Any:
        return {entry["name"]: entry["options"] for entry in self.after}


class BallotsForm(EntriesForm):
    """Random assignments to one of several forms."""

    kind = "ballots"
    title = PROPERTIES["ballots"]
    about = _(
        "Everybody is drawn into one form of a ballot, in proportion to its weight. Conditions read it like an answer, "
        "such as ${wording} = 'a'."
    )
    another = _("A new split ballot")
    first_name = "wording"

    def _main(self) -> str:
        return "arms"

    def _add(self, mark: str, entry: Mapping[str, Any]) -> None:
        self.fields[f"arms{mark}"] = self._lines(
            label=PROPERTIES["arms"],
            help_text=_("One a line: value | weight, such as a | 1. Without a weight it is 1"),
            initial=write_arms(entry.get("arms", ())),
        )

    def _read(self, mark: str, before: Mapping[str, Any]) -> dict[str, Any]:
        return {"arms": read_arms(self.cleaned_data[f"arms{mark}"], before.get("arms", ()))}


class QuotasForm(EntriesForm):
    """At most so many responses of one sort."""

    kind = "quotas"
    title = PROPERTIES["quotas"]
    about = _(
        "A quota counts whole responses for which its condition holds, on the web and on the telephone together. Who "
        "comes when it is full is told so, and what they wrote is kept."
    )
    another = _("A new quota")
    first_name = "north"
    _words: Mapping[str, Any] = {
        "label": pgettext_lazy("of a quota", "What it is called"),
        "message": PROPERTIES["message"],
    }

    def _main(self) -> str:
        return "when"

    def readers(self, name: str) -> tuple[str, ...]:
        """Nothing reads a quota."""
        return ()

    def _add(self, mark: str, entry: Mapping[str, Any]) -> None:
        self.fields[f"when{mark}"] = ExpressionField(
            label=PROPERTIES["when"],
            help_text=_("A condition, such as ${region} = 'north'"),
            initial=entry.get("when", ""),
        )
        self.fields[f"limit{mark}"] = forms.IntegerField(
            label=PROPERTIES["limit"], required=False, min_value=0, max_value=LIMIT_MOST, initial=entry.get("limit")
        )
        for name, label in self._words.items():
            for language in self.definition.languages:
                self.fields[f"{name}{mark}:{language}"] = TypedTextField(
                    label=label,
                    most=WORDS_MOST,
                    required=False,
                    widget=forms.Textarea(attrs={"lang": HTML_LANG.get(language, language), "rows": 2}),
                    initial=entry.get(name, {}).get(language, ""),
                )

    def _read(self, mark: str, before: Mapping[str, Any]) -> dict[str, Any]:
        given = self.cleaned_data
        if f"limit{mark}" not in self.errors and given.get(f"limit{mark}") is None:
            self.add_error(f"limit{mark}", _("This is missing."))
        read: dict[str, Any] = {"when": given[f"when{mark}"], "limit": given.get(f"limit{mark}")}
        for name in self._words:
            typed = {language: given.get(f"{name}{mark}:{language}", "") for language in self.definition.languages}
            kept = before.get(name, {}) | typed
            if words := {language: said for language, said in kept.items() if said}:
                read[name] = words
        return read


# --- languages ------------------------------------------------------------------------------------------------------


class LanguagesForm(WholeForm):
    """In which languages the questionnaire stands, and which one is shown first."""

    def __init__(self, sent: Any = None, *, definition: model.Definition) -> None:
        super().__init__(sent, definition=definition)
        choices = [(code, language_name(code)) for code in definition.languages]
        self.fields["first"] = forms.ChoiceField(
            label=_("Language shown first"), choices=choices, initial=definition.languages[0]
        )
        self.fields["add"] = forms.CharField(
            label=_("Add a language"),
            required=False,
            max_length=TAG_MOST,
            help_text=_("Its tag as in BCP 47: zh-hans, en, fr, pt-br. Its words are written under “Translate”"),
            validators=[RegexValidator(r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", _("A tag such as fr or pt-br"))],
        )
        self.fields["remove"] = forms.MultipleChoiceField(
            label=_("Take out, with all its words"),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )

    def clean_add(self) -> str:
        """See that it is not there yet."""
        tag = self.cleaned_data["add"].lower()
        if tag in {code.lower() for code in self.definition.languages}:
            raise forms.ValidationError(error_sentence(model.Error("", "duplicate_language", {"language": tag})))
        return tag

    def clean(self) -> dict[str, Any]:
        """The language shown first stays."""
        given = super().clean() or {}
        if given.get("first") in given.get("remove", ()):
            self.add_error("remove", _("The language shown first cannot be taken out"))
        return given

    def document(self) -> editing.Document:
        """Return the whole definition in the languages wanted; words of a language taken out go with it."""
        given, document = self.cleaned_data, model.dump(self.definition)
        kept = [code for code in self.definition.languages if code not in given["remove"]]
        kept.sort(key=lambda code: code != given["first"])
        document["languages"] = kept + ([given["add"]] if given["add"] else [])
        for path, _texts in checks.texts_of(self.definition) if given["remove"] else ():
            texts = _at(document, path)
            for code in given["remove"]:
                texts.pop(code, None)
        for medium in _media_of(document) if given["remove"] else ():
            for code in given["remove"]:
                medium["source"].pop(code, None)
        return document


def _media_of(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every picture, sound and film below a part of a document."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        if name == "media":
            yield from value
        else:
            yield from _media_of(value)


@dataclass(frozen=True)
class Text:
    """One text of a questionnaire: where it stands (a JSON Pointer), and what it says in each language."""

    path: str
    texts: Mapping[str, str]

    @property
    def field(self) -> str:
        """The name of its field."""
        return f"text{self.path}"


def texts_to_translate(definition: model.Definition, code: str, *, missing: bool = False) -> list[Text]:
    """Return all texts that exist in any language, or those that a language lacks, in the order of the definition."""
    found = [Text(path, texts) for path, texts in checks.texts_of(definition)]
    return [
        one
        for one in found
        if any(words.strip() for words in one.texts.values()) and not (missing and one.texts.get(code, "").strip())
    ]


class TranslationForm(WholeForm):
    """Some texts in one language."""

    def __init__(self, sent: Any = None, *, definition: model.Definition, code: str, texts: Sequence[Text]) -> None:
        super().__init__(sent, definition=definition)
        self.code, self.texts = code, texts
        for one in texts:
            longest = max(map(len, one.texts.values()))
            attributes: dict[str, Any] = {"lang": HTML_LANG.get(code, code), "rows": min(8, 1 + longest // 60)}
            self.fields[one.field] = TypedTextField(
                most=WORDS_MOST,
                required=False,
                initial=one.texts.get(code, ""),
                widget=forms.Textarea(attrs=attributes),
                label=next(words for words in one.texts.values() if words.strip())[:80],
            )

    def document(self) -> editing.Document:
        """Return the whole definition with these texts."""
        document = model.dump(self.definition)
        for one in self.texts:
            words = self.cleaned_data[one.field]
            texts = _at(document, one.path)
            texts.pop(self.code, None)
            if words:
                texts[self.code] = words
        return document


def _at(document: Any, path: str) -> dict[str, str]:
    """Return what a JSON Pointer (RFC 6901) leads to in a document."""
    for step in pointers.steps(path):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document
