"""What moderators fill in. The petition's state as they saw it goes along; what is typed is checked by the actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import ANYONE
from engage.pages.translation import HTML_LANG
from engage.participation.forms import TypedTextField
from engage.participation.rules import parse_reference
from mailbox.petitions.actions.moderation import LENGTHS
from mailbox.petitions.models import Petition, State
from mailbox.petitions.moderating.rules import NOTE_LENGTH, TAG_LENGTH
from mailbox.petitions.queries import moderation


def _area(label: Any, *, most: int, rows: int = 4, missing: Any = "", help_text: Any = "") -> TypedTextField:
    """Return a box for text; with words for its absence it must be filled in."""
    return TypedTextField(
        label=label,
        required=bool(missing),
        most=most,
        help_text=help_text,
        error_messages={"required": missing} if missing else None,
        widget=forms.Textarea(attrs={"rows": rows, "class": "input"}),
    )


class ActForm(forms.Form):
    """What every act on a petition carries: the state of it that the moderator saw."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def renew(self, revision: int) -> None:
        """Let the form count for the petition as it is now when it is sent once more."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["revision"] = str(revision)
        self.data = data

    def given(self) -> dict[str, Any]:
        """Return what was typed, without the revision."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


def _reasons(*, hides: bool) -> list[tuple[str, Any]]:
    return [("", _("Choose one")), *((one.code, str(one)) for one in moderation.reasons(hides=hides))]


class ReasonForm(forms.Form):
    """Why a petition is turned down: a reason from the list, and the moderators' own words."""

    hides = False
    code = forms.ChoiceField(
        label=_("Reason"), choices=[], error_messages={"required": _("Choose a reason; it is shown to everybody")}
    )
    note = _area(
        _("What this means here"),
        most=NOTE_LENGTH,
        help_text=_("Everybody reads it beside the reason. Say what the starter could change; name no person."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].choices = _reasons(hides=self.hides)  # type: ignore[attr-defined]


class RejectForm(ReasonForm, ActForm):
    """The same on the page of the petition."""


class HideForm(ActForm):
    """Why a petition is not to be shown at all, for the second person."""

    code = forms.ChoiceField(label=_("Reason"), choices=[], error_messages={"required": _("Choose a reason")})
    note = _area(
        _("Why, for the second person"),
        most=NOTE_LENGTH,
        missing=_("Write why: the second person reads it"),
        help_text=_("It stays among the moderators. The starter reads the reason alone."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].choices = _reasons(hides=True)  # type: ignore[attr-defined]


class DecideForm(ActForm):
    """What the second person adds; kept among the notes."""

    note = _area(_("Note for the file"), most=NOTE_LENGTH)


class OtherField(forms.CharField):
    """An open petition, by its reference."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, **options)
        self.widget.attrs |= {"class": "input w-m ref", "autocomplete": "off", "spellcheck": "false"}

    def clean(self, value: Any) -> Any:
        """Return the petition."""
        typed = super().clean(value)
        read = parse_reference(typed) if typed else None
        petition = None
        if read is not None and read.letter == "P":
            petition = Petition.objects.visible_to(ANYONE).filter(pk=read.number, state=State.OPEN).first()
        if petition is None:
            raise ValidationError(_("There is no open petition of this reference"))
        return petition


class TellForm(ActForm):
    """The open petition of which starter and sponsors are told."""

    other = OtherField(
        label=_("The open petition"),
        help_text=_("Its reference, for example P-2026-004217-K"),
        error_messages={"required": _("Name the open petition that asks for the same")},
    )


class MergeForm(TellForm):
    """The open petition that asks for the same, and what the starter is told besides."""

    note = _area(_("What this means here"), most=NOTE_LENGTH, help_text=_("Everybody reads it."))


class EditForm(ActForm):
    """The words of a petition, each with its length."""

    title = TypedTextField(
        label=_("What should be done"),
        most=LENGTHS["title"],
        error_messages={"required": _("Write what should be done, in one sentence")},
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    action = _area(_("What exactly is asked for"), most=LENGTHS["action"], missing=_("Write what exactly is asked for"))
    background = _area(_("Why"), most=LENGTHS["background"], missing=_("Write why"))
    details = _area(_("More details"), most=LENGTHS["details"], rows=6)
    note = TypedTextField(
        label=_("What was changed and why"),
        most=300,
        required=False,
        help_text=_("Starter and readers find it beside both texts; name no person."),
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    unshown = forms.BooleanField(
        label=_("The earlier words may not be read by everybody: they name somebody, or the law forbids it"),
        required=False,
    )

    def __init__(self, data: Any = None, *, petition: Petition | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        if petition is not None:
            for name in LENGTHS:
                self.fields[name].initial = getattr(petition, name)
                self.fields[name].widget.attrs["lang"] = HTML_LANG.get(petition.language, petition.language)

    def given(self) -> dict[str, Any]:
        """Return the words, the note and whether the earlier words are shown."""
        typed = super().given()
        return {
            "words": {name: typed[name] for name in LENGTHS},
            "note": typed["note"],
            "shown": not typed["unshown"],
        }


class NoteForm(forms.Form):
    """A note among colleagues."""

    text = _area(
        pgettext_lazy("petition", "Note among colleagues"),
        most=NOTE_LENGTH,
        rows=3,
        missing=_("Write the note first"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].widget.attrs["data-page-key"] = "n"


class TagForm(forms.Form):
    """A tag to put on petitions."""

    word = forms.CharField(
        label=pgettext_lazy("petition", "Tag"),
        max_length=TAG_LENGTH,
        error_messages={"required": _("Write the tag first")},
        widget=forms.TextInput(attrs={"class": "input w-m", "autocomplete": "off"}),
    )


class OpenForm(forms.Form):
    """Nothing is to be filled in: publishing is confirmed with the words in sight, for it cannot be taken back."""


# The form of each act that asks for something, or that is confirmed because it cannot be taken back.
FORMS: Mapping[str, type[ActForm]] = {
    "open": ActForm,
    "reject": RejectForm,
    "merge": MergeForm,
    "tell": TellForm,
    "edit": EditForm,
    "ask_hide": HideForm,
    "ask_remove": HideForm,
    "agree": DecideForm,
    "decline": DecideForm,
}
