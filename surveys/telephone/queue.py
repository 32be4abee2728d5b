"""Which number an interviewer is given: the order of `rules.next_case`, asked of the columns and locked row by row.

None is served twice: the row is locked as it is found and rows that others have locked are stepped over (PostgreSQL);
SQLite has one writer at a time. A hold moves `due_at` to its own end, out of the range that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, When

from engage.accounts.models import User
from engage.rows import Reading
from surveys.models import QuotaSlot
from surveys.telephone import rules
from surveys.telephone.models import CallAttempt, SampleNumber, TelephoneStudy
from surveys.telephone.rules.outcomes import SOFT_REFUSAL

Rank = SampleNumber.Rank


def closed_strata(study: TelephoneStudy) -> list[str]:
    """Return the strata whose quota is full: those that are called as a cell in which no place is free."""
    slots = QuotaSlot.objects.filter(questionnaire=study.questionnaire_id).values("cell").order_by("cell")
    return list(slots.annotate(free=Count("pk", filter=Q(response=None))).filter(free=0).values_list("cell", flat=True))


def open_zones(study: TelephoneStudy, now: datetime) -> list[str]:
    """Return the zones of the sample in which people may be called now."""
    return [zone for zone in study.sample_zones if rules.is_open(now, ZoneInfo(zone), study.call_rules)]


def not_refused_by(numbers: QuerySet[SampleNumber], interviewer: Any) -> QuerySet[SampleNumber]:
    """Leave out what refused this interviewer softly, unless a promise binds them: somebody else asks once more."""
    refused = CallAttempt.objects.filter(number=OuterRef("pk"), code=SOFT_REFUSAL, interviewer=interviewer)
    return numbers.filter(Q(reserved_for=interviewer) | ~Exists(refused))


def _due(rank: int, study: Any, now: Any, zones: Sequence[Any]) -> QuerySet[SampleNumber]:
    return SampleNumber.objects.filter(study=study, due_at__lte=now, zone__in=zones, rank=rank)


def _locked(numbers: QuerySet[SampleNumber]) -> QuerySet[SampleNumber]:
    return numbers.select_for_update(skip_locked=True, of=("self",))


# In which order numbers are served: promises, the interviewer's own before all others; fresh ones; call-backs.
def _offered(rank: int, study: Any, interviewer: Any, now: Any, zones: Sequence[Any]) -> QuerySet[SampleNumber]:
    """Return the promises or call-backs that an interviewer may be given, in the order in which they are served."""
    due = _due(rank, study, now, zones)
    due = due.filter(Q(reserved_for=None) | Q(reserved_for=interviewer) | Q(anyone_from__lte=now))
    due = not_refused_by(due, interviewer)
    if rank == Rank.APPOINTMENT:
        return _locked(due.order_by(Case(When(reserved_for=interviewer, then=0), default=1), "due_at", "place"))
    return _locked(due.order_by("due_at", "place"))


def _fresh(study: Any, now: Any, zones: Sequence[Any]) -> QuerySet[SampleNumber]:
    """Return the fresh numbers in the order in which they are served: nobody's, and nobody was refused by them."""
    return _locked(_due(Rank.FRESH, study, now, zones).order_by("turn", "place"))


# What is asked for each call is put together once.
_OFFERED = {
    rank: Reading(lambda study, interviewer, now, *zones, rank=rank: _offered(rank, study, interviewer, now, zones))
    for rank in (Rank.APPOINTMENT, Rank.RETRY)
}


@lru_cache(maxsize=64)
def _first_fresh(most: int) -> Reading[SampleNumber]:
    return Reading(lambda study, now, *zones: _fresh(study, now, zones)[:most])


@dataclass(frozen=True)
class Field:
    """What is asked once for all who ask a study for numbers in one moment."""

    study: TelephoneStudy
    now: datetime
    zones: Sequence[str]
    closed: Sequence[str]

    @classmethod
    def of(cls, study: TelephoneStudy, now: datetime) -> Field:
        """Return the field of a study as it is now."""
        zones = open_zones(study, now)
        return cls(study, now, zones, closed_strata(study) if zones else ())

    def _within(self, numbers: QuerySet[SampleNumber]) -> QuerySet[SampleNumber]:
        return numbers.exclude(stratum__in=self.closed) if self.closed else numbers

    def has_due(self, rank: int) -> bool:
        """Tell whether a number of a rank is due at all, whoever may be given it."""
        # Planned each time: of a rank that nothing is due of, a plan for any rank would look at every number.
        return bool(self.zones) and self._within(_due(rank, self.study.pk, self.now, self.zones)).exists()

    def lock_fresh(self, most: int) -> list[SampleNumber]:
        """Lock the next fresh numbers, at most so many."""
        if not self.zones:
            return []
        if self.closed:
            return list(self._within(_fresh(self.study.pk, self.now, self.zones))[:most])
        return _first_fresh(most).all(self.study.pk, self.now, *self.zones)

    def lock_next(self, rank: Rank, interviewer: User) -> SampleNumber | None:
        """Lock the next promise or call-back for an interviewer; None when none is due."""
        if not self.zones:
            return None
        if self.closed:
            return self._within(_offered(rank, self.study.pk, interviewer.pk, self.now, self.zones)).first()
        return _OFFERED[rank].first(self.study.pk, interviewer.pk, self.now, *self.zones)


def waiting(study: TelephoneStudy, interviewer: User, now: datetime) -> rules.Waiting | None:
    """Return when the next number comes to an interviewer who has none now, and how many of those are call-backs.

    None when none ever does. As `rules.waiting`, asked of the first number of every zone.
    """
    numbers = SampleNumber.objects.filter(study=study, due_at__isnull=False)
    if closed := closed_strata(study):
        numbers = numbers.exclude(stratum__in=closed)
    mine = not_refused_by(numbers, interviewer)
    own = mine.filter(Q(reserved_for=None) | Q(reserved_for=interviewer) | Q(anyone_from=None))
    others = mine.exclude(pk__in=own.values("pk"))
    firsts: list[datetime] = []
    for zone in study.sample_zones:
        for waits, moment in ((own, "due_at"), (others, "anyone_from")):
            first = waits.filter(zone=zone).order_by(moment).values_list(moment, flat=True).first()
            opening = first and rules.next_opening(max(first, now), ZoneInfo(zone), study.call_rules)
            if opening:
                firsts.append(opening)
    if not firsts:
        return None
    return rules.Waiting(min(firsts), mine.filter(rank=Rank.APPOINTMENT).count())


def in_hand(study: TelephoneStudy, interviewer: User, now: datetime) -> SampleNumber | None:
    """Return the number an interviewer holds."""
    return SampleNumber.objects.filter(study=study, held_by=interviewer, held_until__gt=now).first()


def last_in_hand(study: TelephoneStudy, interviewer: User) -> SampleNumber | None:
    """Return the number an interviewer holds, or held last while nobody else was given it.

    Who had no connection for longer than a hold comes back to their interview.
    """
    return SampleNumber.objects.filter(study=study, held_by=interviewer).first()


def held_now(study: TelephoneStudy, now: datetime) -> QuerySet[SampleNumber]:
    """Return the numbers in anybody's hands, the longest held first."""
    return SampleNumber.objects.filter(study=study, held_by__isnull=False, held_until__gt=now).order_by(
        F("held_until").asc()
    )
