"""Forms for pictures, sounds and films: those of the answers of one question, and many files at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from surveys.definition import model
from surveys.studio.picture_fields import PictureFields, sound_prefix
from surveys.studio.question_forms import Row, side_by_side

# Answers, counted once for each language, up to which each is offered a sound or film. A form with more would have
# more fields than a request may have (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS), most of them for nothing.
SOUNDS_OFFERED_TO = 100


def prefix_of(value: str) -> str:
    """Begin the names of the fields of an answer: by its value, for its place may change while the form is open."""
    return f"picture-{blake2b(value.encode(), digest_size=6).hexdigest()}"


class OptionPicturesForm(forms.Form):
    """The pictures, sounds and films of the answers, or of the rows, of one question."""

    def __init__(
        self,
        sent: Any = None,
        *,
        definition: model.Definition,
        options: Sequence[Mapping[str, Any]],
        opened: str = "",
    ) -> None:
        """`options` are those that are there now, as JSON says them.

        Of many only those that have one are offered a sound or film, and the one with the value `opened`.
        """
        super().__init__(sent)
        self.languages = definition.languages
        self.are_many = len(options) * len(self.languages) > SOUNDS_OFFERED_TO
        self.options = [(option, self._fields_of(option, opened)) for option in options]
        for _option, fields in self.options:
            fields.add(definition)
        if self.is_bound:
            # An answer that was not there when the form was opened keeps what it has.
            kept = {name: field.initial or "" for name, field in self.fields.items() if name not in self.data}
            copied: Any = sent.copy()
            copied.update(kept)
            self.data = copied

    def _fields_of(self, option: Mapping[str, Any], opened: str) -> PictureFields:
        prefix = prefix_of(option["value"])
        was_open = any(f"{sound_prefix(prefix)}:{language}" in self.data for language in self.languages)
        offers_sound = not self.are_many or was_open or option["value"] == opened
        return PictureFields(self, prefix, option.get("media", ()), offers_sound=offers_sound)

    def clean(self) -> dict[str, Any]:
        """See that words have their picture."""
        given = super().clean() or {}
        for _option, fields in self.options:
            fields.check()
        return given

    def documents(self) -> list[dict[str, Any]]:
        """Return the answers as JSON says them, once the form is valid."""
        found = []
        for option, fields in self.options:
            plain = {name: value for name, value in option.items() if name != "media"}
            media = fields.media()
            found.append(plain | ({"media": media} if media else {}))
        return found

    def rows(self) -> list[tuple[str, list[Row], str]]:
        """Return the rows of fields of each answer with its words, else its value.

        With them comes its value where fields for a sound or film can be opened, else nothing.
        """
        found = []
        together = iter(side_by_side(self))
        for option, fields in self.options:
            label = option.get("label", {})
            words = next((label[one] for one in (get_language() or "", *self.languages) if label.get(one)), "")
            opens = "" if fields.has_sound_fields else option["value"]
            found.append((words or option["value"], list(islice(together, fields.rows)), opens))
        return found


class ManyFilesInput(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; each is looked at where it is taken in."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=ManyFilesInput(attrs={"accept": "image/*,audio/*,video/mp4,video/webm"}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return all of them."""
        return [super(ManyFilesField, self).clean(one, initial) for one in data or [None]]


class ManyPicturesForm(forms.Form):
    """Pictures by the names under which the questionnaire speaks of them."""

    uploads = ManyFilesField(
        label=_("Pictures, sounds and films that are not there yet"),
        help_text=_("Choose all at once; each goes where its name stands"),
    )
