"""The demo's standing pages, news, office, topics and departments."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page, Site
from wagtail.rich_text import RichText

from engage.pages.demo_content import FOLDER
from engage.pages.gate import release_page
from engage.pages.models import ArticlePage, HomePage, Office, SectionPage, Topic
from engage.pages.structure import ensure_structure
from engage.participation.models import AboutOption


def load() -> None:
    """Build the pages once; a second call changes nothing."""
    homes = ensure_structure()
    if ArticlePage.objects.exists():
        return
    words = json.loads((FOLDER / "pages.json").read_text(encoding="utf-8"))
    lists = json.loads((FOLDER / "consultations.json").read_text(encoding="utf-8"))
    site = Site.objects.get(is_default_site=True)
    Office.objects.update_or_create(
        site=site, defaults={"name_zh": words["office"]["zh"], "name_en": words["office"]["en"]}
    )
    call_command("import_departments", str(FOLDER / "departments.csv"), json=True, stdout=_Silent())
    for topic in lists["topics"]:
        Topic.objects.get_or_create(code=topic["code"], defaults={"name_zh": topic["zh"], "name_en": topic["en"]})
    _about_options(lists)
    for entry in words["pages"]:
        _article(homes, entry)
    _news(homes, words["news"])


class _Silent:
    """Where a command's report goes when nobody reads it."""

    def write(self, text: str) -> None:
        """Drop the text."""

    def flush(self) -> None:
        """Nothing is kept."""


def _about_options(lists: dict[str, Any]) -> None:
    for kind, name in ((AboutOption.Kind.REGION, "regions"), (AboutOption.Kind.CAPACITY, "capacities")):
        for position, option in enumerate(lists[name]):
            AboutOption.objects.get_or_create(
                kind=kind,
                code=option["code"],
                defaults={"label_zh": option["zh"], "label_en": option["en"], "position": position},
            )


def _blocks(blocks: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    made: list[tuple[str, Any]] = []
    for block in blocks:
        value = block["value"]
        made.append((block["type"], RichText(f"<p>{value}</p>") if block["type"] == "paragraph" else value))
    return made


def _short(code: str) -> str:
    return settings.LANGUAGE_PATHS[code]


def _article(parents: dict[str, Any], entry: dict[str, Any]) -> None:
    """Publish one article in both languages as translations of each other."""
    key = None
    published = timezone.now() - timedelta(days=entry.get("published_days_ago", 30))
    for code, parent in parents.items():
        language = _short(code)
        page = ArticlePage(
            title=entry["title"][language],
            slug=entry["slug"],
            locale=parent.locale,
            intro=entry["intro"][language],
            in_foot=entry.get("in_foot", False),
            body=_blocks(entry["blocks"][language]),
            first_published_at=published,
        )
        if key is not None:
            page.translation_key = key
        parent.add_child(instance=page)
        release_page(page)
        key = page.translation_key


def _news(homes: dict[str, HomePage], news: list[dict[str, Any]]) -> None:
    titles = {"zh-hans": "新闻", "en": "News"}
    sections: dict[str, Page] = {}
    key = None
    for code, home in homes.items():
        section = SectionPage(title=titles[code], slug="news", locale=home.locale)
        if key is not None:
            section.translation_key = key
        home.add_child(instance=section)
        release_page(section)
        key = section.translation_key
        sections[code] = section
    for entry in news:
        _article(sections, entry)
