"""What of published answers and disclosures can be found: their frozen words, in each language they have."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db.models import QuerySet
from django.utils import translation

from engage.search.registry import Entry, Source
from mailbox.publication import queries, rules
from mailbox.publication.models import Publication, label_of


def _public(form: str) -> QuerySet[Publication]:
    return queries.public_rows(form)


def _entries(publication: Publication) -> Iterator[Entry]:
    assert publication.published_at is not None
    for language in publication.content["words"]:
        with translation.override(language):
            item = queries.shown(publication, language, titles=False)
            lines = [*item.answer, *item.question, *item.basis, *(file.title for file in item.files)]
        yield Entry(
            language=language,
            title=item.title,
            body="\n".join(lines),
            url=item.url,
            published_at=publication.published_at,
            department_id=publication.department_id,
        )


SOURCES = tuple(
    Source(form, label_of(form), Publication, partial(_public, form), _entries)
    for form in (rules.REPLY, rules.DISCLOSURE)
)
