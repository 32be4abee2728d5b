"""The tree of themes with its counts and decisions, its history, and the codebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from consultations.coding import rules
from consultations.coding.models import Coding, Decision, Point, Theme, ThemeEvent
from consultations.models import Consultation
from engage.spreadsheets import harmless


@dataclass(frozen=True)
class ShownTheme:
    """A theme where it stands in the tree: its depth from 0, its points, its number key, the decision that counts."""

    theme: Theme
    depth: int
    points: int = 0
    key: str = ""
    is_parent: bool = False
    path: str = ""
    decision: Decision | None = None
    # The decision is that of a theme above.
    inherited: bool = False

    @property
    def value(self) -> str:
        """How a form sends it."""
        return str(self.theme.pk)


def decisions_by_theme(consultation: Consultation) -> dict[int, Decision]:
    """Return the decisions in force that are on themes: theme to decision."""
    rows = Decision.objects.filter(consultation=consultation, replaced_at=None, theme__isnull=False)
    return {row.theme_id: row for row in rows.select_related("department") if row.theme_id is not None}


def decisions_by_point(points: Iterable[Point]) -> dict[int, Decision]:
    """Return the decisions in force that are on these points themselves: point to decision."""
    rows = Decision.objects.filter(point__in=[point.pk for point in points], replaced_at=None)
    return {row.point_id: row for row in rows.select_related("department") if row.point_id is not None}


def themes_in_use(consultation: Consultation) -> list[Theme]:
    """List the themes of a consultation that are in use, by position."""
    return list(Theme.objects.filter(consultation=consultation, retired_at=None).order_by("position", "pk"))


def theme_tree(
    themes: list[Theme], counts: Mapping[int, int], decisions: Mapping[int, Decision] | None = None
) -> list[ShownTheme]:
    """Put themes into the order of the tree; the first nine that have none below them get the number keys."""
    children: dict[int | None, list[Theme]] = {}
    known = {theme.pk for theme in themes}
    for theme in themes:
        children.setdefault(theme.parent_id if theme.parent_id in known else None, []).append(theme)
    parents = {theme.pk: theme.parent_id for theme in themes}
    keys = iter("123456789")

    def walk(parent: int | None, depth: int, path: str) -> Iterator[ShownTheme]:
        for theme in children.get(parent, []):
            here = f"{path} / {theme.name}" if path else theme.name
            found = rules.theme_decision(theme.pk, parents, decisions or {})
            is_parent = theme.pk in children
            yield ShownTheme(
                theme=theme,
                depth=depth,
                points=counts.get(theme.pk, 0),
                key="" if is_parent else next(keys, ""),
                is_parent=is_parent,
                path=here,
                decision=found.decision if found else None,
                inherited=bool(found and found.of != theme.pk),
            )
            yield from walk(theme.pk, depth + 1, here)

    return list(walk(None, 0, ""))


def points_of_theme(theme: Theme) -> QuerySet[Point]:
    """Return the live points that have a theme, with their comments."""
    given = Coding.objects.filter(theme=theme, removed_at=None).values("point")
    return Point.objects.filter(pk__in=given, removed_at=None).select_related("comment").order_by("pk")


def theme_history(theme: Theme) -> QuerySet[ThemeEvent]:
    """Return what happened to a theme, and what was merged into it or split off from it, the oldest first."""
    return ThemeEvent.objects.filter(Q(theme=theme) | Q(other=theme)).select_related("theme", "other", "by")


CODEBOOK = ("level", "path", "name", "description", "points", "decision")


def codebook(tree: Iterable[ShownTheme]) -> Iterator[list[Any]]:
    """Return the rows of the codebook under their head; nothing in them is a formula for a spreadsheet."""
    yield list(CODEBOOK)
    for shown in tree:
        decision = shown.decision.disposition if shown.decision else ""
        row = (shown.depth + 1, shown.path, shown.theme.name, shown.theme.description, shown.points, decision)
        yield [harmless(cell) for cell in row]
