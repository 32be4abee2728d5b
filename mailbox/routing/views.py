"""The pages of this room: parse, one query or action, render."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import Role, has_role
from engage.desk.actions import keep_undo
from engage.desk.registry import MAILBOX, DeskPage, Key
from engage.desk.views import for_staff, frame, say
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import LARGEST_KEY, whole_number
from mailbox.desk.queue import CASES
from mailbox.desk.undoing import of_step, payload
from mailbox.desk.views import for_cases, show_case
from mailbox.models import Case
from mailbox.routing import actions, queries
from mailbox.routing.learning import switch
from mailbox.routing.models import GroupMember, LetterGroup

GROUPS = DeskPage(
    code="groups",
    label=pgettext_lazy("desk", "Same letters"),
    roles=(Role.OFFICER,),
    url_name="desk_groups",
    group=MAILBOX,
    keys=(
        Key(("g",), _("In a group: answer them together")),
        Key(("x",), _("In a group: they are not the same")),
        Key(("u",), _("Back to the list")),
    ),
)
PER_PAGE = 50


def _for_groups(request: HttpRequest) -> None:
    if not has_role(request.user, *GROUPS.roles, Role.ADMINISTRATOR):
        raise Http404


@require_safe
@for_staff
def groups(request: HttpRequest) -> HttpResponse:
    """List the letters that share their wording."""
    _for_groups(request)
    page = Paginator(queries.groups_at_desk(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "mailbox/routing/groups.html", frame(request, GROUPS) | {"groups": page})


@require_safe
@for_staff
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the letters of a group, each beside the one with which they are answered."""
    return _group(request, pk, request.GET.get("page"))


def _group(request: HttpRequest, pk: int, page: str | None, refusal: Refused | None = None) -> HttpResponse:
    _for_groups(request)
    found = queries.groups_at_desk(request.user).filter(pk=pk).first() if pk <= LARGEST_KEY else None
    if found is None:
        raise Http404
    members = queries.members_of(found, actor=request.user)
    shown = Paginator(members, queries.MEMBERS_SHOWN).get_page(page)
    context: dict[str, Any] = {
        "group": found,
        "members": shown,
        "letters": queries.compared(found, list(shown)),
        "total": shown.paginator.count,
        "waiting": members.filter(joined_at=None, refused="").count() if found.state == "confirmed" else 0,
        "refusal": refusal_message(refusal) if refusal else "",
    }
    status = refusal_status(refusal.code) if refusal else 200
    return render(request, "mailbox/routing/group.html", frame(request, GROUPS) | context, status=status)


@require_POST
@for_staff
def decide(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Confirm a group, say that it is none, or take one letter out."""
    _for_groups(request)
    if pk > LARGEST_KEY or what not in ("confirm", "dismiss", "out"):
        raise Http404
    now = timezone.now()
    try:
        if what == "confirm":
            actions.confirm_group(pk, actor=request.user, now=now)
            # The first of them at once: a small group is done when the page shows. The worker does the rest.
            actions.join_members(now=now, group_id=pk, limit=actions.JOINED_AT_ONCE)
            messages.success(request, gettext("They are answered together"))
        elif what == "dismiss":
            actions.dismiss_group(pk, actor=request.user, now=now)
            messages.success(request, gettext("They are handled one by one"))
            return redirect("desk_groups")
        else:
            case = whole_number(request.POST.get("case", ""), digits=18, otherwise=-1)
            actions.take_out(pk, case, actor=request.user, now=now)
            messages.success(request, gettext("The letter is handled by itself"))
    except (LetterGroup.DoesNotExist, GroupMember.DoesNotExist):
        raise Http404 from None
    except Refused as refusal:
        return _group(request, pk, request.POST.get("page"), refusal)
    return redirect("desk_group", pk)


@require_POST
@for_cases
def route_proposed(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a case to a unit that was proposed for it."""
    given = {name: whole_number(request.POST.get(name, ""), digits=18, otherwise=-1) for name in ("to", "revision")}
    now = timezone.now()
    try:
        case = actions.accept_suggestion(
            pk, to=given["to"], actor=request.user, now=now, revision=given["revision"], undo=True
        )
    except Case.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        return show_case(request, pk, refusal)
    words = gettext("Passed to %(unit)s") % {"unit": case.lead}
    back = payload([of_step(case)])
    if back and has_role(request.user, *CASES.roles):
        say(request, words, token=keep_undo(request.user, CASES, "", back, now=now))
    else:
        messages.success(request, words)
    if Case.objects.visible_to(request.user).filter(pk=pk).exists():
        return redirect("desk_case", pk)
    return redirect("desk_queue", CASES.code)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def figures(request: HttpRequest) -> HttpResponse:
    """Show how good the proposals are; administrators switch them on and off."""
    _for_groups(request)
    now = switch()
    if request.method == "POST":
        wanted = {name: request.POST.get(name, "") for name in ("proposes", "learns")}
        chosen = {name: value == "on" if value else getattr(now, name) for name, value in wanted.items()}
        try:
            actions.set_switch(**chosen, actor=request.user)
        except Refused:
            raise Http404 from None
        return redirect("desk_routing")
    context = {
        "switch": now,
        "version": queries.versions().first(),
        "rows": queries.record_of_proposals(request.user, today=timezone.localdate()),
        "may_switch": has_role(request.user, Role.ADMINISTRATOR),
    }
    return render(request, "mailbox/routing/figures.html", frame(request, GROUPS) | context)
