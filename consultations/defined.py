"""Terms of a published text that lead to the article defining them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.core.cache import cache

from consultations.drafts import definitions

if TYPE_CHECKING:
    from consultations.queries import Text

# A published version never changes.
KEPT_SECONDS = 24 * 3600


def link_terms(text: Text) -> Text:
    """Have the lines of a text know the defined terms in them; returns the same text."""
    articles = text.articles
    places = [(article, number) for article in articles for number in range(len(article.lines))]
    slugs = {article.key: article.slug for article in articles}
    for use in _uses(text):
        article, number = places[use.line]
        line = article.lines[number]
        article.lines[number] = replace(line, terms=(*line.terms, (use.start, use.end, slugs[use.article])))
    return text


def _uses(text: Text) -> list[definitions.Use]:
    key = f"defined:{text.version.pk}:{text.language}"
    kept: list[definitions.Use] | None = cache.get(key) if text.version.published_at else None
    if kept is None:
        lines = [definitions.Line(article.key, line.text) for article in text.articles for line in article.lines]
        kept = definitions.uses(lines, definitions.defined_terms(lines, text.language), text.language)
        if text.version.published_at:
            cache.set(key, kept, KEPT_SECONDS)
    return kept
