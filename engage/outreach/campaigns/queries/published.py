"""What the public reads of campaigns: only what was released, and what other rooms publish about the same topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from engage.accounts.actors import ANYONE, Actor
from engage.calendars.observances import OBSERVANCES
from engage.outreach.campaigns import registry, rules
from engage.outreach.campaigns.models import Campaign, Part, Voice
from engage.participation.queries import public_signature

# A page shows so many voices, the newest, and so many things of each kind.
VOICES_SHOWN = 100
COLLECTED = 12


@dataclass(frozen=True)
class ShownPart:
    """One part in one language; of a linked one only title, address and summary of what it points to."""

    id: int
    kind: str
    heading: str = ""
    body: str = ""
    byline: str = ""
    source: str = ""
    affiliation: str = ""
    interest: str = ""
    dated: date | None = None
    url: str = ""
    link_title: str = ""
    link_url: str = ""
    link_summary: str = ""

    @property
    def kind_label(self) -> str:
        """What kind it is, in the active language."""
        return str(Part.Kind(self.kind).label)

    @property
    def is_expert(self) -> bool:
        """Whether an expert wrote it, so that an interest is declared."""
        return self.kind == rules.EXPERT


@dataclass(frozen=True)
class ShownCampaign:
    """A built or released content in one language."""

    content: Mapping[str, Any]
    language: str
    parts: tuple[ShownPart, ...]

    @property
    def slug(self) -> str:
        """Its part of the address."""
        return self.content["slug"]

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Title, summary and audience."""
        return self.content["texts"].get(self.language, {})

    @property
    def title(self) -> str:
        """The title."""
        return self.words.get("title", "")

    @property
    def summary(self) -> str:
        """What it is about."""
        return self.words.get("summary", "")

    @property
    def url(self) -> str:
        """The path of its page in the active language."""
        return reverse("campaign", args=[self.slug])

    @property
    def guid(self) -> str:
        """The name of its entry in feeds."""
        return f"campaign-{self.slug}"

    @property
    def day(self) -> date:
        """The day itself."""
        return date.fromisoformat(self.content["day"])

    @property
    def first(self) -> date:
        """The day it begins on."""
        return date.fromisoformat(self.content["first"])

    @property
    def last(self) -> date:
        """The day it ends on."""
        return date.fromisoformat(self.content["last"])

    @property
    def department(self) -> str:
        """Whose it is."""
        return self.content["department"].get(self.language, "")

    @property
    def observance(self) -> str:
        """The name of its observance; empty for a day of its own."""
        return observance_name(self.content["observance"])

    @property
    def audience(self) -> list[str]:
        """The groups it is for."""
        return [tag[self.language] for tag in self.content["audience"]]

    @property
    def question(self) -> ShownPart | None:
        """The part in which it asks people for their words."""
        return next((part for part in self.parts if part.kind == rules.AUDIENCE), None)

    def is_past(self, today: date) -> bool:
        """Tell whether its last day is over."""
        return today > self.last


def observance_name(key: str) -> str:
    """Name an observance in the active language; empty for none."""
    english = (get_language() or "").startswith("en")
    return next((one.name_en if english else one.name_zh for one in OBSERVANCES if one.key == key), "")


def published(slug: str, *, actor: Actor) -> Campaign | None:
    """Return a released campaign; None when there is none to see. Who works here sees no more than everybody."""
    found = Campaign.objects.visible_to(actor).filter(slug=slug, published_at__isnull=False)
    return found.select_related("department").first()


def shown(content: Mapping[str, Any], language: str, *, gone: frozenset[int] = frozenset()) -> ShownCampaign:
    """Return a content in one language; parts that are `gone` point to what is hidden by now and are left out."""
    parts = tuple(_part(part, language) for part in content["parts"] if part["id"] not in gone)
    return ShownCampaign(content, language, parts)


def _part(part: Mapping[str, Any], language: str) -> ShownPart:
    if link := part["link"]:
        return ShownPart(
            part["id"],
            part["kind"],
            link_title=link["titles"].get(language, ""),
            link_url=link["urls"].get(language, ""),
            link_summary=link["summaries"].get(language, ""),
        )
    words = part["texts"].get(language, {})
    dated = date.fromisoformat(part["dated"]) if part["dated"] else None
    return ShownPart(part["id"], part["kind"], dated=dated, url=part["url"], **words)


def hidden_links(content: Mapping[str, Any], language: str) -> frozenset[int]:
    """Return the parts that point to something a stranger may not read any more."""
    return frozenset(
        part["id"] for part in content["parts"] if part["link"] and not _is_readable(part["link"], language)
    )


def _is_readable(link: Mapping[str, Any], language: str) -> bool:
    source = registry.source(link["source"])
    if source is None or source.find is None:
        return False
    return source.find(link["key"], actor=ANYONE, language=language) is not None


def question_of(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the part in which a campaign asks people for their words; None when it does not."""
    return next((part for part in content.get("parts", ()) if part["kind"] == rules.AUDIENCE), None)


@dataclass(frozen=True)
class Group:
    """The things of one source that a campaign collects."""

    label: str
    items: list[registry.Item]


def collected(content: Mapping[str, Any], language: str) -> list[Group]:
    """Return what other rooms publish about the topics of a campaign, asked anew each time, as a stranger."""
    if not content["topics"]:
        return []
    groups = []
    for source in registry.sources():
        items = source.collect(content["topics"], actor=ANYONE, language=language, limit=COLLECTED)
        if items:
            groups.append(Group(str(source.label), list(items)))
    return groups


@dataclass(frozen=True)
class ShownVoice:
    """What somebody said, as anybody may read it."""

    id: int
    text: str
    language: str
    signature: str
    signature_language: str
    created_at: datetime


def voices(campaign: Campaign, *, actor: Actor) -> list[ShownVoice]:
    """Return what people said, with personal data hidden, the newest first."""
    found = (
        Voice.objects.visible_to(actor)
        .filter(campaign=campaign, moderation_state="published", submission__state="active")
        .select_related("submission")
        .order_by("-created_at", "-pk")[:VOICES_SHOWN]
    )
    return [
        ShownVoice(
            id=row.pk,
            text=row.public_text,
            language=row.language,
            signature=public_signature(row.submission),
            signature_language=row.language if row.submission.signature else "",
            created_at=row.created_at,
        )
        for row in found
    ]


@dataclass(frozen=True)
class Listed:
    """A released campaign in a list, a feed or a calendar."""

    campaign: Campaign
    shown: ShownCampaign


def entries(*, language: str, limit: int = 200) -> list[Listed]:
    """Return the released campaigns in one language, the latest day first."""
    found = Campaign.objects.visible_to(ANYONE).filter(published_at__isnull=False).order_by("-published_at", "-pk")
    listed = [Listed(campaign, shown(campaign.content, language)) for campaign in found[:limit]]
    return sorted(listed, key=lambda one: one.shown.day, reverse=True)


def as_data(content: Mapping[str, Any], language: str, *, published_at: datetime | None) -> dict[str, Any]:
    """Return a content as plain data in one language, for the API."""
    one = shown(content, language)
    return {
        "slug": one.slug,
        "language": language,
        "title": one.title,
        "summary": one.summary,
        "audience": [tag["code"] for tag in content["audience"]],
        "for_whom": one.words.get("audience", ""),
        "observance": content["observance"],
        "day": content["day"],
        "first_day": content["first"],
        "last_day": content["last"],
        "department": content["department"]["code"],
        "topics": content["topics"],
        "published_at": published_at.isoformat() if published_at else None,
        "parts": [
            {
                "kind": part.kind,
                "heading": part.heading,
                "body": part.body,
                "byline": part.byline,
                "source": part.source,
                "affiliation": part.affiliation,
                "interest": part.interest,
                "dated": part.dated.isoformat() if part.dated else None,
                "url": part.url,
                "link_title": part.link_title,
                "link_url": part.link_url,
            }
            for part in one.parts
        ],
    }


def gap_url(campaign_id: int, gap: rules.Missing) -> str:
    """Return the address where a gap is closed."""
    if gap.part:
        return reverse("campaign_part", args=[campaign_id, gap.part])
    if gap.code == "campaign_words_missing":
        return reverse("campaign_edit", args=[campaign_id])
    return reverse("campaign_builder", args=[campaign_id])
