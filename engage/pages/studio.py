"""The Studio as editors see it: a menu in the product's words, and a first page that says what waits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from wagtail.admin.menu import MenuItem, help_menu
from wagtail.admin.ui.components import Component

from engage.accounts.actors import Actor, Role, has_role
from engage.pages.models import Office

# Wagtail's raw lists of models and logs; what is in them has a place of its own or belongs to nobody's work here.
HIDDEN = frozenset({"snippets", "reports", "help"})
# What an administrator may set besides the office; languages, sites and groups follow from the installation.
SETTINGS = frozenset({"redirects", "collections"})
ORDER = {"explorer": 120, "images": 300, "documents": 310, "settings": 900}


def arrange_menu(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave what means something to this person, in the order of the work: consultations, drafts, pages, files."""
    is_administrator = has_role(request.user, Role.ADMINISTRATOR)
    items[:] = [item for item in items if item.name not in HIDDEN and (item.name != "settings" or is_administrator)]
    for item in items:
        item.order = ORDER.get(item.name, item.order)
    items += [item for item in help_menu.registered_menu_items if item.name == "keyboard-shortcuts-trigger"]


def arrange_settings(request: HttpRequest, items: list[MenuItem]) -> None:
    """Leave the settings that an office makes."""
    items[:] = [item for item in items if item.name in SETTINGS or getattr(item, "model", None) is Office]


@dataclass(frozen=True)
class Waiting:
    """Something that waits for a person: what it is called, what is to be done about it, and where."""

    title: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """A heading of the first page with what waits below it; `find` returns all of it for one person."""

    name: str
    heading: str | Promise
    order: int
    find: Callable[[Actor], list[Waiting]]


_groups: dict[str, Group] = {}
SHOWN = 10


def register(group: Group) -> None:
    """Register what a room puts on the Studio's first page."""
    _groups[group.name] = group


class WaitingPanel(Component):
    """What waits for the signed-in person, group by group."""

    name = "waiting"
    template_name = "pages/studio/waiting.html"
    order = 100

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Ask every room; a group in which nothing waits is left out."""
        actor = parent_context["request"].user
        groups = []
        for group in sorted(_groups.values(), key=lambda group: group.order):
            if found := group.find(actor):
                groups.append({"group": group, "shown": found[:SHOWN], "left": len(found) - SHOWN})
        return {"groups": groups, "site": reverse("home")}


def arrange_home(request: HttpRequest, panels: list[Component]) -> None:
    """Say what waits, once, instead of what was edited last; the reviews of a release are one of the groups."""
    panels[:] = [WaitingPanel()]
