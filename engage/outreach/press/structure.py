"""The index pages of the press and of the departments below each home page."""

from __future__ import annotations

from wagtail.models import Page

from engage.outreach.press.models import DepartmentIndexPage, PressIndexPage
from engage.pages.gate import release_page
from engage.pages.models import HomePage

PLANTED: list[tuple[type[Page], str, dict[str, str]]] = [
    (PressIndexPage, "press", {"zh-hans": "新闻发布", "en": "Press"}),
    (DepartmentIndexPage, "departments", {"zh-hans": "部门", "en": "Departments"}),
]


def plant(homes: dict[str, HomePage]) -> None:
    """Add the index pages where they are missing; both languages are translations of each other."""
    for model, slug, titles in PLANTED:
        key = None
        for code, home in homes.items():
            index = model.objects.child_of(home).first()
            if index is None:
                index = model(title=titles[code], slug=slug, locale=home.locale)
                if key is not None:
                    index.translation_key = key
                home.add_child(instance=index)
                release_page(index)
            key = index.translation_key
