"""The Studio for editors of sections: which pages they may see, how they hand theirs in, what came back to them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.permissions import policy_registry

from engage.accounts.actors import Actor, is_staff
from engage.accounts.models import User
from engage.errors import Refused
from engage.pages.gate import KIND
from engage.pages.messages import refusal_message
from engage.pages.studio import Group, Waiting
from engage.publishing import gate
from engage.publishing.models import Release, Review

# The name of the button in the page editor, which the gate puts there.
HAND_IN = "action-hand-in"


def may_see(user: User) -> Q:
    """Return the condition on the pages an editor of a section may see: the own ones, and what is public as it stands.

    Wagtail's explorer, lists, reports, search and API keep to the pages on which a person holds a permission. Its
    chooser shows every page, drafts and changed titles included: a page whose title is being changed counts as a draft.
    """
    own = policy_registry.get_by_type(Page).explorable_instances(user).values("pk")
    seen = Page.objects.filter(Q(pk__in=own) | Q(live=True, draft_title=F("title")))
    # By key alone: Wagtail's search takes no other column of a page.
    return Q(pk__in=seen.values("pk"))


def arrange_menu(request: HttpRequest, items: list[Any]) -> None:
    """Take the ways to the desk out of the menu: editors of sections have none."""
    if not is_staff(request.user):
        items[:] = [item for item in items if not _leads_to_the_desk(item)]


def arrange_actions(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """The same for the buttons of the page editor."""
    arrange_menu(request, items)


def _leads_to_the_desk(item: Any) -> bool:
    return str(getattr(item, "url", "")).startswith(reverse("desk_home"))


def hand_in_own(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Hand a page of a section in from its editor and stay there; everybody else goes on to the desk."""
    if is_staff(request.user) or HAND_IN not in request.POST:
        return None
    try:
        gate.request(KIND, page, actor=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal_message(refusal))
    else:
        messages.success(request, gettext("Handed in. The reviewers see it on their desk."))
    return redirect("wagtailadmin_pages:edit", page.pk)


def came_back(actor: Actor) -> list[Waiting]:
    """Return the pages of sections that a person handed in and that came back, with what the reviewer said."""
    if actor.pk is None or is_staff(actor):
        return []
    newest: dict[int, Release] = {}
    for release in Release.objects.filter(kind=KIND, requested_by=actor.pk).order_by("pk"):
        newest[release.object_id] = release
    ends = (Release.State.RETURNED, Release.State.WITHHELD)
    back = {key: release for key, release in newest.items() if release.state in ends}
    own = policy_registry.get_by_type(Page).explorable_instances(actor).filter(pk__in=back)
    return [_waiting(back[pk]) for pk in own.values_list("pk", flat=True)]


def _waiting(release: Release) -> Waiting:
    said = release.reviews.filter(state=Review.State.DECIDED).exclude(decision=Review.Decision.OPEN).last()
    note = said.comment if said is not None and said.comment else str(release.get_state_display())
    return Waiting(title=release.title, note=note, url=reverse("wagtailadmin_pages:edit", args=[release.object_id]))


CAME_BACK = Group("section_came_back", _("Came back from review"), 13, came_back)
