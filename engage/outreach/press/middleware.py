"""Editors of sections in the Studio: what they need there, on what is theirs; everything else is not found.

Wagtail checks what a person may do with a page, a picture or a document, but shows titles of others without asking: in
its chooser of pages, its choosers of snippets, its lists for programs, its report of page types, and whenever ids are
given to an action on several things. So here nothing is open by default, and every id is looked up first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from engage.accounts.actors import is_staff
from engage.accounts.middleware import STUDIO
from engage.outreach.press.studio import may_see

# Beginnings of the names of what an editor of pages, pictures and documents works with.
OPEN = (
    "wagtailadmin_home",
    "wagtailadmin_explore",
    "wagtailadmin_pages:",
    "wagtailadmin_choose_page",
    "wagtailadmin_api:pages:",
    "wagtailadmin_editing_sessions:",
    "wagtailadmin_account",
    "wagtailadmin_logout",
    "wagtailadmin_sprite",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_dismissibles",
    "wagtailadmin_block_preview",
    "wagtail_bulk_action",
    "wagtailimages:",
    "wagtailimages_chooser:",
    "wagtaildocs:",
    "wagtaildocs_chooser:",
    "simple_translation:submit_page_translation",
)
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")
FILE_VERBS = ["add", "change", "delete", "choose"]


class SectionStudioMiddleware:
    """Stands before every view of the Studio for who edits sections only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: list, kwargs: dict[str, Any]) -> None:
        """Raise Http404 for a view that is not open, and for a thing that is not the editor's to see."""
        if not request.path_info.startswith(STUDIO) or not request.user.is_authenticated or is_staff(request.user):
            return
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not name.startswith(OPEN):
            raise Http404
        _check_pages(request, [str(kwargs[argument]) for argument in PAGE_ARGUMENTS if argument in kwargs])
        if name == "wagtailadmin_choose_page_chosen_multiple":
            _check_pages(request, request.GET.getlist("id"))
        if name == "wagtail_bulk_action":
            _check_several(request, kwargs["model_name"])


def _check_several(request: HttpRequest, model_name: str) -> None:
    """Look up the ids of an action on several things; "all" is all below a page."""
    given = [key for key in request.GET.getlist("id") if key != "all"]
    if model_name == "page":
        _check_pages(request, [*given, *request.GET.getlist("childOf")])
        return
    model = {"image": get_image_model(), "document": get_document_model()}.get(model_name)
    if model is None:
        raise Http404
    own = policy_registry.get_by_type(model).instances_user_has_any_permission_for(request.user, FILE_VERBS)
    keys = _keys(given)
    if own.filter(pk__in=keys).count() != len(keys):
        raise Http404


def _check_pages(request: HttpRequest, given: Iterable[str]) -> None:
    keys = _keys(given)
    if keys and Page.objects.filter(may_see(request.user), pk__in=keys).count() != len(keys):
        raise Http404


def _keys(given: Iterable[str]) -> set[int]:
    keys = set()
    for key in given:
        if not (key.isascii() and key.isdigit() and len(key) < 10):
            raise Http404
        keys.add(int(key))
    return keys
