"""Agreement of two coders: samples, their results a theme, what is next to code blindly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

from django.db.models import Q

from consultations.coding import rules
from consultations.coding.models import BlindCoding, BlindItem, BlindSample, Coding
from consultations.coding.queries.themes import ShownTheme
from consultations.models import Consultation
from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.departments.queries import members_of

CODERS_MOST = 200


@dataclass(frozen=True)
class SampleResult:
    """A sample, how far it is done, and the agreement: all themes together, then each theme that anybody gave."""

    sample: BlindSample
    total: int
    done: int
    overall: rules.Agreement
    by_theme: list[tuple[ShownTheme, rules.Agreement]]


def sample_results(consultation: Consultation, tree: list[ShownTheme]) -> list[SampleResult]:
    """Return the samples of a consultation, the newest first."""
    samples = BlindSample.objects.filter(consultation=consultation).select_related("coder")
    return [_result(sample, tree) for sample in samples.prefetch_related("items")]


def _result(sample: BlindSample, tree: list[ShownTheme]) -> SampleResult:
    items = list(sample.items.all())
    done = {item.pk: item.comment_id for item in items if item.done_at is not None}
    second: dict[int, set[int]] = {comment: set() for comment in done.values()}
    for item, theme in BlindCoding.objects.filter(item__in=list(done)).values_list("item", "theme"):
        second[done[item]].add(theme)
    first: dict[int, set[int]] = {}
    codings = Coding.objects.filter(point__comment__in=list(second), point__removed_at=None, removed_at=None)
    for comment, theme in codings.values_list("point__comment", "theme"):
        first.setdefault(comment, set()).add(theme)
    counted = rules.tables(first, second, [shown.theme.pk for shown in tree])
    shown = [(row, counted[row.theme.pk]) for row in tree]
    whole = reduce(lambda one, other: one + other, counted.values(), rules.Table(0, 0, 0, 0))
    return SampleResult(
        sample=sample,
        total=len(items),
        done=len(done),
        overall=rules.agreement(whole),
        by_theme=[(row, rules.agreement(table)) for row, table in shown if table.n and table.neither < table.n],
    )


def next_blind(sample: BlindSample) -> BlindItem | None:
    """Return the next comment of a sample; None when it is done."""
    open_items = sample.items.filter(done_at=None)
    return open_items.select_related("comment__clause", "comment__submission").order_by("pk").first()


def coders_of(consultation: Consultation) -> list[User]:
    """List who may code a consultation: officers of its department or one above, analysts, administrators."""
    officers = members_of(consultation.department, Role.OFFICER).values("user")
    wanted = (
        Q(pk__in=officers) | Q(groups__name=Role.ANALYST) | Q(groups__name=Role.ADMINISTRATOR) | Q(is_superuser=True)
    )
    return list(User.objects.filter(wanted, is_active=True).distinct().order_by("pk")[:CODERS_MOST])
