"""What the rooms' Studio screens share: Wagtail's views list and ask, an action of the room writes."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, reverse
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.models import Page

from engage.accounts.actors import Role, has_role
from engage.errors import Refused
from engage.journal import actions as journal
from engage.pages.messages import refusal_message


def for_editors(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hide a Studio view from everybody but editors."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, Role.EDITOR):
            raise Http404
        return view(request, *args, **kwargs)

    return gated


class RefusalsInForm:
    """A refusal of the action is shown on the form, with everything that was typed."""

    def form_valid(self, form: Any) -> Any:
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
            self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
            return self.form_invalid(form)  # type: ignore[attr-defined]


class Journalled:
    """Wagtail writes the row and its history; in the same transaction the public record hears of it."""

    journal_verb = ""

    @transaction.atomic
    def save_instance(self) -> Any:
        saved = super().save_instance()  # type: ignore[misc]
        journal.record(self.request.user, self.journal_verb, saved)  # type: ignore[attr-defined]
        return saved

    @transaction.atomic
    def delete_action(self) -> None:
        journal.record(self.request.user, self.journal_verb, self.object)  # type: ignore[attr-defined]
        super().delete_action()  # type: ignore[misc]


class WithoutHistory(ModelViewSet):
    """The journal keeps the history; nothing is referred to by rich text, so there is no usage to count either."""

    add_to_reference_index = False
    unused_views = {"history", "history_results", "usage"}

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        unused = {f"{name}_url_name": None for name in self.unused_views if name != "history_results"}
        return super().get_common_view_kwargs(**{**unused, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in self.unused_views]


def refused_in_pages(request: HttpRequest, refusal: Refused) -> HttpResponse | None:
    """Answer a refusal from behind Wagtail's own screens of pages: a screen again, with the sentence above it.

    None for every other address. What was typed is kept as a draft by then.
    """
    path = request.path_info
    if request.method != "POST" or not path.startswith(("/studio/pages/", "/studio/bulk/")):
        return None
    sentence = refusal_message(refusal)
    if path.endswith("/edit/") and "application/json" in request.headers.get("Accept", ""):
        answer = {"success": False, "error_code": "refused", "error_message": sentence}
        return JsonResponse(answer, status=400)
    messages.error(request, sentence)
    back = _screen_before(request)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return JsonResponse({"step": "success", "redirect": back})
    return HttpResponseRedirect(back)


def _screen_before(request: HttpRequest) -> str:
    """Return the editor of the page it is about for who may open it, else the Studio's first page."""
    match = request.resolver_match
    page_id = match.kwargs.get("page_id") if match is not None else None
    page = Page.objects.filter(pk=page_id).first() if page_id is not None else None
    if page is not None and page.permissions_for_user(request.user).can_edit():
        return reverse("wagtailadmin_pages:edit", args=[page.pk])
    return reverse("wagtailadmin_home")
