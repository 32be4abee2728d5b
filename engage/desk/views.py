"""The desk's pages: parse, one query or action, render."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from engage.departments.models import Department
from engage.desk import actions, queries
from engage.desk.keys import key_sheet, page_sheet
from engage.desk.models import SavedView
from engage.desk.registry import DeskPage, Failed, Queue, RowAction, first_page_for, pages_for, queue_for, queues_for
from engage.desk.rules import MAX_SELECTED, UNDO_SECONDS, clean_ids
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status

TOAST = "desk_toast"
# Filters and a search are shorter; Django refuses to redirect to more than 2,048 characters.
BACK_MAX_LENGTH = 1_500
# Of a selection, above the form of an action.
CHOSEN_SHOWN = 5

View = Callable[..., HttpResponse]


def for_staff(view: View) -> View:
    """Let in who has a queue or a page; strangers are sent to sign in, for everybody else there is no desk."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not (queues_for(request.user) or pages_for(request.user)):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_staff
def home(request: HttpRequest) -> HttpResponse:
    """Open the first queue of work, or for who has none the page on which something may wait."""
    queues = queues_for(request.user)
    first = next((queue for queue in queues if queue.opens_desk), None)
    page = None if first else first_page_for(request.user)
    return redirect(page.url_name) if page else redirect("desk_queue", (first or queues[0]).code)


@require_safe
@for_staff
def queue(request: HttpRequest, code: str) -> HttpResponse:
    """Show one page of a queue."""
    return _show(request, _queue(request, code))


@require_POST
@for_staff
def act(request: HttpRequest, code: str) -> HttpResponse:
    """Run an action on one row (`act` is "code/id") or on the chosen rows (`act` is "code", ids in `id`)."""
    queue = _queue(request, code)
    name, _, one = request.POST.get("act", "").partition("/")
    if request.POST.get("act") == "":
        return _back(request, queue)
    action = queue.action(name)
    if action is None:
        raise Http404
    ids = clean_ids([one] if one else _chosen(request, queue))
    try:
        form = _bound(action, request) if ids else None
        if form is not None and not form.is_valid():
            return _ask(request, queue, action, ids, form)
        acted = actions.act(request.user, queue, action, ids, form.cleaned_data if form else {}, now=timezone.now())
    except Refused as refusal:
        return _show(request, queue, refusal=refusal, ticked=ids)
    if acted.done.url:
        return HttpResponseRedirect(acted.done.url)
    say(request, acted.done.message, token=acted.token, seconds=acted.seconds, failed=acted.done.failed)
    return _back(request, queue)


def _chosen(request: HttpRequest, queue: Queue) -> Sequence[str]:
    """Return the ids that are ticked, or where the whole view is, those of its first rows."""
    if request.POST.get("all") != "yes" or queue.all_ids is None:
        return request.POST.getlist("id")
    asked = QueryDict(request.POST.get("back", "")).dict()
    return queue.all_ids(request.user, *queries.screen_filters(request.user, queue, asked), MAX_SELECTED)


@require_POST
@for_staff
def undo(request: HttpRequest) -> HttpResponse:
    """Take the last action back."""
    queue = _queue(request, request.POST.get("queue", ""))
    try:
        said = actions.undo(request.user, request.POST.get("token", ""), now=timezone.now())
    except Refused as refusal:
        return _show(request, queue, refusal=refusal)
    say(request, said)
    address = _safe(request, request.POST.get("next", ""))
    return HttpResponseRedirect(address) if address else _back(request, queue)


@require_POST
@for_staff
def save_view(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the present filters under a name."""
    queue = _queue(request, code)
    chosen = queries.screen(request.user, queue, QueryDict(request.POST.get("back", "")).dict()).chosen
    share = request.POST.get("share", "")
    unit = get_object_or_404(Department, code=share[:40]) if share else None
    try:
        actions.save_view(request.user, queue, request.POST.get("name", ""), chosen, department=unit)
    except Refused as refusal:
        return _show(request, queue, refusal=refusal, name=request.POST.get("name", ""))
    return _back(request, queue)


@require_POST
@for_staff
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename or delete a saved view of one's own."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    queue = _queue(request, view.queue)
    try:
        if request.POST.get("change") == "delete":
            actions.delete_view(request.user, view)
            return redirect("desk_queue", queue.code)
        actions.rename_view(request.user, view, request.POST.get("name", ""))
    except Refused as refusal:
        return _show(request, queue, refusal=refusal, name=request.POST.get("name", ""))
    return _back(request, queue)


@for_staff
def keys(request: HttpRequest) -> HttpResponse:
    """Show every key; POST turns the single letters on or off."""
    if request.method == "POST":
        actions.set_single_keys(request.user, request.POST.get("single_keys") == "on")
        return HttpResponseRedirect(_safe(request, request.POST.get("next", "")) or reverse("desk_keys"))
    sheets = [(queue, key_sheet(queue)) for queue in queues_for(request.user)]
    sheets += [(page, page_sheet(page)) for page in pages_for(request.user) if page.keys]
    return render(request, "desk/keys.html", _frame(request) | {"sheets": sheets})


def _queue(request: HttpRequest, code: str) -> Queue:
    queue = queue_for(request.user, code)
    if queue is None:
        raise Http404
    return queue


def frame(request: HttpRequest, page: DeskPage) -> dict[str, Any]:
    """Return what the template of a room's own page on the desk needs."""
    return _frame(request) | {"current_page": page, "sheet": page_sheet(page)}


def queue_frame(request: HttpRequest, queue: Queue) -> dict[str, Any]:
    """Return what the template of a page beside a queue needs."""
    return _frame(request, queue) | {"sheet": key_sheet(queue)}


def _frame(request: HttpRequest, queue: Queue | None = None) -> dict[str, Any]:
    """What every page of the desk needs."""
    return {
        "current_queue": queue,
        "keys_on": queries.single_keys_on(request.user),
    }


def _show(
    request: HttpRequest,
    queue: Queue,
    *,
    refusal: Refused | None = None,
    ticked: list[str] | None = None,
    name: str | None = None,
) -> HttpResponse:
    """Render a queue; after a refusal with its sentence, its status, the same rows ticked and the typed name."""
    asked = request.GET if request.method in {"GET", "HEAD"} else QueryDict(request.POST.get("back", ""))
    screen = queries.screen(request.user, queue, asked.dict())
    context = (
        _frame(request, queue)
        | toast_of(request)
        | {
            "screen": screen,
            "back": urlencode(screen.place),
            "chosen": urlencode(screen.chosen),
            "own_units": Department.objects.filter(memberships__user=request.user).distinct(),
            "refusal": refusal_message(refusal) if refusal else "",
            "ticked": ticked or [],
            "typed_name": name,
            "sheet": key_sheet(queue),
        }
    )
    return render(request, "desk/queue.html", context, status=refusal_status(refusal.code) if refusal else 200)


def toast_of(request: HttpRequest) -> dict[str, Any]:
    """Take what the reader is to be told once, and whether it can still be taken back, for a template."""
    toast = request.session.pop(TOAST, None)
    return {"toast": toast, "undo_open": toast is not None and queries.open_undo(request.user, toast["token"])}


def say(
    request: HttpRequest, text: Any, *, token: str = "", seconds: int = UNDO_SECONDS, failed: Sequence[Failed] = ()
) -> None:
    """Tell the reader something on the next page of the desk; with the token of an undo, how to take it back."""
    request.session[TOAST] = {
        "text": str(text),
        "token": token,
        "seconds": seconds if token else 0,
        "failed": [[one.reference, str(one.reason)] for one in failed],
    }


def _bound(action: RowAction, request: HttpRequest) -> forms.Form | None:
    """The action's form: unbound (and so not valid) on the first step, bound when its page was sent."""
    return action.build_form(request.user, request.POST if request.POST.get("filled") else None)


def _ask(request: HttpRequest, queue: Queue, action: RowAction, ids: list[str], form: forms.Form) -> HttpResponse:
    """Ask for what an action needs before it runs."""
    context = _frame(request, queue) | {
        "queue": queue,
        "action": action,
        "ids": ids,
        "chosen": queue.chosen(request.user, ids[:CHOSEN_SHOWN]) if queue.chosen else [],
        "unseen": max(0, len(ids) - CHOSEN_SHOWN) if queue.chosen else 0,
        "form": form,
        "back": request.POST.get("back", ""),
    }
    return render(request, "desk/action.html", context, status=422 if form.is_bound else 200)


def _back(request: HttpRequest, queue: Queue) -> HttpResponse:
    """Return to the page of the queue that the form came from; the parameters are checked when it is shown."""
    address = reverse("desk_queue", args=[queue.code])
    back = QueryDict(request.POST.get("back", "")[:BACK_MAX_LENGTH]).urlencode()
    return HttpResponseRedirect(f"{address}?{back}" if back and len(back) <= BACK_MAX_LENGTH else address)


def _safe(request: HttpRequest, address: str) -> str:
    good = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if good else ""
