"""Counts of a consultation's coding, kept for a few seconds: no page counts a million rows while somebody waits.

Small consultations are counted when the kept figures are older than five seconds or somebody changed something. Where
counting takes longer, the worker counts for those that people have open, and pages show what it found.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from consultations.coding import rules
from consultations.coding.models import Coding, Decision, Point
from consultations.coding.queries.stream import codable
from consultations.models import Consultation
from engage.participation.models import ModerationState, Submission

FRESH_SECONDS = 5
# Counting that takes longer is left to the worker, and is done by a page only when the worker seems to be away: what
# took a moment once (the machine was busy) soon, what takes seconds after a minute.
QUICK_SECONDS = 0.05
OLDEST_SECONDS = 60
OLDEST_TIMES = 200
KEPT_SECONDS = 3_600
COUNTING_MOST_SECONDS = 600
WATCHED_SECONDS = 120
_WATCHED = "coding:watched"


@dataclass(frozen=True)
class Figures:
    """Comments that count and those finished, points and those without an answer, points a theme.

    `at` is when they were counted (seconds since the epoch), `seconds` how long that took.
    """

    total: int = 0
    coded: int = 0
    points: int = 0
    undisposed: int = 0
    by_theme: Mapping[int, int] = field(default_factory=dict)
    at: float = 0
    seconds: float = 0

    @property
    def left(self) -> int:
        """The comments that wait for a coder."""
        return self.total - self.coded

    @property
    def percent(self) -> int:
        """How far the coding is; 100 only when nothing is left."""
        return self.coded * 100 // self.total if self.total else 0


def figures(consultation: Consultation) -> Figures:
    """Return the figures of a consultation, counted now only where that is quick or the kept ones are too old."""
    now = time.time()
    _watch(consultation.pk, now)
    kept: Figures | None = cache.get(_key(consultation.pk))
    if kept is not None and now - kept.at < shown_seconds(kept):
        return kept
    if kept is not None and cache.get(_counting(consultation.pk)):
        return kept
    return refresh_figures(consultation)


def shown_seconds(kept: Figures) -> float:
    """Return how long figures are shown before a page counts anew."""
    if kept.seconds < QUICK_SECONDS:
        return FRESH_SECONDS
    return min(OLDEST_SECONDS, max(FRESH_SECONDS, OLDEST_TIMES * kept.seconds))


def refresh_figures(consultation: Consultation) -> Figures:
    """Count now and keep the result; meanwhile nobody else need count."""
    cache.set(_counting(consultation.pk), True, COUNTING_MOST_SECONDS)
    try:
        counted = _count(consultation)
        cache.set(_key(consultation.pk), counted, KEPT_SECONDS)
    finally:
        cache.delete(_counting(consultation.pk))
    return counted


def _count(consultation: Consultation) -> Figures:
    began = time.perf_counter()
    comments = codable(consultation).aggregate(total=Count("pk"), coded=Count("coded_at"))
    points = live_points(consultation)
    by_theme = (
        Coding.objects.filter(theme__consultation=consultation, theme__retired_at=None, removed_at=None)
        .order_by()
        .values_list("theme")
        .annotate(n=Count("pk"))
    )
    # Two halves without an "or" between them: each is one join for the database.
    codings = Coding.objects.filter(point=OuterRef("pk"), removed_at=None)
    unanswered = points.filter(~Exists(Decision.objects.filter(point=OuterRef("pk"), replaced_at=None)))
    undecided = codings.exclude(theme__in=decided_themes(consultation))
    return Figures(
        total=comments["total"],
        coded=comments["coded"],
        points=points.count(),
        undisposed=unanswered.filter(~Exists(codings)).count() + unanswered.filter(Exists(undecided)).count(),
        by_theme=dict(by_theme),
        at=time.time(),
        seconds=time.perf_counter() - began,
    )


def forget_figures(consultation: Consultation) -> None:
    """Have the next page count anew after a change, where counting is quick."""
    kept: Figures | None = cache.get(_key(consultation.pk))
    if kept is not None and kept.seconds < QUICK_SECONDS:
        cache.delete(_key(consultation.pk))


def refresh_watched() -> int:
    """Count anew what people have open and what takes long to count; returns how many consultations."""
    now = time.time()
    watched: dict[int, float] = cache.get(_WATCHED) or {}
    done = 0
    for pk, seen in watched.items():
        kept: Figures | None = cache.get(_key(pk))
        consultation = Consultation.objects.filter(pk=pk).first()
        if consultation is None or now - seen > WATCHED_SECONDS or kept is None or kept.seconds < QUICK_SECONDS:
            continue
        # A count that takes two seconds is taken every forty at most.
        if now - kept.at > max(FRESH_SECONDS, 20 * kept.seconds):
            refresh_figures(consultation)
            done += 1
    return done


def live_points(consultation: Consultation) -> QuerySet[Point]:
    """Return the points of comments that count."""
    return Point.objects.filter(
        consultation=consultation, removed_at=None, comment__submission__state=Submission.State.ACTIVE
    ).exclude(comment__moderation_state=ModerationState.REJECTED)


def undisposed(consultation: Consultation) -> Q:
    """Return the condition of a point without an answer, as `rules.is_undisposed` has it."""
    decided = decided_themes(consultation)
    codings = Coding.objects.filter(point=OuterRef("pk"), removed_at=None)
    own = Decision.objects.filter(point=OuterRef("pk"), replaced_at=None)
    return Q(~Exists(own)) & (Q(~Exists(codings)) | Q(Exists(codings.exclude(theme__in=decided))))


def decided_themes(consultation: Consultation) -> set[int]:
    """Return the themes in use that have a decision, their own or one from above."""
    from consultations.coding.actions.themes import theme_parents

    on_themes = Decision.objects.filter(consultation=consultation, replaced_at=None, theme__isnull=False)
    return rules.decided_themes(theme_parents(consultation.pk), set(on_themes.values_list("theme", flat=True)))


def _watch(consultation_id: int, now: float) -> None:
    watched: dict[int, float] = cache.get(_WATCHED) or {}
    if now - watched.get(consultation_id, 0) > WATCHED_SECONDS / 4:
        still = {pk: seen for pk, seen in watched.items() if now - seen < WATCHED_SECONDS}
        cache.set(_WATCHED, still | {consultation_id: now}, WATCHED_SECONDS)


def _counting(consultation_id: int) -> str:
    return f"coding:counting:{consultation_id}"


def _key(consultation_id: int) -> str:
    return f"coding:figures:{consultation_id}"
