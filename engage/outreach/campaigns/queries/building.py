"""A campaign as one plain structure, which is signed, published and shown; what it lacks, and how it goes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import ANYONE
from engage.outreach.campaigns import ics, registry, rules
from engage.outreach.campaigns.models import Campaign, Part
from engage.outreach.campaigns.queries.published import as_data, gap_url, shown
from engage.outreach.campaigns.words import missing_sentence
from engage.publishing.form_labels import API, FEED, PAGE
from engage.publishing.registry import Form

LANGUAGES = tuple(settings.LANGUAGE_PATHS)
WORDS = ("title", "summary", "audience")
TEXT_FIELDS = ("heading", "body", "byline", "source", "affiliation", "interest")


@dataclass(frozen=True)
class Built:
    """A campaign as it would be published now, what is there of its nine parts, and what is missing."""

    content: dict[str, Any]
    gauges: list[rules.Gauge]
    missing: list[rules.Missing]

    @property
    def hash(self) -> str:
        """SHA-256 of the content in its one written form (JSON, sorted keys, UTF-8)."""
        return hashlib.sha256(_written(self.content)).hexdigest()

    @property
    def full(self) -> int:
        """How many of the nine are there in every language."""
        return sum(gauge.is_full for gauge in self.gauges)


def _written(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def build(campaign: Campaign) -> Built:
    """Build the content of a campaign from its rows."""
    parts = [_part(part) for part in campaign.parts.prefetch_related("texts").order_by("position", "pk")]
    texts = {text.language: {name: getattr(text, name) for name in WORDS} for text in campaign.texts.all()}
    department = campaign.department
    content = {
        "slug": campaign.slug,
        "observance": campaign.observance,
        "day": campaign.day.isoformat(),
        "first": campaign.first_day.isoformat(),
        "last": campaign.last_day.isoformat(),
        "department": {"code": department.code, "zh-hans": department.name_zh, "en": department.name_en},
        "topics": sorted(campaign.topics.values_list("code", flat=True)),
        "audience": [{"code": tag.code, "zh-hans": tag.name_zh, "en": tag.name_en} for tag in campaign.audience.all()],
        "texts": texts,
        "parts": parts,
    }
    return Built(content, rules.gauges(parts, LANGUAGES), rules.missing(texts, parts, LANGUAGES))


def _part(part: Part) -> dict[str, Any]:
    linked = part.is_linked
    return {
        "id": part.pk,
        "kind": part.kind,
        "dated": part.dated.isoformat() if part.dated and not linked else "",
        "url": "" if linked else part.url,
        "link": _link(part) if linked else None,
        "texts": {}
        if linked
        else {text.language: {name: getattr(text, name) for name in TEXT_FIELDS} for text in part.texts.all()},
    }


def _link(part: Part) -> dict[str, Any]:
    """Return what a part points to, as everybody may read it, in each language in which it has words."""
    link: dict[str, Any] = {
        "source": part.source_code, "key": part.source_key, "titles": {}, "urls": {}, "summaries": {},
    }  # fmt: skip
    source = registry.source(part.source_code)
    if source is None or source.find is None:
        return link
    for language in LANGUAGES:
        with translation.override(language):
            item = source.find(part.source_key, actor=ANYONE, language=language)
        if item is not None:
            link["titles"][language], link["urls"][language] = item.title, item.url
            link["summaries"][language] = item.summary
    return link


def writers(campaign: Campaign) -> set[int]:
    """Return who wrote in it; none of them may sign."""
    return set(campaign.writers.values_list("pk", flat=True))


_EVENT = {
    "zh-hans": pgettext_lazy("outgoing form", "calendar entry in Chinese"),
    "en": pgettext_lazy("outgoing form", "calendar entry in English"),
}


def outgoing_forms(campaign: Campaign) -> list[Form]:
    """Return every form in which a campaign goes out, made by the code that makes what the public gets.

    The moment of publication, which nobody knows yet, is left out of them.
    """
    content = build(campaign).content
    forms: list[Form] = []
    for language in LANGUAGES:
        with translation.override(language):
            one = shown(content, language)
            page = render_to_string("campaigns/body.html", {"shown": one}).encode()
            entry = {"title": one.title, "description": one.summary, "link": one.url, "guid": one.guid}
            event = ics.one(ics.event_of(content, language, stamp=None), name=one.title)
            data = as_data(content, language, published_at=None)
        forms += [
            Form(f"page:{language}", PAGE[language], "text/html", page, language=language),
            Form(f"feed:{language}", FEED[language], "application/json", _written(entry), language=language),
            Form(f"event:{language}", _EVENT[language], "text/calendar", event, language=language),
            Form(f"api:{language}", API[language], "application/json", _written(data), language=language),
        ]
    return forms


def lacks(campaign: Campaign) -> list[tuple[str, str]]:
    """Return what is missing before it may be handed in: a sentence and where to close the gap."""
    return [(missing_sentence(gap), gap_url(campaign.pk, gap)) for gap in build(campaign).missing]


def title(campaign: Campaign) -> str:
    """Name a campaign for the gate."""
    return _("Campaign: %(title)s") % {"title": campaign.title}
