"""Points with what was decided about them: the one query behind outcomes, answers to senders and exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db.models import QuerySet

from consultations.coding import rules
from consultations.coding.models import Coding, Decision, Point, Theme
from consultations.coding.queries.figures import live_points, undisposed
from consultations.coding.queries.stream import codable
from consultations.coding.queries.themes import decisions_by_point, decisions_by_theme, themes_in_use
from consultations.models import Clause, Comment, Consultation

CHUNK = 2_000


@dataclass(frozen=True)
class PointRow:
    """One point of a comment that counts.

    `point.comment` carries its `submission`; `clause` is None for the whole draft. `words` is the stretch as the coder
    read it, or the whole text. `themes` are those in use, in the order they were given. `decisions` are those in force:
    the point's own alone, or those of its themes (each once, with the theme it came by and the theme it is on).
    `undisposed`: the point, or one of its themes, still lacks a decision.
    """

    point: Point
    comment: Comment
    clause: Clause | None
    words: str
    themes: list[Theme]
    decisions: list[rules.InForce[Decision]]
    undisposed: bool

    @property
    def disposition(self) -> str:
        """The one disposition where all decisions agree on it; "mixed" where they differ, empty without any."""
        found = {in_force.decision.disposition for in_force in self.decisions}
        return "" if not found else found.pop() if len(found) == 1 else "mixed"


def points_with_decisions(consultation: Consultation, points: QuerySet[Point] | None = None) -> Iterator[PointRow]:
    """Yield a PointRow for each point of each comment that counts, by comment and place in it.

    Rows are read in chunks, so that a hundred thousand need no more memory than two thousand. `points` narrows the
    points (a submission's, a page's); it starts from `live_points`. Comments without a point are not in it: they are
    unfinished (`unfinished_comments`) or have no substantive point.
    """
    themes = {theme.pk: theme for theme in themes_in_use(consultation)}
    parents = {pk: theme.parent_id for pk, theme in themes.items()}
    on_themes = decisions_by_theme(consultation)
    decided = rules.decided_themes(parents, on_themes)
    wanted = (live_points(consultation) if points is None else points).select_related(
        "comment__submission", "comment__clause"
    )
    rows = iter(wanted.order_by("comment_id", "start", "pk").iterator(chunk_size=CHUNK))
    while chunk := list(islice(rows, CHUNK)):
        own = decisions_by_point(chunk)
        given: dict[int, list[int]] = {}
        codings = Coding.objects.filter(point__in=[point.pk for point in chunk], removed_at=None).order_by("pk")
        for point_id, theme_id in codings.values_list("point", "theme"):
            given.setdefault(point_id, []).append(theme_id)
        for point in chunk:
            of_point = given.get(point.pk, [])
            yield PointRow(
                point=point,
                comment=point.comment,
                clause=point.comment.clause,
                words=point.words,
                themes=[themes[pk] for pk in of_point if pk in themes],
                decisions=rules.effective(own.get(point.pk), of_point, parents, on_themes),
                undisposed=rules.is_undisposed(point.pk in own, of_point, decided),
            )


def undisposed_points(consultation: Consultation) -> QuerySet[Point]:
    """Return the points that still lack an answer, as `PointRow.undisposed` has it."""
    return live_points(consultation).filter(undisposed(consultation))


def unfinished_comments(consultation: Consultation) -> QuerySet[Comment]:
    """Return the comments that count and that no coder has finished."""
    return codable(consultation).filter(coded_at=None)
