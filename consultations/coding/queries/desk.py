"""Everything the coding screen shows, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.db.models import F
from django.utils.translation import get_language

from consultations.coding import rules, suggestions
from consultations.coding.actions.rows import edit_mark
from consultations.coding.models import Coding, Decision, Point, Step, Theme
from consultations.coding.queries.figures import Figures, figures
from consultations.coding.queries.stream import (
    LOOK_AHEAD,
    STREAM,
    Filters,
    SameText,
    claim,
    first_free,
    key_of,
    matching,
    same_as,
    stream,
)
from consultations.coding.queries.themes import (
    ShownTheme,
    decisions_by_point,
    decisions_by_theme,
    theme_tree,
    themes_in_use,
)
from consultations.drafts import wording
from consultations.models import Clause, ClauseText, Comment, Consultation
from consultations.queries import Article, Line, shortened
from consultations.rules import QUESTIONS
from engage.accounts.models import User

TITLES_SECONDS = 300
# Lines of one article; the longest in the sample laws has 41.
LINES_MOST = 200


@dataclass(frozen=True)
class ShownPoint:
    """A point as the screen lists it: its number in the text (0: the whole comment, or not to be found in it)."""

    point: Point
    number: int
    words: str
    # The comment was changed since: the words are no longer where they were.
    moved: bool
    codings: list[tuple[Coding, ShownTheme]]
    own: Decision | None
    in_force: list[rules.InForce[Decision]]

    @property
    def value(self) -> str:
        """How a form sends it."""
        return str(self.point.pk)


@dataclass(frozen=True)
class ShownProposal:
    """A theme that is proposed, with the words it is proposed for."""

    theme: Theme
    reason: Any
    words: str
    stretch: rules.Stretch | None


@dataclass(frozen=True)
class Desk:
    """One comment on the screen with all that stands around it; `comment` is None when there is nothing to show."""

    consultation: Consultation
    filters: Filters
    figures: Figures
    tree: list[ShownTheme]
    stream: list[Comment] = field(default_factory=list)
    comment: Comment | None = None
    edited: str = ""
    article: Article | None = None
    pieces: list[wording.Piece] = field(default_factory=list)
    segments: list[rules.Segment] = field(default_factory=list)
    sentences: list[tuple[rules.Stretch, str]] = field(default_factory=list)
    points: list[ShownPoint] = field(default_factory=list)
    proposals: list[ShownProposal] = field(default_factory=list)
    same: SameText | None = None
    taken: bool = False
    previous: int | None = None
    next: int | None = None
    undo: Step | None = None

    @property
    def given(self) -> set[int]:
        """The themes that the comment has."""
        return {shown.theme.pk for point in self.points for _coding, shown in point.codings}


def desk(consultation: Consultation, asked: Mapping[str, str], actor: User) -> Desk:
    """Return the coding screen for the parameters of an address.

    `comment` names the one to show; without it the next one that nobody else has open, behind the cursor `after`.
    """
    filters = Filters.of(asked)
    counted = figures(consultation)
    themes = themes_in_use(consultation)
    on_themes = decisions_by_theme(consultation)
    tree = theme_tree(themes, counted.by_theme, on_themes)
    undo = Step.objects.filter(consultation=consultation, by=actor, undone_at=None).order_by("-pk").first()
    chosen = key_of(asked.get("comment", ""))
    comment, listed = _comment_and_stream(consultation, filters, actor, chosen, key_of(asked.get("after", "")) or 0)
    if comment is None:
        return Desk(consultation, filters, counted, tree, undo=undo)
    points = _points(comment, tree, on_themes)
    marked = [point for point in points if point.number]
    language = comment.language
    article = article_of(comment.clause, language) if comment.clause else None
    before = matching(consultation, filters, actor.pk).filter(pk__lt=comment.pk).order_by("-pk")
    return Desk(
        consultation=consultation,
        filters=filters,
        figures=counted,
        tree=tree,
        stream=listed[:STREAM],
        comment=comment,
        edited=edit_mark(comment),
        article=article,
        pieces=_pieces(comment, article),
        segments=rules.segments(comment.text, [_stretch(point.point) for point in marked]),
        sentences=[(one, comment.text[one.start : one.end]) for one in rules.sentences(comment.text)],
        points=points,
        proposals=_proposals(comment, themes),
        same=same_as(comment, consultation, counted.total),
        taken=claim(comment.pk, actor.pk),
        previous=before.values_list("pk", flat=True).first(),
        next=next((one.pk for one in listed if one.pk != comment.pk), None),
        undo=undo,
    )


def _comment_and_stream(
    consultation: Consultation, filters: Filters, actor: User, chosen: int | None, after: int
) -> tuple[Comment | None, list[Comment]]:
    """Return the comment to show and the stream from it on."""
    if chosen is not None:
        rows = _full(consultation).filter(pk=chosen)
        listed = stream(consultation, filters, actor.pk, after=max(0, chosen - 1), limit=STREAM + 1)
        return rows.first(), listed
    ahead = stream(consultation, filters, actor.pk, after=after, limit=LOOK_AHEAD)
    free = first_free(ahead, actor.pk)
    if free is None:
        return None, []
    return _full(consultation).get(pk=free.pk), ahead[ahead.index(free) :]


def _full(consultation: Consultation) -> Any:
    return Comment.objects.filter(consultation=consultation).select_related("submission", "clause")


def _points(comment: Comment, tree: Sequence[ShownTheme], on_themes: Mapping[int, Decision]) -> list[ShownPoint]:
    live = list(Point.objects.filter(comment=comment, removed_at=None).order_by(F("start").asc(nulls_first=True), "pk"))
    own = decisions_by_point(live)
    shown = {row.theme.pk: row for row in tree}
    parents = {pk: row.theme.parent_id for pk, row in shown.items()}
    given: dict[int, list[Coding]] = {}
    for coding in Coding.objects.filter(point__in=live, removed_at=None).order_by("pk"):
        given.setdefault(coding.point_id, []).append(coding)
    number, found = 0, []
    for point in live:
        moved = point.start is not None and comment.text[point.start : point.end] != point.quote
        is_marked = point.start is not None and not moved
        number += is_marked
        codings = [(coding, shown[coding.theme_id]) for coding in given.get(point.pk, []) if coding.theme_id in shown]
        found.append(
            ShownPoint(
                point=point,
                number=number if is_marked else 0,
                words=point.quote,
                moved=moved,
                codings=codings,
                own=own.get(point.pk),
                in_force=rules.effective(
                    own.get(point.pk), [coding.theme_id for coding, _theme in codings], parents, on_themes
                ),
            )
        )
    return found


def _stretch(point: Point) -> rules.Stretch:
    assert point.start is not None and point.end is not None
    return rules.Stretch(point.start, point.end)


def _proposals(comment: Comment, themes: list[Theme]) -> list[ShownProposal]:
    by_key = {theme.pk: theme for theme in themes}
    return [
        ShownProposal(
            theme=by_key[proposal.theme_id],
            reason=proposal.reason,
            words=comment.text[proposal.stretch.start : proposal.stretch.end] if proposal.stretch else "",
            stretch=proposal.stretch,
        )
        for proposal in suggestions.proposals_for(comment, themes)
    ]


def _pieces(comment: Comment, article: Article | None) -> list[wording.Piece]:
    if article is None or not comment.suggested:
        return []
    return shortened(wording.diff(article.text, comment.suggested, comment.language), comment.language)


def article_of(clause: Clause, language: str) -> Article | None:
    """Return the words of one clause in one language, else in another: its own rows only, not the whole draft."""
    rows = list(
        ClauseText.objects.filter(clause__version=clause.version_id, clause__position__gte=clause.position)
        .filter(clause__position__lt=clause.position + LINES_MOST)
        .order_by("clause__position")
        .values_list(
            "language", "clause_id", "clause__parent_id", "clause__level", "clause__key", "label", "heading", "text"
        )
    )
    spoken = {row[0] for row in rows if row[1] == clause.pk}
    shown = language if language in spoken else next(iter(sorted(spoken)), "")
    found: Article | None = None
    inside: set[int] = set()
    for row_language, pk, parent, level, key, label, heading, text in rows:
        if row_language != shown:
            continue
        if pk == clause.pk:
            found, inside = Article(pk, key, label, heading), {pk}
            if text:
                found.lines.append(Line("paragraph", "", text))
        elif found is not None:
            if parent not in inside:
                break
            inside.add(pk)
            found.lines.append(Line(level, label, text))
    return found


def clause_choices(consultation: Consultation) -> list[tuple[str, str]]:
    """Return (key, title) of the articles of the published texts in the active language; kept for five minutes."""
    language = get_language() or ""
    key = f"coding:clauses:{consultation.pk}:{language}"
    kept: list[tuple[str, str]] | None = cache.get(key)
    if kept is None:
        rows = (
            ClauseText.objects.filter(
                clause__version__draft__consultation=consultation,
                clause__version=F("clause__version__draft__published"),
                clause__level=Clause.Level.ARTICLE,
            )
            .order_by("clause__version__draft", "clause__position")
            .values_list(
                "clause__key",
                "language",
                "label",
                "heading",
                "clause__version__draft__slug",
                "clause__version__draft__name",
            )
        )
        titles: dict[str, str] = {}
        in_order = sorted(rows, key=lambda row: (row[4] == QUESTIONS, row[4] != ""))
        for clause_key, spoken, label, heading, name, draft in in_order:
            title = f"{label} {heading}".strip() or clause_key
            # An article of a further text is told from the one of the same number in the first.
            if spoken == language or clause_key not in titles:
                titles[clause_key] = f"{draft} · {title}" if name not in ("", QUESTIONS) else title
        kept = list(titles.items())
        cache.set(key, kept, TITLES_SECONDS)
    return kept
