"""Fields for the picture of a question or an answer, and what becomes of files that come with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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

ALT_MOST = 2_000


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
    """A choice of pictures that shows the chosen one."""

    template_name = "surveys/studio/picture_select.html"


class PictureFields:
    """The fields of one picture of a part, in every language of a definition: which, a new file for it, what it shows.

    A file that was chosen is taken in before the form is read (`take_uploads`): it stays whatever else is wrong.
    """

    def __init__(self, form: PicturedForm, prefix: str, media: Sequence[Mapping[str, Any]]) -> None:
        self.form, self.prefix, self.before = form, prefix, list(media)
        self.at = next((at for at, medium in enumerate(media) if medium["kind"] == "image"), None)
        self.now: Mapping[str, Any] = media[self.at] if self.at is not None else {}

    def add(self, known: Sequence[str]) -> None:
        """Add them to the form; `known` are the names of pictures to choose from."""
        languages = self.form.languages
        source, alt = self.now.get("source", {}), self.now.get("alt", {})
        for language in languages:
            sent = self.form.data.get(f"{self.prefix}:{language}", "") if self.form.is_bound else ""
            names = dict.fromkeys([*known, *filter(None, [source.get(language), sent])])
            self.form.fields[f"{self.prefix}:{language}"] = forms.ChoiceField(
                label=_("Picture"),
                choices=[("", _("None")), *((name, name) for name in names)],
                required=False,
                initial=source.get(language, ""),
                widget=PictureSelect,
            )
        for language in languages:
            self.form.fields[f"{self.prefix}_file:{language}"] = forms.FileField(
                label=_("New picture"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
            )
        for language in languages:
            attributes = {"lang": HTML_LANG.get(language, language)}
            self.form.fields[f"{self.prefix}_alt:{language}"] = TypedTextField(
                label=_("What the picture shows, for those who do not see it"),
                most=ALT_MOST,
                required=False,
                widget=forms.TextInput(attrs=attributes),
                initial=alt.get(language, ""),
            )

    def check(self) -> None:
        """Put it at its field when words describe a picture that is not chosen, once the fields are read."""
        names = {suffix: [f"{self.prefix}{suffix}:{one}" for one in self.form.languages] for suffix in ("", "_alt")}
        given = self.form.cleaned_data
        # Who takes a picture out takes its words out with it.
        if (
            not self.now
            and any(given.get(name) for name in names["_alt"])
            and not any(given.get(name) for name in names[""])
        ):
            self.form.add_error(names[""][0], _("Choose the picture that the words describe, or take the words out"))

    def media(self) -> list[dict[str, Any]]:
        """Return the media of the part as JSON says them, once the form is valid; all but this picture as it was."""
        source, alt = (self._said(suffix, name) for suffix, name in (("", "source"), ("_alt", "alt")))
        found = [dict(medium) for at, medium in enumerate(self.before) if at != self.at]
        if source:
            picture = {"kind": "image", "source": source} | ({"alt": alt} if alt else {})
            found.insert(self.at or 0, picture)
        return found

    def _said(self, suffix: str, name: str) -> dict[str, str]:
        languages = self.form.languages
        kept = {one: words for one, words in self.now.get(name, {}).items() if one not in languages}
        typed = {one: self.form.cleaned_data[f"{self.prefix}{suffix}:{one}"] for one in languages}
        return {one: words for one, words in typed.items() if words} | kept


def take_uploads(sent: QueryDict, files: Mapping[str, Any], *, actor: Actor) -> tuple[QueryDict, dict[str, str]]:
    """Take in the pictures that came with a form, as what is chosen in it.

    Returns what was sent with their names put in, and for those that were not taken, by the name of their field, why.
    """
    sent, untaken = sent.copy(), {}
    for field in files:
        upload = files[field]
        prefix, _mark, language = field.partition("_file:")
        try:
            sent[f"{prefix}:{language}"] = actions.add_picture(upload, upload.name or "", actor=actor).name
        except Refused as refusal:
            untaken[field] = untaken_sentence(refusal)
    return sent, untaken


def untaken_sentence(refusal: Refused) -> str:
    """Say why a file was not taken in."""
    return refusal_message(refusal) if refusal.code in ("survey_no_picture", "not_allowed") else file_fault(refusal)


def add_untaken(form: forms.Form, untaken: Mapping[str, str]) -> None:
    """Put what `take_uploads` said at the fields."""
    for field, sentence in untaken.items():
        form.add_error(field if field in form.fields else None, sentence)
