"""What the writers of an outcome see at the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from consultations.models import Comment, Consultation, Version
from consultations.outcomes.models import Outcome, OutcomeClause
from consultations.outcomes.queries.building import WHOLE, written_in
from consultations.outcomes.queries.participants import counted_comments
from consultations.queries import Article, text_of
from engage.accounts.actors import ANYONE, Actor, is_staff
from engage.participation.models import Submission

QUOTES_OFFERED = 40
IN_WORK = (Outcome.State.DRAFT, Outcome.State.SUBMITTED)


def newest(consultation: Consultation, *, actor: Actor) -> Outcome | None:
    """Return the outcome with the highest number, of any state the actor may see."""
    found = Outcome.objects.visible_to(actor).filter(consultation=consultation)
    return found.select_related("consultation", "version", "version_after", "author").first()


def in_work(consultation: Consultation) -> Outcome | None:
    """Return the outcome that is being written or reviewed."""
    return Outcome.objects.filter(consultation=consultation, state__in=IN_WORK).first()


def outcome_of(slug: str, *, actor: Actor) -> tuple[Consultation, Outcome | None] | None:
    """Return a call and its newest outcome for who works at the desk; None for everybody else."""
    if not is_staff(actor):
        return None
    call = (
        Consultation.objects.visible_to(actor)
        .select_related("department")
        .prefetch_related("pages__locale")
        .filter(slug=slug)
        .first()
    )
    return None if call is None else (call, newest(call, actor=actor))


def places(view: str, *, actor: Actor, now: datetime, typed: str = "") -> QuerySet[Consultation]:
    """Return the calls of one view of the desk's list: `write`, `review` or `published`."""
    outcomes = Outcome.objects.visible_to(actor).filter(consultation=OuterRef("pk"))
    calls = Consultation.objects.visible_to(actor).select_related("department").prefetch_related("pages__locale")
    if typed.strip():
        calls = calls.filter(Q(pages__title__icontains=typed.strip()[:200]) | Q(slug__icontains=typed.strip()[:200]))
    submitted = Exists(outcomes.filter(state=Outcome.State.SUBMITTED))
    published = Exists(outcomes.filter(state=Outcome.State.PUBLISHED))
    writing = Exists(outcomes.filter(state=Outcome.State.DRAFT))
    if view == "review":
        return calls.filter(submitted).order_by("closes_at", "pk").distinct()
    if view == "published":
        return calls.filter(published).order_by("-closes_at", "pk").distinct()
    return calls.filter(writing | Q(~submitted & ~published, closes_at__lte=now)).order_by("closes_at", "pk").distinct()


def versions_after(outcome: Outcome) -> list[Version]:
    """Return the later versions of the text commented on."""
    return list(
        outcome.version.draft.versions.filter(number__gt=outcome.version.number)
        .prefetch_related("texts")
        .order_by("-number")
    )


@dataclass(frozen=True)
class Candidate:
    """A published comment that can be quoted under a clause."""

    comment: Comment
    chosen: bool


def _clause_of(row: dict[str, Any]) -> Q:
    return Q(clause=None) if row["key"] == WHOLE else Q(clause=row["clause"])


def candidates(outcome: Outcome, row: dict[str, Any], given: OutcomeClause | None) -> list[Candidate]:
    """Return published comments on a clause to quote from: those chosen, then the newest."""
    chosen = list(given.quotes.values_list("comment_id", flat=True)) if given else []
    readable = Comment.objects.visible_to(ANYONE).filter(consultation=outcome.consultation).select_related("submission")
    kept = readable.in_bulk(chosen)
    others = readable.filter(_clause_of(row)).exclude(pk__in=chosen).order_by("-created_at", "-pk")[:QUOTES_OFFERED]
    return [
        *(Candidate(kept[pk], True) for pk in chosen if pk in kept),
        *(Candidate(comment, False) for comment in others),
    ]


def clause_choices(outcome: Outcome, language: str) -> list[Article]:
    """Return the articles of the words after, to choose from."""
    if outcome.version_after is None:
        return []
    return text_of(outcome.version_after, language=language, with_counts=False).articles


def newest_of(calls: Iterable[Consultation], *, actor: Actor) -> dict[int, Outcome]:
    """Return call id to the newest outcome of each call, without its content."""
    found = Outcome.objects.visible_to(actor).filter(consultation__in=[call.pk for call in calls])
    newest_first: dict[int, Outcome] = {}
    for outcome in found.defer("content").order_by("consultation_id", "-number"):
        newest_first.setdefault(outcome.consultation_id, outcome)
    return newest_first


def theme_names(outcome: Outcome) -> tuple[dict[int, str], dict[int, dict[str, str]]]:
    """Return the themes in use with their names at the desk, and those the public reads, language by language."""
    own = {
        theme.pk: theme.name for theme in outcome.consultation.themes.filter(retired_at=None).order_by("position", "pk")
    }
    names = {pk: {written_in(name): name} for pk, name in own.items()}
    for given in outcome.themes.all():
        if given.theme_id in names:
            names[given.theme_id] |= given.names
    return own, names


def count_letters(outcome: Outcome) -> int:
    """Return how many senders left an address and will get their own answer."""
    senders = counted_comments(outcome.consultation_id).order_by().values("submission")
    return Submission.objects.filter(pk__in=senders).exclude(contact=None).count()
