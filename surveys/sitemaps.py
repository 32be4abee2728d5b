"""Questionnaires that everybody may answer, in both languages."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import ANYONE
from surveys.models import Questionnaire


class SurveySitemap(Sitemap):
    """The start page of each open questionnaire."""

    def items(self) -> list[tuple[str, str]]:
        """Return (language, key)."""
        keys = Questionnaire.objects.visible_to(ANYONE).filter(access=Questionnaire.Access.OPEN)
        return [(code, key) for key in keys.values_list("key", flat=True) for code in settings.LANGUAGE_PATHS]

    def location(self, item: tuple[str, str]) -> str:
        """Return the address in the item's language."""
        code, key = item
        with translation.override(code):
            return reverse("survey", args=[key])
