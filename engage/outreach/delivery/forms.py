"""The forms of the outbox: shape and messages; the actions check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext_lazy as _

from engage.departments.models import Department
from engage.errors import Refused
from engage.outreach.delivery import adapters, queries, rules, words
from engage.outreach.delivery.actions.writing import BODY_MOST, SUMMARY_MOST, TITLE_MOST, URL_MOST, Text
from engage.outreach.delivery.models import Channel, Variant
from engage.pages.messages import refusal_message
from engage.participation.forms import TypedTextField, clean_text
from engage.typed import whole_number

WHEN = _("Write the moment like 2026-11-24 09:30")


class RevisionField(forms.Field):
    """The state a form was filled for; what is no number is no state, and the action refuses it."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> int:
        """Read the number."""
        return whole_number(str(value or ""), digits=9, otherwise=-1)


class MomentField(forms.DateTimeField):
    """A local moment, as the browser's own field gives it or as people type it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input w-m"}, format="%Y-%m-%dT%H:%M")
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d %H:%M"]
        kwargs = {"widget": widget, "input_formats": formats, "error_messages": {"invalid": WHEN}, **kwargs}
        super().__init__(required=False, **kwargs)


class Checkboxes(forms.CheckboxSelectMultiple):
    """A group of choices has one name in the page: the summary of errors leads to it."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """Return the group's own id where no choice is asked for."""
        return id_ if index is None else f"{id_}_{index}"


class BeginForm(forms.Form):
    """What the new item is about."""

    subject = forms.ChoiceField(label=_("Tell about"), required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, Any, list[tuple[str, str]]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(label, [(f"{code}:{pk}", title) for pk, title in entries]) for code, label, entries in choices]
        self.fields["subject"].choices = [("", _("Something of its own")), *groups]  # type: ignore[attr-defined]

    @property
    def pair(self) -> tuple[str, str]:
        """Kind and id; empty for something of its own."""
        kind, _colon, pk = self.cleaned_data["subject"].partition(":")
        return kind, pk


class ItemForm(forms.Form):
    """What an item says, in every language."""

    department = forms.ModelChoiceField(
        label=_("Department"), queryset=Department.objects.none(), required=False, empty_label="—"
    )
    topics = forms.MultipleChoiceField(label=_("Topics"), required=False, widget=Checkboxes)
    send_at = MomentField(label=_("When it goes out"), help_text=_("Empty: as soon as it is released."))
    revision = RevisionField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].queryset = Department.objects.active()  # type: ignore[attr-defined]
        topics = queries.topics()
        if topics:
            self.fields["topics"].choices = topics  # type: ignore[attr-defined]
        else:
            del self.fields["topics"]
        for code in queries.LANGUAGES:
            self.fields[f"title_{code}"] = forms.CharField(label=_("Title"), max_length=TITLE_MOST, required=False)
            self.fields[f"summary_{code}"] = TypedTextField(
                label=_("What is told"),
                most=SUMMARY_MOST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
                help_text=_("The first version of every channel is made of it."),
            )
            self.fields[f"url_{code}"] = forms.CharField(
                label=_("Address to read on"),
                max_length=URL_MOST,
                required=False,
                help_text=_("https://name/path, or /path for a page of this site."),
            )

    @property
    def languages(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """(language, its name, fields)."""
        names = ("title", "summary", "url")
        return [
            (code, words.language_name(code), [self[f"{name}_{code}"] for name in names]) for code in queries.LANGUAGES
        ]

    @property
    def texts(self) -> dict[str, Text]:
        """Language to words; a language without any is left out."""
        found = {
            code: Text(*(clean_text(self.cleaned_data[f"{name}_{code}"]) for name in ("title", "summary", "url")))
            for code in queries.LANGUAGES
        }
        return {code: text for code, text in found.items() if text.title or text.summary or text.url}


class ChannelsForm(forms.Form):
    """On which channels an item goes, in which languages."""

    pairs = forms.MultipleChoiceField(label=_("Channels"), required=False, widget=Checkboxes)
    revision = RevisionField(required=False)

    def __init__(self, *args: Any, channels: list[Channel], languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pairs"].choices = [  # type: ignore[attr-defined]
            (f"{channel.pk}:{code}", f"{channel} · {words.language_name(code)}")
            for channel in channels
            for code in languages
        ]

    @property
    def chosen(self) -> list[tuple[int, str]]:
        """(channel, language) pairs."""
        pairs = (pair.partition(":") for pair in self.cleaned_data["pairs"])
        return [(int(pk), code) for pk, _colon, code in pairs]


class VariantForm(forms.Form):
    """The words for one channel."""

    title = forms.CharField(label=_("Title"), max_length=500, required=False)
    body = TypedTextField(label=_("Text"), most=BODY_MOST, required=False, widget=forms.Textarea)
    send_at = MomentField(label=_("Another moment for this channel"), help_text=_("Empty: with the others."))
    revision = RevisionField(required=False)

    def __init__(self, *args: Any, variant: Variant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form, profile = variant.channel.form, variant.channel.profile
        self.fields["body"].widget.attrs["rows"] = 14 if form in (rules.ARTICLE, rules.MAIL) else 6
        if form in (rules.ARTICLE, rules.MAIL):
            self.fields["body"].help_text = _("## heading, - list, **bold**, > quotation, [words](https://address)")
        _count_on(self.fields["body"], "body", profile.body)
        if form in rules.WITHOUT_TITLE:
            del self.fields["title"]
        else:
            _count_on(self.fields["title"], "title", profile.title)


def _count_on(field: forms.Field, name: str, limit: rules.Limit) -> None:
    """Let the page's module count while somebody types; the sentences come along."""
    field.widget.attrs |= {
        "data-behaviour": "count-text",
        "data-counter": f"count-{name}",
        "data-measure": limit.measure,
        "data-most": str(limit.most),
        "data-link-units": str(limit.link_units),
        "data-fits": str(words.COUNTS[limit.measure]),
        "data-over": str(words.OVER[limit.measure]),
        "data-signs": str(words.CHINESE_UNITS.get(limit.measure, 1)),
        "aria-describedby": f"count-{name}",
    }


class ChannelForm(forms.ModelForm):
    """A channel: its row, and what its adapter asks for."""

    class Meta:
        model = Channel
        fields = [
            "code", "name_zh", "name_en", "enabled", "measure", "most", "title_most", "link_units", "opens", "closes",
            "position",
        ]  # fmt: skip
        widgets = {
            "opens": forms.TimeInput(attrs={"type": "time", "class": "input w-s"}, format="%H:%M"),
            "closes": forms.TimeInput(attrs={"type": "time", "class": "input w-s"}, format="%H:%M"),
        }
        help_texts = {
            "opens": _("Local time. Without both, every hour will do."),
            "link_units": _("What the channel counts for a web address, however long it is; 0: as it is written."),
        }

    def __init__(
        self,
        *args: Any,
        adapter: adapters.Adapter,
        form_code: str,
        config: dict[str, Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.adapter = adapter
        for name, most in (("most", 1_000_000), ("title_most", 10_000), ("link_units", 1_000), ("position", 10_000)):
            self.fields[name].validators.append(MaxValueValidator(most))
        if self.instance.pk:
            del self.fields["code"]
        if form_code in rules.WITHOUT_TITLE:
            del self.fields["title_most"]
        for asked in adapter.fields:
            hint = asked.hint
            if asked.secret and config.get(asked.code):
                hint = _("There is one. Empty: it stays; typed: it is replaced at once.")
            self.fields[f"config_{asked.code}"] = forms.CharField(
                label=asked.label,
                help_text=hint,
                required=False,
                max_length=50_000,
                widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})
                if asked.multiline
                else forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
                initial="" if asked.secret else config.get(asked.code, ""),
            )

    def _post_clean(self) -> None:
        """The action checks the row and keeps it; the model's own check would write into the instance."""

    def tell(self, refusal: Refused) -> None:
        """Say a refusal beside the field that it is about."""
        asked = {str(field.label): f"config_{field.code}" for field in self.adapter.fields}
        places = {
            "channel_secret_short": "config_secret",
            "channel_addresses": "config_addresses",
            "channel_address_wrong": "config_addresses",
            "channel_limit": "most",
            "channel_code_taken": "code",
            "channel_field_missing": asked.get(str(refusal.values.get("field", "")), ""),
        }
        place = "config_url" if refusal.code.startswith("outbound_") else places.get(refusal.code, "")
        self.add_error(place if place in self.fields else None, refusal_message(refusal))

    @property
    def row(self) -> dict[str, Any]:
        """What the row says."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("config_")}

    @property
    def config(self) -> dict[str, str]:
        """What the adapter asked for."""
        return {asked.code: self.cleaned_data[f"config_{asked.code}"] for asked in self.adapter.fields}


class NewChannelForm(forms.Form):
    """What carries a new channel, and in which form."""

    kind = forms.ChoiceField(label=_("What carries it, and in which form"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Channel.Form.choices)
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (adapter.label, [(f"{adapter.code}:{form}", labels[form]) for form in adapter.forms])
            for adapter in adapters.registered()
        ]

    @property
    def pair(self) -> tuple[str, str]:
        """Adapter and form."""
        adapter, _colon, form = self.cleaned_data["kind"].partition(":")
        return adapter, form


class ImportForm(forms.Form):
    """A table of messages, and the channel they come from."""

    channel = forms.CharField(
        label=_("Channel"), max_length=57, help_text=_("A short name that stays, like weibo or wechat.")
    )
    file = forms.FileField(
        label=_("CSV file"),
        error_messages={"required": _("Choose a file"), "empty": _("The file is empty")},
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )

    def clean_file(self) -> UploadedFile:
        """Refuse what is larger than any table of the allowed rows."""
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > 20 * 1024 * 1024:
            raise forms.ValidationError(_("The file is larger than 20 MB"))
        return file
