"""What comes from the forms of studies."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.outreach.campaigns.models import Campaign
from engage.participation.forms import TypedTextField
from engage.search.tables import lines_of
from engage.typed import whole_number
from surveys import queries as survey_queries
from surveys.models import Questionnaire, Study, StudyWave
from surveys.results.queries import with_results
from surveys.studies import rules
from surveys.studies.actions import NewWave

FILE_MOST = 100_000
# The headings of a file with shares, in either language.
HEADS = (("group", "share"), ("组别", "占比"))


def _line(label: Any, most: int, *, required: bool = True, **more: Any) -> TypedTextField:
    return TypedTextField(
        label=label, required=required, most=most, widget=forms.TextInput(attrs={"class": "input"}), **more
    )


def _number(label: Any, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, required=False, min_value=1, max_value=9_999,
        widget=forms.NumberInput(attrs={"class": "input w-s"}), **more,
    )  # fmt: skip


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "class": "input w-m"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Give a day")},
    )


class RevisionField(forms.CharField):
    """The state of a study that the form was made from; what is no number fits none."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """Read the number."""
        return whole_number(str(value or ""), digits=9, otherwise=-1)


class TokenField(forms.Field):
    """The one-time token of a form; what is none is a new one, for the form was not ours."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> uuid.UUID:
        """Read the token."""
        try:
            return uuid.UUID(str(value or ""))
        except ValueError:
            return uuid.uuid4()


class PercentField(forms.CharField):
    """A percentage, written as people write it; it stays a text, as it stands in a file."""

    widget = forms.TextInput(attrs={"class": "input w-s", "inputmode": "decimal"})

    def validate(self, value: Any) -> None:
        """Refuse what is neither a percentage nor empty."""
        try:
            rules.read_percent(value)
        except ValueError:
            raise forms.ValidationError(_("Give a percentage from 0 to 100, or nothing")) from None


class StudyForm(forms.Form):
    """What a study is."""

    name = _line(_("Name of the study"), rules.NAME_MOST)
    audience = _line(
        _("Whom it speaks for (optional)"),
        rules.AUDIENCE_MOST,
        required=False,
        help_text=_("For example: residents of 18 and older."),
    )
    campaign = forms.ModelChoiceField(
        label=_("Campaign between the waves (optional)"),
        queryset=Campaign.objects.none(),
        required=False,
        empty_label=_("None"),
        help_text=_("What it reached is shown in the panel."),
    )
    token = TokenField(required=False)
    revision = RevisionField(required=False)

    def __init__(self, *arguments: Any, actor: Actor, study: Study | None = None, **more: Any) -> None:
        if study is not None:
            more["initial"] = {
                "name": study.name, "audience": study.audience, "campaign": study.campaign_id,
                "revision": study.revision,
            }  # fmt: skip
        else:
            more["initial"] = {"token": uuid.uuid4()}
        super().__init__(*arguments, **more)
        field: Any = self.fields["campaign"]
        field.queryset = Campaign.objects.visible_to(actor).order_by("-day", "pk").prefetch_related("texts")

    def values(self) -> dict[str, Any]:
        """Return what an action takes."""
        campaign = self.cleaned_data["campaign"]
        return {
            "name": self.cleaned_data["name"],
            "audience": self.cleaned_data["audience"],
            "campaign_id": campaign.pk if campaign else None,
        }


class WaveForm(forms.Form):
    """One time of asking."""

    name = _line(_("Name of the wave"), rules.WAVE_MOST, help_text=_("For example: before the campaign."))
    questionnaire = forms.ModelChoiceField(
        label=_("Questionnaire"), queryset=Questionnaire.objects.none(), empty_label=None
    )
    first_day = _day(_("First day (optional)"))
    last_day = _day(_("Last day (optional)"))
    version = _number(
        _("Only this version (optional)"), help_text=_("The number of a version, where one was asked in several.")
    )
    invitations = _number(_("Only this wave of invitations (optional)"))
    audience = _line(_("Who was asked (optional)"), rules.AUDIENCE_MOST, required=False)
    revision = RevisionField(required=False)

    def __init__(
        self, *arguments: Any, actor: Actor, revision: int, wave: StudyWave | None = None, **more: Any
    ) -> None:
        more["initial"] = {"revision": revision}
        if wave is not None:
            names = ("name", "first_day", "last_day", "version", "invitations", "audience")
            more["initial"] |= {name: getattr(wave, name) for name in names}
            more["initial"]["questionnaire"] = wave.questionnaire_id
        super().__init__(*arguments, **more)
        own = [one.pk for one in with_results(actor)]
        titles = survey_queries.titles(own, get_language() or "")
        field: Any = self.fields["questionnaire"]
        field.queryset = Questionnaire.objects.visible_to(actor).filter(pk__in=own)
        field.label_from_instance = lambda one: f"{titles.get(one.pk, one.key)} ({one.key})"

    def wave(self) -> NewWave:
        """Return what an action takes."""
        given = self.cleaned_data
        part = rules.Part(given["version"], given["invitations"], given["first_day"], given["last_day"])
        return NewWave(given["name"], given["questionnaire"].pk, part, given["audience"])


class BenchmarkForm(forms.Form):
    """The shares of one question's groups: one field each, or a file that says them all."""

    source = _line(
        _("Where the shares come from"), rules.SOURCE_MOST, help_text=_("For example: census of 2020, table 3.")
    )
    file = forms.FileField(
        label=_("Or as a file"),
        required=False,
        help_text=_("CSV in UTF-8 with the columns group and share. What stands in it counts, not the fields."),
        widget=forms.FileInput(attrs={"accept": ".csv"}),
        error_messages={"empty": _("The file is empty.")},
    )
    revision = RevisionField(required=False)

    def __init__(
        self,
        *arguments: Any,
        groups: Sequence[tuple[str, str, tuple[str, ...]]],
        revision: int,
        source: str = "",
        shares: Sequence[tuple[str, float | None]] = (),
        **more: Any,
    ) -> None:
        known = dict(shares)
        more["initial"] = {"revision": revision, "source": source}
        super().__init__(*arguments, **more)
        self.groups = groups
        for value, words, _names in groups:
            share = known.get(value)
            self.fields[f"share:{value}"] = PercentField(
                label=words, required=False, initial="" if share is None else f"{share:g}"
            )

    def share_fields(self) -> list[Any]:
        """The fields of the groups."""
        return [self[f"share:{value}"] for value, _words, _names in self.groups]

    def field_of_shares(self) -> str:
        """The field beside which it is said that the shares do not fit together."""
        return "file" if self.cleaned_data.get("file") else f"share:{self.groups[0][0]}"

    def shares(self) -> list[tuple[str, float | None]]:
        """Return the percent of each group. Raises Refused as `rules.read_shares` and `lines_of` do."""
        values = [value for value, _words, _names in self.groups]
        names = {value: names for value, _words, names in self.groups}
        if upload := self.cleaned_data["file"]:
            if upload.size > FILE_MOST:
                raise Refused("study_file_large", most=FILE_MOST // 1000)
            lines = [(line, group, share) for line, (group, share) in _lines_of(upload.read())]
        else:
            lines = [(at, value, self.cleaned_data[f"share:{value}"]) for at, value in enumerate(values, start=1)]
        return rules.read_shares(lines, values, names)


def _lines_of(content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    try:
        return lines_of(content, HEADS[0])
    except Refused as refused:
        if refused.code != "text_table_columns_missing":
            raise
        first = refused
    try:
        return lines_of(content, HEADS[1])
    except Refused as refused:
        raise (first if refused.code == "text_table_columns_missing" else refused) from None
