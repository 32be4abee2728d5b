"""Released campaigns in the public API."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.utils import translation
from ninja import Query, Router, Schema

from engage.accounts.actors import ANYONE
from engage.outreach.campaigns import queries

router = Router(tags=["campaigns"])


class Language(Schema):
    """In which language: `zh-hans` or `en`."""

    language: str = "zh-hans"

    @property
    def code(self) -> str:
        """The language asked for if there is such a one, else Chinese."""
        return "en" if self.language.startswith("en") else "zh-hans"


class CampaignPartOut(Schema):
    """One part; a linked one has only `link_title` and `link_url`. `interest` is what an expert declared."""

    kind: str
    heading: str
    body: str
    byline: str
    source: str
    affiliation: str
    interest: str
    dated: date | None
    url: str
    link_title: str
    link_url: str


class CampaignEntryOut(Schema):
    """One campaign; `observance` is the code of the observance it is around, or empty."""

    slug: str
    title: str
    summary: str
    observance: str
    day: date
    first_day: date
    last_day: date
    department: str
    topics: list[str]
    published_at: datetime | None


class CampaignOut(CampaignEntryOut):
    """One campaign with its parts; `audience` are codes of groups, `for_whom` says it in a sentence."""

    language: str
    audience: list[str]
    for_whom: str
    parts: list[CampaignPartOut]


@router.get("", response=list[CampaignEntryOut])
def list_campaigns(request: HttpRequest, language: Query[Language]) -> list[CampaignEntryOut]:
    """List the 100 campaigns published last, the latest day first."""
    with translation.override(language.code):
        found = queries.entries(language=language.code, limit=100)
        return [
            CampaignEntryOut(
                **queries.as_data(one.campaign.content, language.code, published_at=one.campaign.published_at)
            )
            for one in found
        ]


@router.get("{slug:slug}", response=CampaignOut)
def one_campaign(request: HttpRequest, slug: str, language: Query[Language]) -> CampaignOut:
    """Return one campaign."""
    with translation.override(language.code):
        found = queries.published(slug, actor=ANYONE)
        if found is None:
            raise Http404
        return CampaignOut(**queries.as_data(found.content, language.code, published_at=found.published_at))
