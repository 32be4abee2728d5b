"""Releases in the public API."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest
from django.utils import timezone, translation
from ninja import Query, Router, Schema

from engage.accounts.actors import ANYONE
from engage.outreach.press import queries

router = Router(tags=["press"])


class Language(Schema):
    """In which language: `zh-hans` or `en`."""

    language: str = "zh-hans"

    @property
    def code(self) -> str:
        """The language asked for if there is such a one, else Chinese."""
        return "en" if self.language.startswith("en") else "zh-hans"


class ItemOut(Schema):
    """A release (`routine`, `short`, `emergency`) or a signed article (`article`)."""

    kind: str
    title: str
    summary: str
    url: str
    published_at: datetime
    department: str
    byline: str


class BlockOut(Schema):
    """One part of the text: `heading`, `paragraph`, `list` or `quote`."""

    kind: str
    lines: list[str]


class FactOut(Schema):
    """One line of the box of facts."""

    name: str
    value: str


class CorrectionOut(Schema):
    """What was corrected, and when."""

    at: datetime
    text: str


class LinkOut(Schema):
    """What a release points to."""

    title: str
    url: str


class FileOut(Schema):
    """A picture or document."""

    name: str
    media_type: str
    size: int
    sha256: str
    description: str
    url: str


class ReleaseOut(Schema):
    """One release; `sha256` is that of the content that was signed."""

    slug: str
    kind: str
    number: int
    language: str
    department: str
    topics: list[str]
    published_at: datetime
    sha256: str
    dateline: str
    title: str
    lead: str
    contact: str
    body: list[BlockOut]
    facts: list[FactOut]
    corrections: list[CorrectionOut]
    related: list[LinkOut]
    files: list[FileOut]


@router.get("", response=list[ItemOut])
def list_press(request: HttpRequest, language: Query[Language]) -> list[ItemOut]:
    """List the 100 newest releases and signed articles."""
    with translation.override(language.code):
        return [
            ItemOut(
                kind=item.kind,
                title=item.title,
                summary=item.summary,
                url=item.url,
                published_at=item.at,
                department=item.department,
                byline=item.byline,
            )
            for item in queries.newest(limit=100, now=timezone.now())
        ]


@router.get("{slug:slug}", response=ReleaseOut)
def one_release(request: HttpRequest, slug: str, language: Query[Language]) -> ReleaseOut:
    """Return one release."""
    now = timezone.now()
    with translation.override(language.code):
        row = queries.edition(slug, actor=ANYONE, now=now)
        if row is None:
            raise Http404
        return ReleaseOut(**queries.as_data(row, language.code, now))
