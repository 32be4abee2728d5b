"""Published packs in the public API."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.utils import translation
from ninja import Query, Router, Schema

from consultations.api import Language
from consultations.packs import queries
from engage.accounts.actors import ANYONE

router = Router(tags=["interpretations"])


class PackEntryOut(Schema):
    """One published interpretation: of the `draft` or of the `final` document of a call."""

    call: str
    title: str
    number: int
    about: str
    version: int
    published_at: datetime


class PackBlockOut(Schema):
    """One block; `clauses` are keys of the version explained.

    Of expert commentary: `interest` is what the expert declared, `no_interest` that none was declared expressly,
    `written_in` the language of the original.
    """

    kind: str
    heading: str
    body: str
    byline: str
    source: str
    affiliation: str
    interest: str
    no_interest: bool | None
    written_in: str | None
    dated: date | None
    url: str
    clauses: list[str]


class ReactionOut(Schema):
    """What a reader said, after moderation, with personal data hidden; `clause` is a key or empty."""

    id: int
    text: str
    language: str
    signature: str
    channel: str
    created_at: datetime
    clause: str


class PackOut(Schema):
    """One published interpretation; `sha256` is that of the content that was signed."""

    call: str
    number: int
    about: str
    version: int
    language: str
    sha256: str
    published_at: datetime
    blocks: list[PackBlockOut]
    reactions: list[ReactionOut]


@router.get("", response=list[PackEntryOut])
def list_interpretations(request: HttpRequest, language: Query[Language]) -> list[PackEntryOut]:
    """List the 100 interpretations published last."""
    with translation.override(language.code):
        return [
            PackEntryOut(
                call=entry.pack.consultation.slug,
                title=entry.page.title,
                number=entry.pack.number,
                about=entry.pack.about,
                version=entry.pack.version.number,
                published_at=entry.pack.published_at,
            )
            for entry in queries.entries(language=language.code, limit=100)
        ]


@router.get("{slug:slug}", response=PackOut)
def one_interpretation(request: HttpRequest, slug: str, language: Query[Language]) -> PackOut:
    """Return the newest published interpretation of a call."""
    with translation.override(language.code):
        found = queries.published(slug, actor=ANYONE)
        if found is None:
            raise Http404
        return PackOut(**queries.as_data(found, language.code))
