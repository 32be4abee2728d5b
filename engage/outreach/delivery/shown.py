"""What of the platform itself has pages to share: notices, and the pages of the page tree."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.models import Page, Site

from engage.accounts.actors import Actor
from engage.middleware import language_path
from engage.outreach.delivery import queries
from engage.outreach.subjects import Kind, Shown
from engage.pages.models import ArticlePage, HomePage, SectionPage
from engage.pages.visibility import public_only


def find_notice(id: str, language: str, actor: Actor) -> Shown | None:
    """Return a notice of the site."""
    found = queries.notice(int(id), language) if id.isascii() and id.isdigit() and len(id) < 19 else None
    if found is None:
        return None
    with override(language):
        url = reverse("notice", args=[found.id])
    return Shown(found.title, url, found.body[:300], department=found.department, dated=found.published_at)


NOTICES = Kind("notice", _("notice"), find=find_notice, pages={"notice": "pk"})


# Stands for the home page, whose path below the language is empty.
HOME = "_"


def find_page(id: str, language: str, actor: Actor) -> Shown | None:
    """Return a page of the tree by its path below the language: everybody's view, whoever asks."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        return None
    below = "" if id == HOME else f"{id.strip('/')}/"
    # The home pages of all languages stand beside one another; the language, not their slug, stands in the address.
    homes = Page.objects.filter(depth=site.root_page.depth, locale__language_code=language)
    paths = [f"{path}{below}" for path in homes.values_list("url_path", flat=True)]
    kinds = Page.objects.type(HomePage, SectionPage, ArticlePage)
    page = public_only(kinds.filter(url_path__in=paths, locale__language_code=language)).first()
    if page is None:
        return None
    dated = None if id == HOME else page.first_published_at
    return Shown(page.title, f"/{language_path(language)}/{below}", page.search_description or "", dated=dated)


PAGES = Kind("page", _("page of the site"), find=find_page, pages={"wagtail_serve": "path", "home": ""})
