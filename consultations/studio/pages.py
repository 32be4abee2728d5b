"""The public page of a call, made from its text in one step: without it nobody can read what was published."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from consultations import actions
from consultations.models import Consultation, Version
from consultations.studio.drafts import LANGUAGE_NAMES
from engage.studio import for_editors


@dataclass(frozen=True)
class PageState:
    """The page of a call in one language: its edit address when there is one, and whether the public reads it."""

    language: str
    name: str
    edit_url: str = ""
    live: bool = False


def page_states(call: Consultation) -> list[PageState]:
    """Return one state a language of the site."""
    pages = {page.locale.language_code: page for page in call.pages.select_related("locale")}
    return [
        PageState(
            code,
            LANGUAGE_NAMES[code],
            reverse("wagtailadmin_pages:edit", args=[pages[code].pk]) if code in pages else "",
            code in pages and pages[code].live,
        )
        for code, _name in settings.LANGUAGES
    ]


@for_editors
@require_POST
def make_page(request: HttpRequest, version_id: int, language: str) -> HttpResponse:
    """Make the page of a call in one language from the title of its text, unpublished, and open it for writing."""
    version = get_object_or_404(Version.objects.select_related("draft__consultation"), pk=version_id)
    if version.draft.consultation is None or language not in LANGUAGE_NAMES:
        raise Http404
    page = actions.make_call_page(version, language, actor=request.user)
    return redirect("wagtailadmin_pages:edit", page.pk)
