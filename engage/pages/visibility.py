"""Which Wagtail pages everybody may read, as one SQL condition."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from engage.publishing.models import Release, ReleaseForm

Pages = TypeVar("Pages", bound=PageQuerySet)


def public_only(pages: Pages) -> Pages:
    """Keep live pages that were released and stand under no view restriction.

    Wagtail's `public()` reads all restrictions first; this asks within the query itself, which saves a query on every
    hot page and keeps the condition usable inside a subquery.
    """
    above = (
        PageViewRestriction.objects.annotate(reader_path=ExpressionWrapper(OuterRef("path"), output_field=CharField()))
        .filter(reader_path__startswith=F("page__path"))
        .values("pk")
    )
    return pages.filter(~Exists(above), released_pages(), live=True)


def _released_forms() -> QuerySet[ReleaseForm]:
    name = Concat(Value("content:"), Cast(OuterRef("pk"), CharField()), output_field=CharField())
    return ReleaseForm.objects.filter(name=name, release__state=Release.State.RELEASED).order_by()


def released_pages() -> Exists:
    """Return the SQL condition that a page was released; usable in any query of pages."""
    return Exists(_released_forms())


def released_digest() -> Subquery:
    """Return the SHA-256 of the content with which a page was released, for an annotation `signed`."""
    return Subquery(_released_forms().values("sha256")[:1])
