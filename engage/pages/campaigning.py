"""What articles give a campaign: those about its topics are collected, and one of them can be part of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.outreach.campaigns import registry
from engage.pages.models import ArticlePage
from engage.pages.visibility import public_only

ARTICLE = "article"


def _item(page: ArticlePage) -> registry.Item:
    return registry.Item(
        ARTICLE,
        str(page.translation_key),
        page.title,
        page.url or "",
        summary=page.intro,
        at=page.first_published_at,
    )


def articles(topics: Sequence[str], *, actor: Actor, language: str, limit: int) -> list[registry.Item]:
    """Return the public articles about the topics, the newest first; staff see no more here."""
    found = public_only(ArticlePage.objects.filter(topics__code__in=topics, locale__language_code=language))
    return [_item(page) for page in found.distinct().order_by("-first_published_at", "-pk")[:limit]]


def one_article(key: str, *, actor: Actor, language: str) -> registry.Item | None:
    """Return one public article in a language."""
    try:
        wanted = uuid.UUID(key)
    except ValueError:
        return None
    page = public_only(ArticlePage.objects.filter(translation_key=wanted, locale__language_code=language)).first()
    return _item(page) if page else None


def register() -> None:
    """Tell campaigns of articles."""
    registry.register_source(registry.Source(ARTICLE, _("Articles"), articles, one_article, order=40))
    registry.register_suggestions("articles", _("Articles"), articles, order=30)
