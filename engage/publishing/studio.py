"""The gate in the Studio: what waits, the buttons of the page editor, and what a change of a page in review did."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.action_menu import ActionMenuItem, WorkflowMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.pages.bulk_actions import PublishBulkAction
from wagtail.models import Page

from engage.accounts.actors import Actor, has_role, is_staff
from engage.accounts.models import User
from engage.errors import Refused
from engage.pages.gate import gate_kind_of
from engage.pages.messages import refusal_message
from engage.pages.studio import Group, Waiting
from engage.pages.templatetags.wording import in_words
from engage.publishing import actions, registry, workflow
from engage.publishing.models import Release, Review
from engage.publishing.queries import GATE_ROLES, reviews_waiting_for
from engage.publishing.words import due

# --- the first page -------------------------------------------------------------------------------------------------


def reviews(actor: Actor) -> list[Waiting]:
    """Return the reviews that wait for a person, the one due first at the top."""
    now = timezone.now()
    return [
        Waiting(
            title=review.release.title,
            note=gettext("%(review)s: %(due)s")
            % {
                "review": registry.get(review.release.kind).key(review.key).label,
                "due": due(review.due_at, now).text,
            },
            url=reverse("release", args=[review.release_id]),
        )
        for review in reviews_waiting_for(actor)
    ]


def came_back(actor: Actor) -> list[Waiting]:
    """Return what a person handed in and what came back, unless it was handed in anew since."""
    if actor.pk is None or not is_staff(actor):
        return []
    ends = (Release.State.RETURNED, Release.State.WITHHELD)
    found = []
    for release in Release.objects.visible_to(actor).filter(requested_by=actor.pk, state__in=ends):
        newer = Release.objects.filter(kind=release.kind, object_id=release.object_id, number__gt=release.number)
        if not newer.exists():
            url = reverse("release", args=[release.pk])
            found.append(Waiting(title=release.title, note=release.get_state_display(), url=url))
    return found


GROUPS = (
    Group("reviews", _("Reviews waiting for you"), 10, reviews),
    Group("came_back", _("Came back from review"), 12, came_back),
)


class ReleaseMenuItem(MenuItem):
    """The gate's entry in the menu, for whoever hands in or reviews."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Show it to who has the page on the desk."""
        return has_role(request.user, *GATE_ROLES)


# --- the page editor ------------------------------------------------------------------------------------------------

HAND_IN = "action-hand-in"


class HandInItem(ActionMenuItem):
    """Keep the draft and go on to handing it in."""

    name = HAND_IN
    label = _("Hand in for release")
    icon_name = "check"
    order = 5


class LinkItem(ActionMenuItem):
    """A way to the desk."""

    icon_name = "view"

    def __init__(self, label: Any, url: str, order: int) -> None:
        super().__init__(order=order)
        self.label, self.url = label, url

    def get_url(self, parent_context: dict[str, Any]) -> str:
        """Return where it leads."""
        return self.url


class SignItem(ActionMenuItem):
    """A decision on what the editor shows, without changing any of it."""

    template_name = "publishing/studio/sign_item.html"

    class Media:
        js = ("js/studio-review.js",)

    def __init__(self, action: str, label: Any, *, with_comment: bool, order: int) -> None:
        super().__init__(order=order)
        self.action, self.label, self.with_comment = action, label, with_comment
        self.icon_name = "check" if action == "approve" else "resubmit"

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Add the address that takes the decision."""
        page = parent_context["page"]
        state = page.current_workflow_task_state
        address = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, self.action, state.pk])
        return super().get_context_data(parent_context) | {"address": address, "with_comment": self.with_comment}


# What publishes without the gate, or starts and stops what follows it.
WAGTAILS_OWN = frozenset({"action-publish", "action-submit", "action-restart-workflow", "action-cancel-workflow"})


def arrange_actions(items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:
    """Offer handing in instead of publishing, to everybody; to reviewers their decisions."""
    items[:] = [item for item in items if item.name not in WAGTAILS_OWN and not isinstance(item, WorkflowMenuItem)]
    page: Page | None = context.get("page")
    release = workflow.open_release(page) if page is not None and page.pk else None
    if release is not None and page is not None:
        task = page.current_workflow_task
        choices = task.get_actions(page, request.user) if task is not None else []
        url = reverse("release", args=[release.pk])
        decides = bool(choices)
        items.append(
            LinkItem(_("Read all forms and decide") if decides else _("See the release"), url, 2 if decides else 70)
        )
        if decides:
            items[:] = [item for item in items if item.name != "action-page-locked"]
        for place, (action, label, with_comment) in enumerate(choices):
            items.append(SignItem(action, label, with_comment=with_comment, order=10 + place))
    elif not context.get("locked_for_user"):
        items.append(HandInItem())
    items.sort(key=lambda item: item.order)


def note_time(request: HttpRequest, page: Page) -> None:
    """Remember when an edit began, to tell afterwards what it made fall."""
    request.edit_began = timezone.now()  # type: ignore[attr-defined]


def after_edit(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Say whose sign-offs fell, and go on to handing in where that was pressed."""
    _say_what_fell(request, page)
    if HAND_IN not in request.POST:
        return None
    kind, obj = gate_kind_of(page)
    if has_role(request.user, *GATE_ROLES):
        return redirect("release_hand_in", kind, obj.pk)
    # Who edits a section has no desk: it goes as soon as it is signed. A refusal is said above the editor.
    actions.request(kind, obj, actor=request.user, now=timezone.now())
    messages.success(request, gettext("Handed in. It is public when every review is done."))
    return redirect("wagtailadmin_pages:edit", page.pk)


def _say_what_fell(request: HttpRequest, page: Page) -> None:
    began = getattr(request, "edit_began", None)
    release = workflow.open_release(page) if began is not None else None
    if release is None:
        return
    fallen = release.reviews.filter(state=Review.State.VOID, voided_at__gte=began).select_related("decided_by")
    kind = registry.get(release.kind)
    people = [
        gettext("%(name)s (%(review)s)") % {"name": review.decided_by, "review": kind.key(review.key).label}
        for review in fallen
        if review.decided_by is not None
    ]
    if people:
        said = ngettext(
            "This sign-off no longer stands, since you changed what it was about: %(people)s",
            "These sign-offs no longer stand, since you changed what they were about: %(people)s",
            len(people),
        )
        messages.warning(request, said % {"people": in_words(people)})


# --- several pages at once ------------------------------------------------------------------------------------------


class HandInSeveral(PublishBulkAction):
    """Takes the place of publishing several pages: each is handed in, what cannot be is named."""

    display_name = _("Hand in for release")
    aria_label = _("Hand the chosen pages in for release")
    template_name = "publishing/studio/hand_in_several.html"

    def check_perm(self, page: Page) -> bool:
        """Whoever may edit a page may hand it in."""
        return page.permissions_for_user(self.request.user).can_edit()

    def get_execution_context(self) -> dict[str, Any]:
        """Hand the request over, for what is said about single pages."""
        return super().get_execution_context() | {"request": self.request}

    @classmethod
    def execute_action(
        cls,
        objects: list[Page],
        include_descendants: bool = False,
        user: User | None = None,
        request: HttpRequest | None = None,
        **kwargs: Any,
    ) -> tuple[int, int]:
        """Hand each page in; Refused ones are told in messages."""
        several = list(objects)
        below = (
            [page for parent in several for page in parent.get_descendants().not_live()] if include_descendants else []
        )
        done = [cls._hand_in(page, user, request) for page in several]
        done_below = [cls._hand_in(page, user, request) for page in below]
        return sum(done), sum(done_below)

    @classmethod
    def _hand_in(cls, page: Page, user: User | None, request: HttpRequest | None) -> bool:
        if user is None or not page.permissions_for_user(user).can_edit():
            return False
        kind, obj = gate_kind_of(page)
        try:
            actions.request(kind, obj, actor=user, now=timezone.now())
        except Refused as refusal:
            if request is not None:
                said = gettext("%(title)s: %(why)s") % {"title": page.title, "why": refusal_message(refusal)}
                messages.warning(request, said)
            return False
        return True

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str | None:
        """Count what is in review now."""
        handed_in = num_parent_objects + num_child_objects
        if not handed_in:
            return None
        return ngettext("%(n)d page is in review now", "%(n)d pages are in review now", handed_in) % {"n": handed_in}
