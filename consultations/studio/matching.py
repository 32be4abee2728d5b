"""The Studio's match screen: what became of each article, doubtful links first, corrected and checked by a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from consultations import actions, lineage
from consultations.alignment import Alignment, Link
from consultations.alignment.align import Item
from consultations.alignment.compare import compare
from consultations.alignment.messages import reason_message
from consultations.comparing import ComparedRow, shown_rows, told
from consultations.models import ClauseLineage, Version
from consultations.studio.drafts import sentence_of
from engage.errors import Refused
from engage.studio import for_editors

_SEPARATORS = re.compile(r"[,，、;；\s]+")


@dataclass
class Choice:
    """One article of the new version and where it is said to come from."""

    item: Item
    sources: str
    problem: str = ""


@dataclass(frozen=True)
class Match:
    """A group of linked articles: what is said of them, why it is doubtful, whether a person checked it."""

    key: str
    sentences: list[str]
    reasons: list[str]
    doubt: float
    checked: bool
    choices: list[Choice]
    removed: list[Item]
    rows: list[ComparedRow]

    @property
    def waits(self) -> bool:
        """Whether a person should look at it."""
        return bool(self.doubt) and not self.checked


@for_editors
def match(request: HttpRequest, version_id: int) -> HttpResponse:
    """Show the links of a version, and take a correction or confirmation of one article."""
    version = get_object_or_404(Version.objects.select_related("draft"), pk=version_id)
    try:
        base, alignment = lineage.current(version)
    except Refused:
        return render(request, "consultations/studio/match.html", {"version": version, "base": None})
    problem = ""
    if request.method == "POST":
        try:
            _take(request, version, alignment)
        except Refused as refusal:
            problem = sentence_of(refusal)
        else:
            return redirect(reverse("draft_match", args=[version.pk]) + "#matches")
    opened = (request.POST.get("article") if problem else request.GET.get("article")) or ""
    matches = _matches(version, alignment, opened)
    if problem:
        for choice in (choice for found in matches for choice in found.choices if choice.item.id == opened):
            choice.problem, choice.sources = problem, request.POST.get("sources", "")
    context: dict[str, Any] = {
        "version": version,
        "base": base,
        "cards": [found for found in matches if found.rows],
        "matches": matches,
        "problem": problem,
        "waiting": sum(found.waits for found in matches),
    }
    return render(request, "consultations/studio/match.html", context, status=422 if problem else 200)


def _take(request: HttpRequest, version: Version, alignment: Alignment) -> None:
    """Read the form: the numbers of the old articles, in any of the usual separators, or the removed article."""
    ids = {item.name: item.id for item in alignment.old}
    if removed := request.POST.get("removed", ""):
        actions.match_article(version.pk, old_keys=[removed], now=timezone.now(), actor=request.user)
        return
    names = [name for name in _SEPARATORS.split(request.POST.get("sources", "").strip()) if name]
    for name in names:
        if name not in ids:
            raise Refused("article_unknown", name=name[:40])
    article = request.POST.get("article", "")[:120]
    old_keys = list(dict.fromkeys(ids[name] for name in names))
    actions.match_article(version.pk, new_key=article, old_keys=old_keys, now=timezone.now(), actor=request.user)


def _matches(version: Version, alignment: Alignment, opened: str) -> list[Match]:
    """Return every group, those that wait first; only these and the opened one with their words."""
    kept: dict[str, list[ClauseLineage]] = {}
    for row in version.lineage.select_related("old", "new"):
        for end in filter(None, (f"old {row.old.key}" if row.old else "", f"new {row.new.key}" if row.new else "")):
            kept.setdefault(end, []).append(row)
    found = [_match(group, kept) for group in alignment.groups()]
    shown = [
        number
        for number, one in enumerate(found)
        if one.waits or opened in {one.key, *(choice.item.id for choice in one.choices)}
    ]
    groups = alignment.groups()
    for number, comparison in zip(shown, compare(alignment, [groups[number] for number in shown]), strict=True):
        found[number].rows.extend(shown_rows(comparison))
    return sorted(found, key=lambda one: (opened != one.key, not one.waits, -one.doubt if one.waits else 0))


def _match(group: Sequence[Link], kept: dict[str, list[ClauseLineage]]) -> Match:
    olds = {item.id: item for link in group for item in link.old}
    news = {item.id: item for link in group for item in link.new}
    ends = [f"old {key}" for key in olds] + [f"new {key}" for key in news]
    rows = {row.pk: row for end in ends for row in kept.get(end, ())}.values()
    reasons = {
        reason_message(reason["code"], reason["values"], gettext): None for row in rows for reason in row.reasons
    }
    pairs = [pair for link in group for pair in link.pairs]
    return Match(
        key=next(iter(news or olds)),
        sentences=[told(link) for link in group],
        reasons=list(reasons),
        doubt=max((row.doubt for row in rows), default=0.0),
        checked=all(row.checked_at for row in rows),
        choices=[
            Choice(new, ", ".join(dict.fromkeys(old.name for old, other in pairs if other.id == new.id)))
            for new in news.values()
        ],
        removed=[item for item in olds.values() if not news],
        rows=[],
    )
