"""What goes public of a debate or hearing, made from its row as it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from engage.publishing.canonical import canonical_json
from mailbox.petitions.answering import rules
from mailbox.petitions.models import Debate


@dataclass
class Built:
    """The content as it would be frozen, and what it lacks by code."""

    content: dict[str, Any]
    lacks: list[str] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """The SHA-256 of the content."""
        return hashlib.sha256(canonical_json(self.content)).hexdigest()


def build(debate: Debate) -> Built:
    """Make the content of a debate from its row."""
    stage = rules.stage_of(held=debate.held, has_day=debate.on is not None)
    content = {
        "petition": debate.petition_id,
        "debate": debate.pk,
        "kind": debate.kind,
        "stage": stage,
        "on": debate.on.isoformat() if debate.on else "",
        "place": {"zh": debate.place_zh, "en": debate.place_en},
        "video": debate.video,
        "transcript": debate.transcript,
        "what": {"zh": debate.what_zh, "en": debate.what_en},
    }
    return Built(content, list(_lacks(debate, stage)))


def _lacks(debate: Debate, stage: str) -> Iterator[str]:
    if stage == rules.PLANNED and debate.on is None:
        yield "no_day"
    if stage == rules.PLANNED and bool(debate.place_zh) != bool(debate.place_en):
        yield "half_place"
    if stage != rules.PLANNED and not debate.what_zh:
        yield "no_words_zh"
    if stage != rules.PLANNED and not debate.what_en:
        yield "no_words_en"
