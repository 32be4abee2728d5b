"""Words for templates: times left, closing days, chips."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms, template
from django.forms.boundfield import BoundField
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.queries import Call, DraftLink
from consultations.rules import time_left
from consultations.words import closing_day
from engage.pages.translation import HTML_LANG
from engage.participation.personal_data import Finding
from engage.participation.words import channel_name

register = template.Library()
register.filter(channel_name)
register.filter(closing_day)


@register.filter
def time_left_words(call: Call) -> str:
    """Say what is left: "3 days left", in the last day hours, in the last hour minutes."""
    left = time_left(call.consultation.closes_at, timezone.now(), timezone.get_current_timezone())
    if left.days:
        return ngettext("%(n)d day left", "%(n)d days left", left.days) % {"n": left.days}
    if left.hours:
        return ngettext("%(n)d hour left", "%(n)d hours left", left.hours) % {"n": left.hours}
    return ngettext("%(n)d minute left", "%(n)d minutes left", left.minutes) % {"n": left.minutes}


@register.simple_tag
def draft_url(slug: str, link: DraftLink) -> str:
    """Return where a text of a call is read; its first one has no name."""
    return reverse("draft_named", args=[slug, link.slug]) if link.slug else reverse("draft", args=[slug])


@register.filter
def urgency(call: Call) -> str:
    """Return the chip's state: `warn` in the last three days."""
    return time_left(call.consultation.closes_at, timezone.now(), timezone.get_current_timezone()).urgency


@register.filter
def stance_chip(stance: str) -> str:
    """Return the chip state of a stance; the word beside it carries the meaning."""
    return {"support": "ok", "change": "warn", "oppose": "bad"}.get(stance, "info")


@register.filter
def moderation_chip(state: str) -> str:
    """Return the chip state of a moderation state."""
    return {"published": "ok", "held": "info", "rejected": "bad"}.get(state, "warn")


@register.filter
def html_lang(code: str) -> str:
    """Return the HTML language of a language code."""
    return HTML_LANG.get(code, code)


def personal_kind(kind: str) -> str:
    """Name a kind of personal data."""
    names = {
        "resident_id": _("an ID number"),
        "passport": _("a passport number"),
        "mobile": _("a mobile number"),
        "landline": _("a telephone number"),
        "bank_card": _("a bank card number"),
        "plate": _("a number plate"),
        "email": _("an e-mail address"),
        "address": _("a home address"),
    }
    return names.get(kind, kind)


@register.filter
def personal_kinds(findings: Iterable[Finding]) -> list[str]:
    """Name the kinds of personal data that were found, each once, in the order of the text."""
    return list(dict.fromkeys(personal_kind(finding.kind) for finding in findings))


@register.filter
def field(form: forms.Form, name: str) -> BoundField:
    """Return a form's field by name."""
    return form[name]


@register.filter
def split_words(text: str) -> list[str]:
    """Split a literal list of names."""
    return text.split()
