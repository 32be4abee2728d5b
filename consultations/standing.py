"""Where comments stand: how many count on each clause, and on which clause of a later version those of an earlier one.

A comment keeps the clause that its writer read. In a later version it stands by the clause that carries that one on
(the same stable id), else by the closest of those that came from it, else, when the clause was taken out, by the draft
as a whole. So no comment is counted twice, and none is lost with a new version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from consultations.models import ClauseLineage, Version
from consultations.voices.models import CommentTally


@dataclass
class Count:
    """How many comments count, and how many of these nobody but the department reads."""

    all: int = 0
    confidential: int = 0

    @property
    def listed(self) -> int:
        """How many the public can read."""
        return self.all - self.confidential

    def add(self, other: Count) -> None:
        """Take another count in."""
        self.all += other.all
        self.confidential += other.confidential


@dataclass
class Standing:
    """How many comments count on each clause of a version, and which clauses these were written on.

    The key None stands for the draft as a whole; `gone` are the clauses that the version no longer has.
    """

    counts: dict[int | None, Count] = field(default_factory=lambda: defaultdict(Count))
    sources: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    gone: set[int] = field(default_factory=set)


def standing(version: Version, clauses: Mapping[UUID, int]) -> Standing:
    """Return where the comments on a version and on the earlier ones of its draft stand; comments are not read.

    `clauses`: stable id to id of the version's own clauses. One query, and one more where an earlier clause with
    comments has no namesake in this version.
    """
    rows = (
        CommentTally.objects.filter(
            version__in=Version.objects.filter(draft=version.draft_id, number__lte=version.number)
        )
        .order_by()
        .values_list("clause_id", "clause__stable_id")
        .annotate(counted=Sum("change"), unread=Coalesce(Sum("change", filter=Q(confidential=True)), 0))
    )
    found = Standing()
    own = set(clauses.values())
    strays: dict[int, Count] = {}
    for clause_id, stable_id, counted, unread in rows:
        count = Count(counted, unread)
        if clause_id is None:
            found.counts[None].add(count)
        elif (home := clause_id if clause_id in own else clauses.get(stable_id)) is not None:
            found.counts[home].add(count)
            found.sources[home].add(clause_id)
        else:
            strays[clause_id] = count
    for clause_id, home in heirs(version, strays, own).items() if strays else ():
        found.counts[home].add(strays[clause_id])
        if home is None:
            found.gone.add(clause_id)
        else:
            found.sources[home].add(clause_id)
    return found


def heirs(version: Version, wanted: Iterable[int], own: set[int]) -> dict[int, int | None]:
    """Return clause of an earlier version to the closest clause of this one that came from it, None where none did."""
    steps: dict[int, list[int]] = defaultdict(list)
    links = ClauseLineage.objects.filter(
        version__draft=version.draft_id, version__number__lte=version.number, old__isnull=False, new__isnull=False
    )
    for old, new in links.order_by("-similarity", "pk").values_list("old_id", "new_id"):
        steps[old].append(new)
    return {clause_id: _closest(clause_id, steps, own) for clause_id in wanted}


def _closest(clause_id: int, steps: Mapping[int, list[int]], own: set[int]) -> int | None:
    reached = [clause_id]
    while reached:
        if (home := next((clause for clause in reached if clause in own), None)) is not None:
            return home
        reached = list(dict.fromkeys(new for clause in reached for new in steps.get(clause, ())))
    return None
