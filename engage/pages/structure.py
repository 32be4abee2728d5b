"""The skeleton every installation needs: two languages, a home page in each, one site. Rooms add their index pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from engage.pages.gate import release_page
from engage.pages.models import HomePage

HOME_WORDS = {
    "zh-hans": ("首页", "你说的话，每一句都有下文", "不用注册。看草案、提意见，随时查到谁在办、到哪一步。"),
    "en": (
        "Home",
        "What you say gets an answer",
        "No account needed. Read a draft, comment, and see who holds it at any time.",
    ),
}

Branch = Callable[[dict[str, HomePage]], None]
_branches: list[Branch] = []


def register(branch: Branch) -> Branch:
    """Register what a room plants below the home pages; it is called at every set-up and must be idempotent."""
    _branches.append(branch)
    return branch


@transaction.atomic
def ensure_structure() -> dict[str, HomePage]:
    """Make what is missing of the skeleton; returns language code to home page."""
    homes = {code: home for code in dict(settings.LANGUAGES) if (home := _home(code))}
    if len(homes) < len(settings.LANGUAGES):
        homes = _plant()
    for branch in _branches:
        branch(homes)
    return homes


def _home(code: str) -> HomePage | None:
    return HomePage.objects.filter(locale__language_code=code).first()


def _plant() -> dict[str, HomePage]:
    """Replace Wagtail's welcome page by our home pages."""
    root = Page.objects.get(depth=1)
    locales = {code: Locale.objects.get_or_create(language_code=code)[0] for code in dict(settings.LANGUAGES)}
    homes: dict[str, HomePage] = {}
    for code, locale in locales.items():
        title, hero, lede = HOME_WORDS[code]
        home = HomePage(title=title, slug=f"home-{settings.LANGUAGE_PATHS[code]}", locale=locale, hero=hero, lede=lede)
        if homes:
            home.translation_key = next(iter(homes.values())).translation_key
        homes[code] = root.add_child(instance=home)
        release_page(home)
    main = homes[settings.LANGUAGE_CODE]
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "port": 80, "root_page": main, "site_name": "Engage"}
    )
    for welcome in root.get_children().exclude(pk__in=[home.pk for home in homes.values()]):
        if welcome.get_children_count() == 0 and welcome.content_type.model == "page":
            welcome.delete()
    return homes
