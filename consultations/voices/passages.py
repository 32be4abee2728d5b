"""The words of a clause that a comment is about: kept as W3C selectors, found again in later versions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery

from consultations.alignment.anchors import Anchor, reanchor
from consultations.models import Clause, ClauseLineage, Comment, Version
from consultations.voices.models import Passage, PassagePlace

AT_ONCE = 200


@dataclass(frozen=True)
class Quote:
    """What is shown above a comment: the words as they were read, and whether they still stand in the text.

    `found`: "same" (in the version they were marked in), "moved" (found again in this one), "gone" (the comment stands
    by the whole clause), "removed" (so is the clause).
    """

    exact: str
    found: str
    selectors: list[dict[str, object]]


def kept(comment: Comment, text: str, start: int, end: int) -> Passage:
    """Make the unsaved selectors of a passage of the text that was read."""
    anchor = Anchor.of(text, start, end)
    return Passage(
        comment=comment, exact=anchor.exact, prefix=anchor.prefix, suffix=anchor.suffix, start=start, end=end
    )


def quotes(comments: Sequence[Comment], version: Version) -> dict[int, Quote]:
    """Return comment to what is quoted above it for a reader of a version; the comments come with their `passage`.

    One query, and none while no words of another version are marked.
    """
    passages = {comment.pk: comment.passage for comment in comments if hasattr(comment, "passage")}
    older = [comment.pk for comment in comments if comment.pk in passages and comment.version_id != version.pk]
    found = PassagePlace.objects.filter(passage__in=older, version=version) if older else []
    places = {place.passage_id: place for place in found}
    versions = {comment.pk: comment.version_id for comment in comments}
    return {
        pk: Quote(passage.exact, _found(places.get(pk), same=versions[pk] == version.pk), as_annotation(passage))
        for pk, passage in passages.items()
    }


def _found(place: PassagePlace | None, *, same: bool) -> str:
    if same:
        return "same"
    if place is None or place.start is None:
        return "removed" if place is not None and place.clause_id is None else "gone"
    return "moved"


def as_annotation(passage: Passage) -> list[dict[str, object]]:
    """Return the selectors as the W3C Web Annotation model writes them."""
    return [
        {"type": "TextQuoteSelector", "exact": passage.exact, "prefix": passage.prefix, "suffix": passage.suffix},
        {"type": "TextPositionSelector", "start": passage.start, "end": passage.end},
    ]


def waiting() -> QuerySet[Passage]:
    """Return the passages of older versions that have no place in the published one yet."""
    published = Version.objects.filter(pk=OuterRef("comment__version__draft__published"))
    return (
        Passage.objects.exclude(comment__version=F("comment__version__draft__published"))
        .exclude(
            pk__in=PassagePlace.objects.filter(version=F("passage__comment__version__draft__published")).values(
                "passage"
            )
        )
        .annotate(wanted=Subquery(published.values("pk")[:1]))
        .exclude(wanted=None)
        .select_related("comment__version", "comment__clause")
        .order_by("pk")
    )


@transaction.atomic
def place_some() -> int:
    """Find the next passages in the versions published since they were marked, one version after the other.

    Returns how many were placed. What is not found stands by its clause, and the page says so.
    """
    rows = list(waiting()[:AT_ONCE])
    texts: dict[tuple[int, str], dict[int, str]] = {}
    made = [place for passage in rows for place in _places(passage, texts)]
    PassagePlace.objects.bulk_create(made, ignore_conflicts=True)
    return len(rows)


def _places(passage: Passage, texts: dict[tuple[int, str], dict[int, str]]) -> Iterable[PassagePlace]:
    comment = passage.comment
    later = Version.objects.filter(
        draft=comment.version.draft_id, number__gt=comment.version.number, published_at__isnull=False
    ).order_by("number")
    anchor: Anchor | None = Anchor(passage.exact, passage.prefix, passage.suffix, passage.start)
    clause_id, version_id = comment.clause_id, comment.version_id
    for version in later:
        place = PassagePlace(passage=passage, version=version, clause_id=None, outcome="removed")
        heirs = _heirs(clause_id, version)
        old = _texts(version_id, comment.language, texts).get(clause_id or 0, "")
        new = _texts(version.pk, comment.language, texts)
        lineage = [(str(pk), new[pk]) for pk in heirs if pk in new]
        if lineage:
            place.clause_id = int(lineage[0][0])
            place.outcome = "reworded"
        if lineage and anchor is not None:
            found = reanchor(anchor, old, lineage, comment.language)
            place.outcome = found.outcome
            place.clause_id = int(found.clause) if found.clause else None
            place.start, place.end = found.start, found.end
        anchor = None
        if place.start is not None and place.end is not None and place.clause_id:
            anchor = Anchor.of(new[place.clause_id], place.start, place.end)
        clause_id, version_id = place.clause_id, version.pk
        yield place


def _heirs(clause_id: int | None, version: Version) -> list[int]:
    """Return the clauses of a version that came from an older one, the closest first."""
    links = ClauseLineage.objects.filter(version=version, old=clause_id, new__isnull=False).order_by("-similarity")
    if clause_id is None:
        return []
    found = [link.new_id for link in links if link.new_id]
    same = Clause.objects.filter(version=version, stable_id__in=Clause.objects.filter(pk=clause_id).values("stable_id"))
    return found or list(same.values_list("pk", flat=True))


def _texts(version_id: int, language: str, texts: dict[tuple[int, str], dict[int, str]]) -> dict[int, str]:
    from consultations.queries import text_of  # reads what is shown around comments from this room

    if (version_id, language) not in texts:
        text = text_of(Version.objects.get(pk=version_id), language=language, with_counts=False)
        texts[version_id, language] = {article.clause_id: article.text for article in text.articles}
    return texts[version_id, language]
