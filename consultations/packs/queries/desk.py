"""What editors of packs see at the desk, and what an invited expert sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from consultations.models import Draft, Version
from consultations.outcomes.models import Outcome
from consultations.packs.models import Block, Invitation, Pack
from consultations.queries import Article, text_of
from engage.accounts.actors import Actor, is_staff
from engage.participation.vault import blind_index

VIEWS = ("write", "review", "published")
_PURPOSE = "pack-invitation"


def packs(view: str, *, actor: Actor) -> QuerySet[Pack]:
    """Return the packs of one view of the desk's list: `write`, `review` or `published`."""
    if not is_staff(actor):
        return Pack.objects.none()
    state = {"review": Pack.State.SUBMITTED, "published": Pack.State.PUBLISHED}.get(view, Pack.State.DRAFT)
    found = Pack.objects.visible_to(actor).filter(state=state).defer("content")
    found = found.select_related("consultation__department", "version")
    return found.prefetch_related("consultation__pages__locale").order_by("-created_at", "-pk")


def pack_of(pk: int, *, actor: Actor) -> Pack | None:
    """Return a pack for who works at the desk; None for everybody else."""
    if not is_staff(actor):
        return None
    found = Pack.objects.visible_to(actor).select_related("consultation__department", "version__draft")
    return found.select_related("author").prefetch_related("consultation__pages__locale").filter(pk=pk).first()


@dataclass(frozen=True)
class Target:
    """A text of a call that a pack can explain: the newest version, or the final document."""

    about: str
    version: Version
    call: str


def targets() -> list[Target]:
    """Return what a new pack can be about: of each call with a text the newest version, and the final document."""
    drafts = (
        Draft.objects.exclude(consultation=None)
        .select_related("consultation", "published")
        .prefetch_related("versions", "consultation__pages__locale")
        .order_by("-consultation__closes_at", "pk")
    )
    finals = {
        outcome.consultation_id: final_version(outcome)
        for outcome in Outcome.objects.filter(state=Outcome.State.PUBLISHED)
        .defer("content")
        .select_related("version", "version_after")
    }
    found = []
    for draft in drafts:
        assert draft.consultation is not None
        newest = max(draft.versions.all(), key=lambda version: version.number, default=None)
        final = finals.get(draft.consultation.pk)
        if final is not None and final.draft_id == draft.pk:
            found.append(Target(Pack.About.FINAL, final, draft.consultation.title))
        if newest is not None and newest != final:
            found.append(Target(Pack.About.DRAFT, newest, draft.consultation.title))
    return found


def final_version(outcome: Outcome) -> Version:
    """Return the final document of an answered call: what came of the comments, or the text they left as it was."""
    return outcome.version_after or outcome.version


def articles_of(version: Version, language: str) -> list[Article]:
    """Return the articles of a version, to point at."""
    return text_of(version, language=language, with_counts=False).articles


def blocks_of(pack: Pack) -> list[Block]:
    """Return the blocks of a pack in their order, with words, clauses and invitation."""
    found = pack.blocks.select_related("invitation").prefetch_related("texts", "clauses")
    return list(found.order_by("position", "pk"))


def digest_of(token: str) -> str:
    """Return the keyed hash under which an invitation's token is kept."""
    return blind_index(_PURPOSE, token)


def invitation_by(token: str, *, now: datetime) -> Invitation | None:
    """Return the invitation that a link opens; None for a forged link and for one that is over."""
    found = (
        Invitation.objects.filter(token_digest=digest_of(token))
        .select_related("block__pack__consultation__department", "block__pack__version")
        .first()
    )
    return found if found is not None and found.is_open(now) else None
