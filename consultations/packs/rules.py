"""Pure decisions about packs: what is missing, whether an invitation still opens, what an expert has to say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engage.errors import Refused

# 出台背景、具体要点、配套措施: without these three a pack is not handed in.
REQUIRED = ("background", "points", "measures")
EXPERT = "expert"
# The sixth optional part, 受众感言, comes from the public and through moderation alone.
OPTIONAL = ("message", "case", "link", "media", EXPERT)

HEADING_MOST = 200
BODY_MOST = 20_000
LINE_MOST = 200
INTEREST_MOST = 1_000
ADDRESS_MOST = 500
NOTE_MOST = 5_000
BLOCKS_MOST = 60
CLAUSES_MOST = 40
COMMENTARY_LEAST, COMMENTARY_MOST = 20, 8_000
REACTION_LEAST, REACTION_MOST = 5, 1_000
DAYS_LEAST, DAYS_USUAL, DAYS_MOST = 1, 14, 60


@dataclass(frozen=True)
class Missing:
    """One gap: a code with a sentence in words.py, what fills the sentence, and the block in which it is closed."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)
    block: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known about a pack when somebody asks what is missing; `blocks` are those of the built content."""

    languages: Sequence[str]
    blocks: Sequence[Mapping[str, Any]]
    version_number: int = 1
    version_published: bool = True
    final: bool = False
    answered: bool = True


def missing(facts: Facts) -> list[Missing]:
    """Return every gap, the weightiest first; empty when the pack may be handed in."""
    gaps = []
    if not facts.version_published:
        gaps.append(Missing("version_unpublished", {"number": facts.version_number}))
    if facts.final and not facts.answered:
        gaps.append(Missing("not_answered"))
    present = {block["kind"] for block in facts.blocks}
    gaps += [Missing("block_missing", {"kind": kind}) for kind in REQUIRED if kind not in present]
    for block in facts.blocks:
        gaps += _of_block(block, facts.languages)
    return gaps


def _of_block(block: Mapping[str, Any], languages: Sequence[str]) -> list[Missing]:
    """A block needs its words, byline and source in each language, and a date; a link its address."""
    kind, pk = block["kind"], block["id"]
    if kind == EXPERT and not block["original"]:
        return [Missing("expert_awaited", {}, pk)]
    gaps = []
    for language in languages:
        words = block["texts"].get(language, {})
        empty = [name for name in needed(kind, no_interest=block["no_interest"]) if not words.get(name, "").strip()]
        if empty:
            gaps.append(Missing("words_missing", {"kind": kind, "language": language, "fields": empty}, pk))
    if not block["dated"]:
        gaps.append(Missing("date_missing", {"kind": kind}, pk))
    if kind == "link" and not block["url"]:
        gaps.append(Missing("address_missing", {"kind": kind}, pk))
    return gaps


def needed(kind: str, *, no_interest: bool | None = None) -> tuple[str, ...]:
    """Return the fields that a block of a kind needs in each language."""
    if kind != EXPERT:
        return ("body", "byline", "source")
    # "None" is a declaration too; it is printed in the reader's language and needs no words.
    own = () if no_interest else ("interest",)
    return ("body", "byline", "affiliation", *own, "source")


def check_address(address: str) -> None:
    """Let only addresses of the web pass; raises Refused("address_wrong") and Refused("pack_text_too_long")."""
    if len(address) > ADDRESS_MOST:
        raise Refused("pack_text_too_long", most=ADDRESS_MOST)
    if address and not address.startswith(("https://", "http://")):
        raise Refused("address_wrong")


def is_open(*, expires_at: datetime, revoked_at: datetime | None, accepted: bool, now: datetime) -> bool:
    """Tell whether the link of an invitation still opens."""
    return revoked_at is None and not accepted and now < expires_at


def check_days(days: int) -> None:
    """Raise Refused("days_wrong", ...) for an invitation that is over at once or never."""
    if not DAYS_LEAST <= days <= DAYS_MOST:
        raise Refused("days_wrong", least=DAYS_LEAST, most=DAYS_MOST)


def check_commentary(*, name: str, affiliation: str, interest: str, no_interest: bool, text: str) -> None:
    """Check what an expert hands in; an interest is declared in words, or "none" is said expressly.

    Raises Refused("expert_name_missing"), Refused("affiliation_missing"), Refused("interest_missing"),
    Refused("interest_both"), Refused("commentary_too_short", least=...), Refused("pack_text_too_long", most=...).
    """
    if not name:
        raise Refused("expert_name_missing")
    if not affiliation:
        raise Refused("affiliation_missing")
    if not interest and not no_interest:
        raise Refused("interest_missing")
    if interest and no_interest:
        raise Refused("interest_both")
    if len(text) < COMMENTARY_LEAST:
        raise Refused("commentary_too_short", least=COMMENTARY_LEAST)
    for typed, most in (
        (name, LINE_MOST),
        (affiliation, LINE_MOST),
        (interest, INTEREST_MOST),
        (text, COMMENTARY_MOST),
    ):
        if len(typed) > most:
            raise Refused("pack_text_too_long", most=most)


def check_reaction(text: str) -> None:
    """Raise Refused("reaction_too_short", least=...) or Refused("pack_text_too_long", most=...)."""
    if len(text) < REACTION_LEAST:
        raise Refused("reaction_too_short", least=REACTION_LEAST)
    if len(text) > REACTION_MOST:
        raise Refused("pack_text_too_long", most=REACTION_MOST)
