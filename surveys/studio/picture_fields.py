"""Fields for the picture, sound or film of a question or an answer, and what becomes of files that come with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.pages.messages import refusal_message
from engage.pages.translation import HTML_LANG
from engage.participation.file_faults import file_fault
from engage.participation.forms import TypedTextField
from surveys import actions
from surveys.definition import model, pictures

ALT_MOST = 2_000
TRANSCRIPT_MOST = 20_000


class PicturedForm(Protocol):
    """A form with fields of pictures."""

    languages: tuple[str, ...]
    fields: dict[str, forms.Field]
    data: Any
    cleaned_data: dict[str, Any]

    @property
    def is_bound(self) -> bool:
        """Whether something was sent."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what is wrong at a field."""


class PictureSelect(forms.Select):
    """A choice of pictures, sounds or films that shows the chosen one."""

    template_name = "surveys/studio/picture_select.html"


@dataclass(frozen=True)
class _Said:
    """What the fields of one medium are called, and what is said where its words have no file."""

    choose: Any
    upload: Any
    accept: str
    alt: Any
    nothing: Any


_PICTURE = _Said(
    _("Picture"),
    _("New picture"),
    "image/*",
    _("What the picture shows, for those who do not see it"),
    _("Choose the picture that the words describe, or take the words out"),
)
_SOUND = _Said(
    _("Sound or film"),
    _("New sound or film: MP3, M4A, Ogg, WAV, MP4 or WebM, at most 20 MB"),
    "audio/*,video/mp4,video/webm",
    _("What it is, in a few words"),
    _("Choose the sound or film that the words belong to, or take the words out"),
)


class _MediumFields:
    """The fields of one picture, or of one sound or film, in every language: which, a new file for it, its words."""

    def __init__(self, form: PicturedForm, prefix: str, at: int | None, now: Mapping[str, Any], said: _Said) -> None:
        """`at` is its place among the media of the part, None for one that is not there; `now` is what is there."""
        self.form, self.prefix, self.at, self.now, self.said = form, prefix, at, now, said
        self.is_sound = said is _SOUND
        self.words = ("alt", "transcript") if self.is_sound else ("alt",)

    def field(self, name: str, language: str) -> str:
        """Name one of the fields."""
        return f"{self.prefix}{f'_{name}' if name else ''}:{language}"

    def add(self, known: Collection[str]) -> None:
        """Add them to the form; `known` are the names of files to choose from."""
        source, fold = self.now.get("source", {}), self.said.choose if self.is_sound else ""
        for language in self.form.languages:
            name = self.field("", language)
            sent = self.form.data.get(name, "") if self.form.is_bound else ""
            names = dict.fromkeys([*sorted(known), *filter(None, [source.get(language), sent])])
            self.form.fields[name] = forms.ChoiceField(
                label=self.said.choose,
                choices=[("", _("None")), *((one, one) for one in names)],
                required=False,
                initial=source.get(language, ""),
                widget=PictureSelect,
            )
        for language in self.form.languages:
            self.form.fields[self.field("file", language)] = forms.FileField(
                label=self.said.upload, required=False, widget=forms.FileInput(attrs={"accept": self.said.accept})
            )
        for word in self.words:
            for language in self.form.languages:
                self.form.fields[self.field(word, language)] = self._words(word, language)
        if fold:
            for word in ("", "file", *self.words):
                for language in self.form.languages:
                    self.form.fields[self.field(word, language)].fold = fold  # type: ignore[attr-defined]

    def _words(self, word: str, language: str) -> forms.Field:
        attributes: dict[str, Any] = {"lang": HTML_LANG.get(language, language)}
        is_long = word == "transcript"
        return TypedTextField(
            label=_("All that is said and seen in it, for those who do not hear or see it")
            if is_long
            else self.said.alt,
            most=TRANSCRIPT_MOST if is_long else ALT_MOST,
            required=False,
            widget=forms.Textarea(attrs=attributes | {"rows": 3}) if is_long else forms.TextInput(attrs=attributes),
            initial=self.now.get(word, {}).get(language, ""),
        )

    def check(self) -> None:
        """Put at its field what does not go together, once the fields are read."""
        given, languages = self.form.cleaned_data, self.form.languages
        chosen = [given.get(self.field("", one)) for one in languages]
        words = [given.get(self.field(word, one)) for word in self.words for one in languages]
        # Who takes a picture out takes its words out with it.
        if not self.now and any(words) and not any(chosen):
            self.form.add_error(self.field("", languages[0]), self.said.nothing)
        if len(self._kinds(filter(None, chosen))) > 1:
            self.form.add_error(self.field("", languages[0]), _("Choose a sound or a film, in all languages the same"))

    def _kinds(self, names: Iterable[str]) -> set[str]:
        """Return what files are; one that is only spoken of is what it was spoken of as."""
        return {pictures.kind_of(name) or self.now.get("kind") or "audio" for name in names}

    def medium(self) -> dict[str, Any] | None:
        """Return it as JSON says it, once the form is valid; None where there is none."""
        source = self._typed("", "source")
        if not source:
            return None
        kind = "image" if not self.is_sound else next(iter(self._kinds(source.values())))
        words = {word: self._typed(word, word) for word in self.words}
        return {"kind": kind, "source": source} | {word: texts for word, texts in words.items() if texts}

    def _typed(self, field: str, name: str) -> dict[str, str]:
        languages = self.form.languages
        kept = {one: words for one, words in self.now.get(name, {}).items() if one not in languages}
        typed = {one: self.form.cleaned_data[self.field(field, one)] for one in languages}
        return {one: words for one, words in typed.items() if words} | kept


def sound_prefix(prefix: str, number: int = 0) -> str:
    """Begin the names of the fields of a sound or film as those of a picture begin with `prefix`."""
    return prefix.replace("picture", f"sound{number or ''}", 1)


class PictureFields:
    """The fields of the pictures, sounds and films of a part.

    A file that was chosen is taken in before the form is read (`take_uploads`): it stays whatever else is wrong.
    """

    def __init__(
        self, form: PicturedForm, prefix: str, media: Sequence[Mapping[str, Any]], *, offers_sound: bool = True
    ) -> None:
        """`prefix` begins with "picture"; the fields of sounds begin with "sound" instead (`sound_prefix`).

        `offers_sound`: whether there are fields for a sound or film where there is none yet.
        """
        self.before = list(media)
        images, sounds = ([at for at, one in enumerate(media) if (one["kind"] == "image") is is_image]
                          for is_image in (True, False))  # fmt: skip
        self.parts = [self._of(form, prefix, images[0] if images else None, _PICTURE)]
        # An imported form may have both a sound and a film.
        for number, at in enumerate(sounds or ([None] if offers_sound else [])):
            self.parts.append(self._of(form, sound_prefix(prefix, number), at, _SOUND))

    def _of(self, form: PicturedForm, prefix: str, at: int | None, said: _Said) -> _MediumFields:
        return _MediumFields(form, prefix, at, self.before[at] if at is not None else {}, said)

    @property
    def has_sound_fields(self) -> bool:
        """Whether a sound or film can be put there or changed."""
        return any(part.is_sound for part in self.parts)

    @property
    def rows(self) -> int:
        """How many rows of fields they are (`question_forms.side_by_side`)."""
        return sum(2 + len(part.words) for part in self.parts)

    def add(self, definition: model.Definition) -> None:
        """Add them to the form; the files to choose from are those that the definition names."""
        for part in self.parts:
            part.add(pictures.names(definition, pictures.SOUNDS if part.is_sound else pictures.IMAGES))

    def check(self) -> None:
        """Put at its field what does not go together, once the fields are read."""
        for part in self.parts:
            part.check()

    def media(self) -> list[dict[str, Any]]:
        """Return the media of the part as JSON says them, once the form is valid; what has no fields as it was."""
        now = {part.at: part.medium() for part in self.parts if part.at is not None}
        kept = [now[at] if at in now else dict(one) for at, one in enumerate(self.before)]
        first, last = ([part.medium() for part in self.parts if part.at is None and part.is_sound is is_sound]
                       for is_sound in (False, True))  # fmt: skip
        # What stands first names an answer without a label: a new sound never goes before the picture that is there.
        return [one for one in (*first, *kept, *last) if one is not None]


def take_uploads(sent: QueryDict, files: Mapping[str, Any], *, actor: Actor) -> tuple[QueryDict, dict[str, str]]:
    """Take in the pictures, sounds and films that came with a form, as what is chosen in it.

    Returns what was sent with their names put in, and for those that were not taken, by the name of their field, why.
    """
    sent, untaken = sent.copy(), {}
    for field in files:
        upload = files[field]
        prefix, _mark, language = field.partition("_file:")
        kinds = pictures.SOUNDS if prefix.startswith("sound") else pictures.IMAGES
        try:
            stored = actions.add_picture(upload, upload.name or "", kinds=kinds, actor=actor)
            sent[f"{prefix}:{language}"] = stored.name
        except Refused as refusal:
            untaken[field] = untaken_sentence(refusal)
    return sent, untaken


def untaken_sentence(refusal: Refused) -> str:
    """Say why a file was not taken in."""
    own = ("survey_no_picture", "survey_no_sound", "not_allowed")
    return refusal_message(refusal) if refusal.code in own else file_fault(refusal)


def add_untaken(form: forms.Form, untaken: Mapping[str, str]) -> None:
    """Put what `take_uploads` said at the fields."""
    for field, sentence in untaken.items():
        form.add_error(field if field in form.fields else None, sentence)
