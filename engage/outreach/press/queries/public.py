"""What everybody reads: editions as they were let through, signed articles, sections of departments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page as PageOfList
from django.core.paginator import Paginator
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import ExtractYear
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from engage.accounts.actors import ANYONE, Actor
from engage.departments.models import Department, in_active_language
from engage.outreach.press import registry
from engage.outreach.press.models import DepartmentSectionPage, Edition, Material, Release, SignedArticlePage
from engage.pages.models import ArticlePage, SectionPage, Topic
from engage.pages.visibility import public_only

ARTICLE = "article"
PER_PAGE = 20


@dataclass(frozen=True)
class Filters:
    """What a reader chose on the list; empty: everything."""

    kind: str = ""
    department: str = ""
    topic: str = ""
    year: int = 0


@dataclass(frozen=True)
class Item:
    """One line of lists and feeds, in the active language."""

    kind: str
    key: int
    title: str
    summary: str
    url: str
    at: datetime
    department: str
    byline: str = ""
    embargo_until: datetime | None = None
    changed_at: datetime | None = None

    @property
    def guid(self) -> str:
        """The name of the thing in feeds, the same for ever."""
        return f"{'article' if self.kind == ARTICLE else 'release'}-{self.key}"


def editions(*, actor: Actor, now: datetime) -> QuerySet[Edition]:
    """Return the editions the actor may read, newest first."""
    return Edition.objects.visible_to(actor, now).select_related("release", "department")


def articles(language: str) -> QuerySet[SignedArticlePage]:
    """Return the signed articles of one language that everybody may read, newest first."""
    found = SignedArticlePage.objects.visible_to(ANYONE).filter(locale__language_code=language)
    return found.filter(first_published_at__isnull=False).select_related("department").order_by("-first_published_at")


def items(filters: Filters, *, page: str, actor: Actor, now: datetime) -> PageOfList:
    """Return one page of the list of releases and signed articles, newest first."""
    return _page(_keys(filters, actor=actor, now=now), page, now)


def newest(*, limit: int, now: datetime) -> list[Item]:
    """Return what came last, for the feeds; the same for everybody."""
    keys = _keys(Filters(), actor=ANYONE, now=now)[:limit]
    return _items(list(keys), now)


def _keys(filters: Filters, *, actor: Actor, now: datetime) -> QuerySet[Any]:
    """Return (what, key, when) of releases and articles in one query of the database."""
    releases = editions(actor=actor, now=now)
    signed = articles(get_language() or "")
    if filters.department:
        releases = releases.filter(department__code=filters.department)
        signed = signed.filter(department__code=filters.department)
    if filters.year:
        releases = releases.filter(public_from__year=filters.year)
        signed = signed.filter(first_published_at__year=filters.year)
    if filters.topic:
        releases, signed = releases.filter(topics__code=filters.topic), signed.none()
    if filters.kind == ARTICLE:
        releases = releases.none()
    elif filters.kind:
        releases, signed = releases.filter(kind=filters.kind), signed.none()
    parts = [
        found.order_by().annotate(what=Value(what, CharField()), moment=F(moment)).values_list("what", "pk", "moment")
        for found, what, moment in ((releases, "release", "public_from"), (signed, ARTICLE, "first_published_at"))
    ]
    return parts[0].union(parts[1], all=True).order_by("-moment", "-pk")


def _page(keys: QuerySet[Any], number: str, now: datetime) -> PageOfList:
    found = Paginator(keys, PER_PAGE).get_page(number)
    found.object_list = _items(list(found.object_list), now)
    return found


def _items(keys: list[tuple[str, int, datetime]], now: datetime) -> list[Item]:
    wanted: dict[str, list[int]] = {"release": [], ARTICLE: []}
    for what, key, _at in keys:
        wanted[what].append(key)
    found: dict[tuple[str, int], Item] = {}
    for row in Edition.objects.filter(pk__in=wanted["release"]).select_related("release"):
        found["release", row.pk] = item_of(row, now)
    pages = SignedArticlePage.objects.filter(pk__in=wanted[ARTICLE]).select_related("department")
    for page in pages:
        found[ARTICLE, page.pk] = item_of_article(page)
    return [found[what, key] for what, key, _at in keys if (what, key) in found]


def item_of(row: Edition, now: datetime) -> Item:
    """Return an edition as a line in the active language."""
    words = _words(row.content)
    return Item(
        kind=row.kind,
        key=row.release_id,
        title=words["title"],
        summary=words["lead"],
        url=reverse("press_release", args=[row.content["slug"]]),
        at=row.public_from,
        department=_named(row.content["department"]),
        embargo_until=row.public_from if row.public_from > now else None,
        changed_at=row.published_at if row.number > 1 else None,
    )


def item_of_article(page: SignedArticlePage) -> Item:
    """Return a signed article as a line."""
    assert page.first_published_at is not None
    return Item(
        kind=ARTICLE,
        key=page.pk,
        title=page.title,
        summary=page.intro,
        url=page.get_url_parts()[2],
        at=page.first_published_at,
        department=page.department.name,
        byline=page.byline,
    )


def _words(content: Mapping[str, Any]) -> dict[str, Any]:
    return content["words"]["en" if get_language() == "en" else "zh-hans"]


def _named(names: Mapping[str, str]) -> str:
    return in_active_language(names["zh-hans"], names["en"])


def years(now: datetime) -> list[int]:
    """List the years in which there is something to read, newest first."""
    zone = timezone.get_default_timezone()
    of_releases = Edition.objects.visible_to(ANYONE, now).order_by().annotate(y=ExtractYear("public_from", tzinfo=zone))
    of_articles = articles(get_language() or "").order_by().annotate(y=ExtractYear("first_published_at", tzinfo=zone))
    return sorted({*of_releases.values_list("y", flat=True), *of_articles.values_list("y", flat=True)}, reverse=True)


def departments_with_news(now: datetime) -> list[Department]:
    """List the departments that have something on the list."""
    released = Edition.objects.visible_to(ANYONE, now).order_by().values("department")
    signed = articles(get_language() or "").order_by().values("department")
    return list(Department.objects.filter(pk__in=released) | Department.objects.filter(pk__in=signed))


# --- one release ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A release as its page shows it, in the active language."""

    edition: Edition
    words: dict[str, Any]
    kind_label: str
    department: str
    at: datetime
    corrections: list[tuple[datetime, str]]
    related: list[tuple[str, str]]
    pictures: list[dict[str, Any]]
    documents: list[dict[str, Any]]
    topics: list[Topic] = field(default_factory=list)
    is_embargoed: bool = False


def edition(slug: str, *, actor: Actor, now: datetime) -> Edition | None:
    """Return what stands of a release; None when the actor may not read it, or not yet."""
    return editions(actor=actor, now=now).filter(release__slug=slug).first()


def shown(row: Edition, now: datetime) -> Shown:
    """Return an edition as its page shows it."""
    moments = dict(row.release.editions.values_list("number", "published_at"))
    corrections = [
        (moments[entry["number"]], in_active_language(entry["zh-hans"], entry["en"]))
        for entry in row.content["corrections"]
        if entry["number"] in moments
    ]
    files = [
        entry | {"description": in_active_language(entry["alt"]["zh-hans"], entry["alt"]["en"])}
        for entry in row.content["files"]
    ]
    return Shown(
        edition=row,
        words=_words(row.content),
        kind_label=str(Release.Kind(row.kind).label),
        department=_named(row.content["department"]),
        at=row.public_from,
        corrections=corrections[::-1],
        related=related(row.content),
        pictures=[entry for entry in files if entry["media_type"].startswith("image/")],
        documents=[entry for entry in files if not entry["media_type"].startswith("image/")],
        topics=list(Topic.objects.filter(code__in=row.content["topics"])),
        is_embargoed=row.public_from > now,
    )


def related(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (title, path) of what a release points to, as far as everybody may read it now."""
    wanted: dict[str, list[str]] = {}
    for code, key in content["related"]:
        wanted.setdefault(code, []).append(key)
    found: list[tuple[str, str]] = []
    for code, keys in wanted.items():
        kind = registry.related_kind(code)
        links = kind.found(keys) if kind else {}
        found += [links[key] for key in keys if key in links]
    return found


def material(slug: str, key: int, *, actor: Actor, now: datetime) -> tuple[Edition, Material] | None:
    """Return a file of a release the actor may read, if what stands of the release carries it."""
    row = edition(slug, actor=actor, now=now)
    if row is None or all(entry["id"] != key for entry in row.content["files"]):
        return None
    found = Material.objects.filter(pk=key, release=row.release_id).first()
    return (row, found) if found else None


def as_data(row: Edition, language: str, now: datetime) -> dict[str, Any]:
    """Return an edition as the API gives it."""
    page = shown(row, now)
    words = row.content["words"][language]
    return {
        "slug": row.content["slug"],
        "kind": row.kind,
        "number": row.number,
        "language": language,
        "department": page.department,
        "topics": row.content["topics"],
        "published_at": row.public_from,
        "sha256": row.content_hash,
        **{name: words[name] for name in ("dateline", "title", "lead", "contact", "body")},
        "facts": [{"name": name, "value": value} for name, value in words["facts"]],
        "corrections": [{"at": at, "text": text} for at, text in page.corrections],
        "related": [{"title": title, "url": url} for title, url in page.related],
        "files": [
            {
                "name": entry["name"],
                "media_type": entry["media_type"],
                "size": entry["size"],
                "sha256": entry["sha256"],
                "description": entry["description"],
                "url": reverse("press_file", args=[row.content["slug"], entry["id"]]),
            }
            for entry in [*page.pictures, *page.documents]
        ],
    }


# --- signed articles and sections -----------------------------------------------------------------------------------


def article_of(key: int) -> SignedArticlePage | None:
    """Return a signed article that everybody may read."""
    return SignedArticlePage.objects.visible_to(ANYONE).select_related("department", "locale").filter(pk=key).first()


def section_pages(language: str) -> QuerySet[DepartmentSectionPage]:
    """Return the sections of one language that everybody may read, in the order of the departments."""
    found = DepartmentSectionPage.objects.visible_to(ANYONE).filter(locale__language_code=language)
    return found.select_related("department").order_by("department__path")


def section_context(page: DepartmentSectionPage, actor: Actor) -> dict[str, Any]:
    """Return what the front page of a section lists."""
    now = timezone.now()
    below = [
        child
        for model in (ArticlePage, SectionPage, SignedArticlePage)
        for child in public_only(model.objects.child_of(page))
    ]
    below.sort(key=lambda child: child.first_published_at or now, reverse=True)
    released = editions(actor=ANYONE, now=now).filter(department=page.department_id)[:5]
    return {
        "duties": list(page.department.duties.all()),
        "below": below,
        "released": [item_of(row, now) for row in released],
    }
