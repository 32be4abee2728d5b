"""What of the press room can be found: releases in each language, signed articles, sections of departments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import ANYONE
from engage.outreach.press import packs
from engage.outreach.press.models import DepartmentSectionPage, Edition, SignedArticlePage
from engage.pages.models import ArticlePage
from engage.search.registry import Entry, Source


def _editions() -> QuerySet[Edition]:
    return Edition.objects.visible_to(ANYONE).select_related("release")


def _edition_entries(row: Edition) -> Iterator[Entry]:
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield Entry(
                language=code,
                title=row.content["words"][code]["title"],
                body=packs.plain_text(row.content, code),
                url=reverse("press_release", args=[row.content["slug"]]),
                published_at=row.public_from,
                department_id=row.department_id,
            )


def _articles() -> QuerySet[SignedArticlePage]:
    return SignedArticlePage.objects.visible_to(ANYONE).select_related("locale")


def _sections() -> QuerySet[DepartmentSectionPage]:
    return DepartmentSectionPage.objects.visible_to(ANYONE).select_related("locale")


def _page_entries(page: Any) -> Iterator[Entry]:
    words = ArticlePage._meta.get_field("body").get_searchable_content(page.body)
    byline = [page.byline, page.position] if isinstance(page, SignedArticlePage) else [page.contact]
    yield Entry(
        language=page.locale.language_code,
        title=page.title,
        body="\n".join([page.intro, *byline, *words]),
        url=page.get_url_parts()[2],
        published_at=page.first_published_at or timezone.now(),
        department_id=page.department_id,
    )


SOURCES = [
    Source("press_release", _("Press releases"), Edition, _editions, _edition_entries),
    Source("signed_article", _("Signed articles"), SignedArticlePage, _articles, _page_entries),
    Source("department_section", _("Departments"), DepartmentSectionPage, _sections, _page_entries),
]
