"""The demo's press room: a routine and an emergency release, a signed article, a department's section."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from wagtail.models import Page
from wagtail.rich_text import RichText

from engage.accounts.actions import demo_user
from engage.accounts.actors import SYSTEM, Role
from engage.departments.actions import add_member
from engage.departments.models import Department
from engage.outreach.press import actions, rules
from engage.outreach.press.actions.writing import KIND
from engage.outreach.press.models import (
    DepartmentSectionPage,
    PressIndexPage,
    Release,
    SignedArticlePage,
)
from engage.pages.demo_content import FOLDER
from engage.pages.gate import release_page
from engage.pages.models import ArticlePage, Topic
from engage.publishing import gate


def load() -> None:
    """Load the press room once; a second call changes nothing."""
    if Release.objects.exists():
        return
    words = json.loads((FOLDER / "press.json").read_text(encoding="utf-8"))
    now = timezone.now()
    for entry in words["releases"]:
        _release(entry, now)
    for entry in words["articles"]:
        indexes = {index.locale.language_code: index for index in PressIndexPage.objects.select_related("locale")}
        _pages(SignedArticlePage, indexes, entry, now, ("byline", "position", "first_where"))
    _section(words["section"], now)


def _short(code: str) -> str:
    return settings.LANGUAGE_PATHS[code]


def _release(entry: dict[str, Any], now: datetime) -> None:
    department = Department.objects.get(code=entry["department"])
    release = actions.open_release(entry["kind"], entry["slug"], department, actor=SYSTEM)
    actions.write_release(
        release.pk,
        kind=entry["kind"],
        slug=entry["slug"],
        department=department,
        topics=list(Topic.objects.filter(code__in=entry["topics"])),
        words={code: entry["words"][_short(code)] for code in rules.LANGUAGES},
        correction={},
        related=[tuple(pair) for pair in entry["related"]],
        embargo_until=None,
        revision=0,
        now=now,
        actor=SYSTEM,
    )
    release.refresh_from_db()
    gate.release_by_platform(KIND, release, now=now - timedelta(days=entry["days_ago"]))


def _blocks(blocks: list[list[Any]]) -> list[tuple[str, Any]]:
    return [(kind, RichText(f"<p>{value}</p>") if kind == "paragraph" else value) for kind, value in blocks]


def _pages(
    model: type[Page], parents: dict[str, Any], entry: dict[str, Any], now: datetime, fields: tuple[str, ...]
) -> None:
    """Publish one page in both languages as translations of each other."""
    key = None
    at = now - timedelta(days=entry["days_ago"])
    for code, parent in parents.items():
        language = _short(code)
        more: dict[str, Any] = {name: entry[name][language] for name in fields}
        if "department" in entry:
            more |= {
                "department": Department.objects.get(code=entry["department"]),
                "signed_on": timezone.localdate(at),
            }
        page = model(
            title=entry["title"][language],
            slug=entry["slug"],
            locale=parent.locale,
            intro=entry["intro"][language],
            body=_blocks(entry["blocks"][language]),
            first_published_at=at,
            **more,
        )
        if key is not None:
            page.translation_key = key
        parent.add_child(instance=page)
        publish_page(page)
        key = page.translation_key


def publish_page(page: Page) -> None:
    """Publish what the platform brings along."""
    page.save_revision()
    release_page(page)


def _section(entry: dict[str, Any], now: datetime) -> None:
    department = Department.objects.get(code=entry["department"])
    actions.open_section(department, actor=SYSTEM)
    if settings.DEMO:
        add_member(department, demo_user(Role.SECTION_EDITOR), Role.SECTION_EDITOR, actor=SYSTEM)
    fronts = DepartmentSectionPage.objects.filter(department__code=entry["department"]).select_related("locale")
    parents = {front.locale.language_code: front for front in fronts.order_by("path")}
    for code, front in parents.items():
        language = _short(code)
        front.intro, front.contact = entry["intro"][language], entry["contact"][language]
        front.body = _blocks(entry["blocks"][language])
        publish_page(front)
    for page in entry["pages"]:
        _pages(ArticlePage, parents, page, now, ())
