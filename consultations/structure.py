"""The pages of consultations: the finder below each home page, and a call in every language."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from consultations.models import Consultation, ConsultationIndexPage, ConsultationPage
from engage.pages.gate import release_page
from engage.pages.models import HomePage
from engage.publishing import gate

TITLES = {"zh-hans": "征求意见", "en": "Have your say"}


def publish_pages(consultation: Consultation, words: dict[str, dict[str, Any]]) -> None:
    """Publish the page of a call in each language (code to field values) as translations of each other."""
    key = None
    for code, values in words.items():
        index = ConsultationIndexPage.objects.get(locale__language_code=code)
        page = ConsultationPage(
            slug=consultation.slug,
            locale=index.locale,
            consultation=consultation,
            first_published_at=consultation.opens_at,
            **values,
        )
        if key is not None:
            page.translation_key = key
        index.add_child(instance=page)
        key = page.translation_key
    gate.release_by_platform("call", consultation, now=timezone.now())


def plant_index(homes: dict[str, HomePage]) -> None:
    """Add the index page where it is missing; both languages are translations of each other."""
    key = None
    for code, home in homes.items():
        index = ConsultationIndexPage.objects.child_of(home).first()
        if index is None:
            index = ConsultationIndexPage(title=TITLES[code], slug="c", locale=home.locale)
            if key is not None:
                index.translation_key = key
            home.add_child(instance=index)
            release_page(index)
        key = index.translation_key
