"""What the public reads of packs, and where clauses are explained."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from consultations.defined import link_terms
from consultations.models import Clause, Consultation, ConsultationPage, Version
from consultations.outcomes.queries.rows import in_language
from consultations.packs.models import Block, Pack, Reaction
from consultations.packs.words import kind_label
from consultations.queries import Article, Text, published_version, text_of
from engage.accounts.actors import ANYONE, Actor
from engage.participation.queries import public_signature

# A page of a pack shows so many reactions, the newest.
REACTIONS_SHOWN = 100


@dataclass(frozen=True)
class ShownClause:
    """A clause beside a block; `slug` is its part of the address in the text the public reads now, else empty."""

    article: Article
    slug: str


@dataclass(frozen=True)
class ShownBlock:
    """One block in one language. `translated`: the reader gets the editors' translation of an expert's words."""

    id: int
    kind: str
    kind_label: str
    heading: str
    body: str
    byline: str
    source: str
    affiliation: str
    interest: str
    no_interest: bool
    original: str
    translated: bool
    dated: date | None
    url: str
    clauses: list[ShownClause] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Its heading, else what kind it is."""
        return self.heading or self.kind_label

    @property
    def is_expert(self) -> bool:
        """Whether an expert wrote it, so that an interest is declared."""
        return self.kind == Block.Kind.EXPERT


@dataclass(frozen=True)
class ShownReaction:
    """What a reader said, as anybody may read it."""

    id: int
    text: str
    language: str
    signature: str
    signature_language: str
    channel: str
    created_at: datetime
    clause: ShownClause | None


@dataclass(frozen=True)
class Reading:
    """The text a pack explains, in the reader's language, and where each of its articles stands now."""

    text: Text
    slugs: dict[int, str]

    @property
    def articles(self) -> dict[str, Article]:
        """Key to article."""
        return {article.key: article for article in self.text.articles}

    def clause(self, key: str) -> ShownClause | None:
        """Return the clause of a key with its place in the text of today."""
        article = self.articles.get(key)
        return None if article is None else ShownClause(article, self.slugs.get(article.clause_id, ""))


def published_packs(*, actor: Actor) -> QuerySet[Pack]:
    """Return the published packs the actor may see, the newest first."""
    found = Pack.objects.visible_to(actor).filter(state=Pack.State.PUBLISHED)
    return found.select_related("consultation__department", "version").order_by("-published_at", "-number")


def published(slug: str, *, actor: Actor, number: int | None = None) -> Pack | None:
    """Return the newest published pack of a call, or the one of a number; None when there is none to see."""
    found = published_packs(actor=actor).filter(consultation__slug=slug)
    return (found if number is None else found.filter(number=number)).first()


def others(pack: Pack, *, actor: Actor) -> list[Pack]:
    """Return the other published packs of the same call."""
    found = published_packs(actor=actor).filter(consultation=pack.consultation_id).exclude(pk=pack.pk)
    return list(found.defer("content"))


def published_slugs() -> list[str]:
    """Return the calls with a pack that everybody may read."""
    found = Pack.objects.visible_to(ANYONE).order_by("consultation__slug")
    return list(found.values_list("consultation__slug", flat=True).distinct())


def reading(pack: Pack, language: str) -> Reading:
    """Return the text a pack explains, and the addresses of its articles in the text of today."""
    text = text_of(pack.version, language=language, with_counts=False)
    now = published_version(pack.consultation)
    if now is None:
        return Reading(text, {})
    if now.pk == pack.version_id:
        link_terms(text)
        return Reading(text, {article.clause_id: article.slug for article in text.articles})
    return Reading(text, _slugs_now(pack.version, now))


def _slugs_now(version: Version, now: Version) -> dict[int, str]:
    """Return clause id to the address of the clause that carries it on in another version."""
    carried = Clause.objects.filter(version=now, stable_id=OuterRef("stable_id")).values("key")[:1]
    rows = Clause.objects.filter(version=version).annotate(now=Subquery(carried)).exclude(now=None)
    return {pk: key.replace("_", "-") for pk, key in rows.order_by().values_list("pk", "now")}


def shown(content: dict[str, Any], language: str, reading: Reading) -> list[ShownBlock]:
    """Return the blocks of a built or frozen content in one language."""
    return [_shown(block, language, reading) for block in content["blocks"]]


def _shown(block: dict[str, Any], language: str, reading: Reading) -> ShownBlock:
    texts = block["texts"]
    words = {name: in_language(_each(texts, name), language) for name in ("body", "byline", "source", "affiliation")}
    return ShownBlock(
        id=block["id"],
        kind=block["kind"],
        kind_label=kind_label(block["kind"]),
        heading=texts.get(language, {}).get("heading", ""),
        **words,
        interest=in_language(_each(texts, "interest"), language),
        no_interest=bool(block["no_interest"]),
        original=block["original"],
        translated=bool(block["original"]) and block["original"] != language,
        dated=date.fromisoformat(block["dated"]) if block["dated"] else None,
        url=block["url"],
        clauses=[clause for key in block["clauses"] if (clause := reading.clause(key))],
    )


def _each(texts: dict[str, dict[str, str]], name: str) -> dict[str, str]:
    return {language: words[name] for language, words in texts.items() if words.get(name)}


def reactions(pack: Pack, reading: Reading, *, actor: Actor) -> list[ShownReaction]:
    """Return what readers said to a pack or to an edition of it before, masked, the newest first."""
    found = (
        Reaction.objects.visible_to(actor)
        .filter(pack__version=pack.version_id, moderation_state="published", submission__state="active")
        .select_related("submission", "clause")
        .order_by("-created_at", "-pk")[:REACTIONS_SHOWN]
    )
    return [
        ShownReaction(
            id=row.pk,
            text=row.public_text,
            language=row.language,
            signature=public_signature(row.submission),
            signature_language=row.language if row.submission.signature else "",
            channel=row.submission.channel,
            created_at=row.created_at,
            clause=reading.clause(row.clause.key) if row.clause else None,
        )
        for row in found
    ]


@dataclass(frozen=True)
class Explanation:
    """Where a clause is explained: the kind of block, the pack's number in the call, the block's place on its page."""

    kind_label: str
    number: int
    block: int


def explained_in(consultation: Consultation) -> dict[int, list[Explanation]]:
    """Return clause id to where it is explained, for clauses of every version of a call's texts.

    A clause that carries an explained one on is explained too. One query while nothing is, two when something is,
    whatever the size of the texts.
    """
    links = (
        Block.clauses.through.objects.filter(
            block__pack__state=Pack.State.PUBLISHED, block__pack__consultation=consultation
        )
        .order_by("block__pack__number", "block__position", "block_id")
        .values_list("clause__stable_id", "block_id", "block__kind", "block__pack__number")
    )
    by_clause: dict[Any, list[Explanation]] = defaultdict(list)
    for stable_id, block, kind, number in links:
        by_clause[stable_id].append(Explanation(kind_label(kind), number, block))
    if not by_clause:
        return {}
    rows = Clause.objects.filter(version__draft__consultation=consultation, stable_id__in=list(by_clause)).order_by()
    return {pk: by_clause[stable_id] for pk, stable_id in rows.values_list("pk", "stable_id")}


@dataclass(frozen=True)
class Entry:
    """One published pack in a list or a feed, with the page of its call."""

    pack: Pack
    page: ConsultationPage
    background: str


def entries(*, language: str, limit: int) -> list[Entry]:
    """Return the newest published packs with the words of the call's page in one language."""
    packs = list(published_packs(actor=ANYONE)[:limit])
    pages = {
        page.consultation_id: page
        for page in ConsultationPage.objects.visible_to(ANYONE).filter(
            consultation__in=[pack.consultation_id for pack in packs], locale__language_code=language
        )
    }
    return [
        Entry(pack, pages[pack.consultation_id], background_of(pack, language))
        for pack in packs
        if pack.consultation_id in pages
    ]


def background_of(pack: Pack, language: str) -> str:
    """Return the words of the first required block."""
    first = next((block for block in pack.content["blocks"] if block["kind"] == Block.Kind.BACKGROUND), None)
    return in_language(_each(first["texts"], "body"), language) if first else ""


def words_as_data(pack: Pack, language: str, text: Reading) -> dict[str, Any]:
    """Return the words of a pack as plain data in one language."""
    return {
        "call": pack.content["call"],
        "number": pack.number,
        "about": pack.about,
        "version": pack.content["version"],
        "language": language,
        "blocks": [
            {
                "kind": block.kind,
                "heading": block.heading,
                "body": block.body,
                "byline": block.byline,
                "source": block.source,
                "affiliation": block.affiliation,
                "interest": block.interest,
                "no_interest": block.no_interest if block.is_expert else None,
                "written_in": block.original or None,
                "dated": block.dated,
                "url": block.url,
                "clauses": [clause.article.key for clause in block.clauses],
            }
            for block in shown(pack.content, language, text)
        ],
    }


def as_data(pack: Pack, language: str) -> dict[str, Any]:
    """Return a published pack with what readers said as plain data in one language, for the API."""
    text = reading(pack, language)
    return words_as_data(pack, language, text) | {
        "sha256": pack.content_hash,
        "published_at": pack.published_at,
        "reactions": [
            {
                "id": row.id,
                "text": row.text,
                "language": row.language,
                "signature": row.signature,
                "channel": row.channel,
                "created_at": row.created_at,
                "clause": row.clause.article.key if row.clause else "",
            }
            for row in reactions(pack, text, actor=ANYONE)
        ],
    }
