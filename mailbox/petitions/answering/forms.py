"""What is typed about a debate or hearing: parsed and worded, never written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from engage.participation.forms import TypedTextField
from engage.typed import whole_number
from mailbox.petitions.actions.debates import DebateWords
from mailbox.petitions.answering import rules
from mailbox.petitions.models import Debate

URL_MOST = 200
STAGES = (
    (rules.PLANNED, _("It is planned")),
    (rules.HELD, _("It was held")),
    (rules.CALLED_OFF, _("It was called off, or there will be none")),
)


def _line(label: Any, help_text: Any = "") -> TypedTextField:
    widget = forms.TextInput(attrs={"class": "input"})
    return TypedTextField(label=label, help_text=help_text, required=False, most=rules.PLACE_MOST, widget=widget)


def _text(label: Any) -> TypedTextField:
    widget = forms.Textarea(attrs={"rows": 8, "class": "input"})
    return TypedTextField(label=label, required=False, most=rules.WORDS_MOST, widget=widget)


class LinkField(forms.URLField):
    """An address of a page that a browser opens."""

    default_validators = (URLValidator(schemes=["https", "http"]),)


def _link(label: Any) -> LinkField:
    return LinkField(
        label=label,
        required=False,
        max_length=URL_MOST,
        assume_scheme="https",
        error_messages={"invalid": _("Write the address like https://example.org/page")},
        widget=forms.URLInput(attrs={"class": "input"}),
    )


class DebateForm(forms.Form):
    """A debate or hearing: which, how far it is, when and where, and what happened there."""

    revision = forms.Field(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What it is"), choices=Debate.Kind.choices, widget=forms.RadioSelect)
    stage = forms.ChoiceField(label=_("How far it is"), choices=STAGES, widget=forms.RadioSelect)
    on = forms.DateField(
        label=_("Day"),
        required=False,
        error_messages={"invalid": _("Write the day like 2026-11-24")},
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
    )
    place_zh = _line(_("Place, in Chinese"))
    place_en = _line(_("Place, in English"))
    video = _link(_("Address of the video, live or recorded"))
    what_zh = _text(_("What happened, or why it is not held, in Chinese"))
    what_en = _text(_("What happened, or why it is not held, in English"))
    transcript = _link(_("Address of the whole record"))

    def __init__(self, *args: Any, debate: Debate | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _initial(debate))
        super().__init__(*args, **kwargs)

    def clean_revision(self) -> int:
        """Read it; what is no number is no revision that anybody saw."""
        return whole_number(str(self.cleaned_data["revision"] or 0), digits=9, otherwise=-1)

    def words(self) -> DebateWords:
        """Return what the action takes."""
        given = self.cleaned_data
        held = {rules.PLANNED: None, rules.HELD: True, rules.CALLED_OFF: False}[given["stage"]]
        names = ("kind", "on", "place_zh", "place_en", "video", "transcript", "what_zh", "what_en")
        return DebateWords(**{name: given[name] for name in names}, held=held)


def _initial(debate: Debate | None) -> dict[str, Any]:
    if debate is None:
        return {"kind": Debate.Kind.DEBATE, "stage": rules.PLANNED, "revision": 0}
    names = ("kind", "on", "place_zh", "place_en", "video", "transcript", "what_zh", "what_en", "revision")
    stage = rules.stage_of(held=debate.held, has_day=True)
    return {name: getattr(debate, name) for name in names} | {"stage": stage}
