"""The compare page's read: two published versions of a draft, article by article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from consultations import lineage
from consultations.alignment import Link
from consultations.alignment.align import Item
from consultations.alignment.compare import Comparison, Row, compare
from consultations.drafts.tree import HEADING_LEVELS, ParsedDraft
from consultations.models import Draft, Version, VersionText

_MARKED = ("item", "subitem")


@dataclass(frozen=True)
class ComparedRow:
    """Paragraphs beside their successors.

    `old_label`, `new_label`: as printed before an item, empty for a plain paragraph. `old_article`, `new_article`: the
    articles it stands in, where several are shown together. `begins`: the first row, or the first of other articles.
    """

    row: Row
    old_label: str
    new_label: str
    old_article: str
    new_article: str
    begins: bool

    @property
    def is_heading(self) -> bool:
        """Whether these are the headings of articles."""
        return all(item.level == "article" for item in (*self.row.old, *self.row.new))


@dataclass(frozen=True)
class ComparedArticle:
    """One article, or several that were split or merged. `headings`: those that stand before it in the new version."""

    headings: tuple[str, ...]
    key: str
    sentences: tuple[str, ...]
    changed: bool
    rows: tuple[ComparedRow, ...]


@dataclass(frozen=True)
class Compared:
    """Two versions in one language; `articles` are all of them."""

    old: Version
    new: Version
    language: str
    articles: tuple[ComparedArticle, ...]

    @property
    def changed(self) -> list[ComparedArticle]:
        """The articles that differ in words, number or place."""
        return [article for article in self.articles if article.changed]

    @property
    def unchanged_count(self) -> int:
        """How many stand as they stood."""
        return len(self.articles) - len(self.changed)


def published_versions(draft: Draft) -> list[Version]:
    """Return the versions of a draft that the public has read, the first one first."""
    return list(draft.versions.filter(published_at__isnull=False).order_by("number"))


def compared(old: Version, new: Version, *, language: str) -> Compared | None:
    """Compare two versions in a language, else in one that both have; None when nothing tells how they belong."""
    for shown in _languages(old, new, language):
        alignment = lineage.alignment_of(old, new, shown)
        parsed = lineage.parsed_of(new, shown)
        if alignment is None or parsed is None:
            continue
        headings = _headings(parsed)
        articles = tuple(_article(comparison, headings) for comparison in compare(alignment))
        return Compared(old, new, shown, articles)
    return None


def _languages(old: Version, new: Version, wanted: str) -> list[str]:
    """Return the languages that both versions have, the wanted one first."""
    found = [
        set(VersionText.objects.filter(version=version).values_list("language", flat=True)) for version in (old, new)
    ]
    return sorted(found[0] & found[1], key=lambda language: (language != wanted, language))


def _headings(parsed: ParsedDraft) -> dict[str, tuple[str, ...]]:
    """Return clause id to the headings that stand directly before it."""
    found: dict[str, tuple[str, ...]] = {}
    waiting: list[str] = []
    for clause in parsed.clauses:
        if clause.level in HEADING_LEVELS and clause.level != "article":
            waiting.append(f"{clause.label} {clause.heading}".strip())
        elif waiting:
            found[clause.id] = tuple(waiting)
            waiting = []
    return found


def _article(comparison: Comparison, headings: dict[str, tuple[str, ...]]) -> ComparedArticle:
    ends = [*comparison.new, *comparison.old]
    slug = ends[0].id.replace("_", "-")
    return ComparedArticle(
        headings=tuple(heading for item in comparison.new for heading in headings.get(item.id, ())),
        key=slug if comparison.new else f"old-{slug}",
        sentences=tuple(told(link) for link in comparison.links),
        changed=comparison.changed,
        rows=tuple(shown_rows(comparison)),
    )


def shown_rows(comparison: Comparison) -> Iterator[ComparedRow]:
    """Yield the rows of a comparison with their labels and, where several articles stand together, their articles."""
    articles = [_titles(side) if len(side) > 1 else {} for side in (comparison.old, comparison.new)]
    before: tuple[str, str] | None = None
    for row in comparison.rows:
        old_article, new_article = (
            _listed(list(dict.fromkeys(titles[item.id] for item in items if titles)))
            for items, titles in ((row.old, articles[0]), (row.new, articles[1]))
        )
        begins = before != (old_article, new_article)
        before = old_article, new_article
        yield ComparedRow(row, _label(row.old), _label(row.new), old_article, new_article, begins)


def _titles(articles: Iterable[Item]) -> dict[str, str]:
    """Return part id to the title of its article."""
    return {part.id: article.title for article in articles for part in article.parts}


def _label(items: Iterable[Item]) -> str:
    label = _listed([item.title for item in items if item.level in _MARKED])
    return f"{label} " if label.isascii() and label else label


def _listed(names: Sequence[str]) -> str:
    return pgettext("between the items of a list", ", ").join(names)


def told(link: Link) -> str:
    """Return in a sentence what became of the articles of a link."""
    names = {"old": _listed([item.title for item in link.old]), "new": _listed([item.title for item in link.new])}
    equal = link.similarity == 1.0
    match link.relation:
        case "same":
            sentence = gettext("%(new)s: unchanged")
        case "new":
            sentence = gettext("%(new)s: new")
        case "removed":
            sentence = gettext("%(old)s: removed")
        case "split":
            sentence = gettext("%(old)s was split into %(new)s")
        case "merged":
            sentence = gettext("%(old)s were merged into %(new)s")
        case "moved" if equal:
            sentence = gettext("%(old)s was moved and is now %(new)s, in the same words")
        case "moved":
            sentence = gettext("%(old)s was moved, reworded, and is now %(new)s")
        case "renumbered":
            sentence = gettext("%(old)s is now %(new)s, in the same words")
        case _ if names["old"] == names["new"]:
            sentence = gettext("%(new)s: reworded")
        case _:
            sentence = gettext("%(old)s was reworded and is now %(new)s")
    return sentence % names
