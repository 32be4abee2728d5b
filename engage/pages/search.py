"""What of the page tree can be found: articles and sections, kept in step as they are saved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models.signals import post_save, pre_delete
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.query import PageQuerySet

from engage.pages.models import ArticlePage, SectionPage
from engage.pages.visibility import public_only
from engage.search import actions
from engage.search.registry import Entry, Source

PART_LENGTH = 50_000


def _public_articles() -> PageQuerySet:
    return public_only(ArticlePage.objects.select_related("locale"))


def _public_sections() -> PageQuerySet:
    return public_only(SectionPage.objects.select_related("locale"))


def _article_entries(page: ArticlePage) -> Iterator[Entry]:
    words = ArticlePage._meta.get_field("body").get_searchable_content(page.body)
    yield from _entries(page, [page.intro, *words])


def _section_entries(page: SectionPage) -> Iterator[Entry]:
    yield from _entries(page, [page.intro])


def _entries(page: ArticlePage | SectionPage, words: list[str]) -> Iterator[Entry]:
    """Give a long page in parts: what stands at its end is found too."""
    parts: list[str] = [""]
    for piece in filter(None, words):
        if len(parts[-1]) + len(piece) > PART_LENGTH and parts[-1]:
            parts.append("")
        parts[-1] += piece + "\n"
    for number, part in enumerate(parts):
        yield Entry(
            language=page.locale.language_code,
            title=page.title,
            body=part,
            url=page.get_url_parts()[2],
            published_at=page.first_published_at or timezone.now(),
            object_id=f"{page.pk}/{number}" if number else "",
        )


SOURCES = [
    Source("page", _("Pages"), ArticlePage, _public_articles, _article_entries),
    Source("section", _("Sections of the site"), SectionPage, _public_sections, _section_entries),
]


def _saved(sender: type, instance: ArticlePage | SectionPage, raw: bool = False, **kwargs: Any) -> None:
    # A page that is being made has no place in the tree, and so no address, until it is saved.
    if not raw:
        actions.index(instance)


def _leaving(sender: type, instance: ArticlePage | SectionPage, **kwargs: Any) -> None:
    actions.remove(instance)


def connect() -> None:
    """Follow every save and removal of these pages."""
    for model in (ArticlePage, SectionPage):
        post_save.connect(_saved, sender=model, dispatch_uid=f"pages.index.{model.__name__}")
        pre_delete.connect(_leaving, sender=model, dispatch_uid=f"pages.unindex.{model.__name__}")
