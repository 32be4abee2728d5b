"""Makes pages in both languages, released or only saved."""

from typing import Any

from wagtail.models import Page

from engage.pages.gate import release_page
from engage.pages.models import ArticlePage
from engage.pages.structure import ensure_structure

PARAGRAPH = {"zh-hans": "<p>图书馆每周开放五天。</p>", "en": "<p>The library opens five days a week.</p>"}
TITLES = {"zh-hans": "开放时间", "en": "Opening hours"}
LANGUAGES = ("zh-hans", "en")


def article(
    slug: str = "hours",
    *,
    bodies: dict[str, str | list[tuple[str, Any]]] | None = None,
    languages: tuple[str, ...] = LANGUAGES,
    live: bool = True,
) -> dict[str, ArticlePage]:
    """Make an article in each language, the translations of one another; `bodies`: language to HTML or blocks."""
    homes, made, key = ensure_structure(), {}, None
    for language in languages:
        body = (bodies or {}).get(language, PARAGRAPH[language])
        blocks = [("paragraph", body)] if isinstance(body, str) else body
        page = ArticlePage(title=TITLES[language], slug=slug, locale=homes[language].locale, live=False)
        page.body = [{"type": kind, "value": value} for kind, value in blocks]
        page.body = ArticlePage.body.field.stream_block.to_python([*page.body.raw_data])
        if key:
            page.translation_key = key
        homes[language].add_child(instance=page)
        key = page.translation_key
        made[language] = page
        if live:
            release(page)
            page.refresh_from_db()
        else:
            page.save_revision()
    return made


def release(page: Page) -> None:
    """Let everybody read a page as it is."""
    page.save_revision()
    release_page(page)
