"""The ministry's plan as a policy document: a Chinese page below its own section."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.utils.html import escape
from wagtail.rich_text import RichText

from engage.pages.gate import release_page
from engage.pages.models import ArticlePage, HomePage, SectionPage
from engage.pages.sample_content import Loaded
from engage.pages.structure import ensure_structure

PLAN = "plan/plan-2016.zh.md"
SECTION = ("policy-documents", "政策文件", "公开发布的政策文件原文。")
SLUG = "plan-2016"
INTRO = "民政部公开发布的工作要点原文，按公开文本重排；一处两字在来源中缺失，文中标明。官方文件不受著作权保护。"


def load(folder: Path) -> Loaded:
    """Publish the plan once; a second call changes nothing."""
    home = ensure_structure()["zh-hans"]
    if ArticlePage.objects.descendant_of(home).filter(slug=SLUG).exists():
        return Loaded(known=1)
    title, blocks = markdown_blocks((folder / PLAN).read_text(encoding="utf-8"))
    section = _section(home)
    page = ArticlePage(title=title, slug=SLUG, locale=home.locale, intro=INTRO, body=blocks)
    section.add_child(instance=page)
    release_page(page)
    return Loaded(added=1, counts={"headings": sum(kind == "heading" for kind, _value in blocks)})


def _section(home: HomePage) -> SectionPage:
    slug, title, intro = SECTION
    section = SectionPage.objects.child_of(home).filter(slug=slug).first()
    if section is None:
        section = SectionPage(title=title, slug=slug, locale=home.locale, intro=intro)
        home.add_child(instance=section)
        release_page(section)
    return section


def markdown_blocks(text: str) -> tuple[str, list[tuple[str, Any]]]:
    """Return the title and the page blocks of plain Markdown: one title, headings, paragraphs parted by empty lines."""
    title = ""
    blocks: list[tuple[str, Any]] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        marks, _space, words = part.partition(" ")
        if marks == "#" and not title:
            title = words.strip()
        elif marks and not marks.strip("#"):
            blocks.append(("heading", words.strip()))
        else:
            blocks.append(("paragraph", RichText(f"<p>{escape(part.strip())}</p>")))
    return title, blocks
