"""A pack as one plain structure, which is hashed, signed, published and shown, and what is missing in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from consultations.outcomes.models import Outcome
from consultations.outcomes.queries.building import LANGUAGES, content_hash
from consultations.packs import rules
from consultations.packs.models import Block, Pack

TEXT_FIELDS = ("heading", "body", "byline", "source", "affiliation", "interest")


@dataclass(frozen=True)
class Built:
    """A pack as it would be published now, and what is missing before it may be."""

    content: dict[str, Any]
    missing: list[rules.Missing]

    @property
    def hash(self) -> str:
        """SHA-256 of the content."""
        return content_hash(self.content)


def build(pack: Pack) -> Built:
    """Build the content of a pack from its blocks."""
    blocks = [_block(block) for block in pack.blocks.prefetch_related("texts", "clauses").order_by("position", "pk")]
    content = {
        "call": pack.consultation.slug,
        "number": pack.number,
        "about": pack.about,
        "version": pack.version.number,
        "blocks": blocks,
    }
    facts = rules.Facts(
        languages=LANGUAGES,
        blocks=blocks,
        version_number=pack.version.number,
        version_published=pack.version.published_at is not None,
        final=pack.about == Pack.About.FINAL,
        answered=is_answered(pack.consultation_id),
    )
    return Built(content, rules.missing(facts))


def is_answered(consultation_id: int) -> bool:
    """Tell whether the outcome of a call is published."""
    return Outcome.objects.filter(consultation=consultation_id, state=Outcome.State.PUBLISHED).exists()


def _block(block: Block) -> dict[str, Any]:
    return {
        "id": block.pk,
        "kind": block.kind,
        "dated": block.dated.isoformat() if block.dated else "",
        "url": block.url,
        "original": block.original_language,
        "no_interest": block.no_interest,
        "clauses": [clause.key for clause in sorted(block.clauses.all(), key=lambda clause: clause.position)],
        "texts": {text.language: {name: getattr(text, name) for name in TEXT_FIELDS} for text in block.texts.all()},
    }
