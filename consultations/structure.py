"""The finder's page below each home page."""

from __future__ import annotations

from consultations.models import ConsultationIndexPage
from engage.pages.models import HomePage

TITLES = {"zh-hans": "征求意见", "en": "Have your say"}


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
            index.save_revision().publish()
        key = index.translation_key
