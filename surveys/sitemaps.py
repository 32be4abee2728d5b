"""Questionnaires that everybody may answer, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import timezone, translation

from engage.accounts.actors import ANYONE
from surveys import queries


class SurveySitemap(Sitemap):
    """The start page of each open questionnaire."""

    def items(self) -> list[tuple[str, str]]:
        """Return (language, key)."""
        found = queries.listed(language=settings.LANGUAGE_CODE, actor=ANYONE, now=timezone.now())
        return [(code, one.questionnaire.key) for one in found for code in settings.LANGUAGE_PATHS]

    def location(self, item: tuple[str, str]) -> str:
        """Return the address in the item's language."""
        code, key = item
        with translation.override(code):
            return reverse("survey", args=[key])
