"""Taking in a table of messages: chosen, checked row by row, then taken in whole or not at all."""

from __future__ import annotations

from base64 import b64decode, b64encode
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from engage.desk import kept
from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.outreach.delivery import actions, inbound
from engage.outreach.delivery.desk import CHANNEL_IMPORT
from engage.outreach.delivery.desk_views import View
from engage.outreach.delivery.forms import ImportForm
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.tables import error_file
from engage.tables import RowFault

PLACE = "channel-messages"
FAULTS_SHOWN = 100


def for_readers(view: View) -> View:
    """Let in who reads what people write to us."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if CHANNEL_IMPORT not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def take_in(request: HttpRequest) -> HttpResponse:
    """Choose a table, see what it holds or what is wrong in it, take it in."""
    if request.method == "POST" and request.POST.get("waiting"):
        return _take_in(request)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if not form.is_bound:
        return _page(request, form, 200, done=_done(request))
    status, more = _checked(request, form) if form.is_valid() else (422, {})
    return _page(request, form, status, **more)


def _page(request: HttpRequest, form: ImportForm, status: int, **more: Any) -> HttpResponse:
    context = frame(request, CHANNEL_IMPORT) | {"form": form, "columns": inbound.COLUMNS.values(), **more}
    return render(request, "delivery/desk/import.html", context, status=status)


def _checked(request: HttpRequest, form: ImportForm) -> tuple[int, dict[str, Any]]:
    data = form.cleaned_data["file"].read()
    field = "channel"
    try:
        channel = actions.channel_name(form.cleaned_data["channel"])
        field = "file"
        checked = inbound.check(data, channel=channel, now=timezone.now(), actor=request.user)
    except Refused as refusal:
        form.add_error(field, refusal_message(refusal))
        return refusal_status(refusal.code), {}
    if checked.faults:
        told = [told_fault(fault) for fault in checked.faults]
        sentences: dict[int, list[str]] = {}
        for fault, _column, sentence in told:
            sentences.setdefault(fault.line, []).append(sentence)
        file = error_file(checked.table, sentences, title=_("What is wrong"))
        token = kept.keep(PLACE, request.user, {"file": file})
        return 422, {"checked": checked, "faults": told[:FAULTS_SHOWN], "errors": token}
    what = {"channel": channel, "table": b64encode(data).decode()}
    return 200, {"checked": checked, "first": _first(checked), "waiting": kept.keep(PLACE, request.user, what)}


def told_fault(fault: RowFault) -> tuple[RowFault, str, str]:
    """Add to a fault its column as the reader's language has it, and its sentence."""
    names = inbound.COLUMNS.get(fault.column, ("", ""))
    column = names[0] if get_language() == "en" else names[1]
    return fault, column, str(refusal_message(Refused(fault.code, **fault.values)))


def _first(checked: inbound.Checked) -> list[inbound.Incoming]:
    """Return the first messages with signs beyond ASCII, else the first: whoever looks sees a file that was misread."""
    odd = [message for message in checked.messages if not message.text.isascii()] or checked.messages
    return odd[:3]


def _take_in(request: HttpRequest) -> HttpResponse:
    token = request.POST["waiting"]
    what = kept.kept(PLACE, request.user, token)
    if "done" in what:  # pressed twice
        return redirect(f"{reverse('outbox_import')}?{urlencode(what)}")
    if "table" not in what:
        error = _("The checked table was kept for an hour only. Choose the file again")
        return _page(request, ImportForm(), 409, error=error)
    now = timezone.now()
    try:
        checked = inbound.check(b64decode(what["table"]), channel=what["channel"], now=now, actor=request.user)
        if checked.faults:  # somebody else took it in meanwhile, with other words
            _fault, _column, sentence = told_fault(checked.faults[0])
            return _page(request, ImportForm(), 409, error=sentence)
        taken = actions.import_messages(checked.messages, channel=what["channel"], actor=request.user)
    except Refused as refusal:
        return _page(request, ImportForm(), refusal_status(refusal.code), error=refusal_message(refusal))
    told = {"done": str(len(taken.submissions)), "known": str(taken.known)}
    kept.replace(PLACE, request.user, token, told)
    return redirect(f"{reverse('outbox_import')}?{urlencode(told)}")


def _done(request: HttpRequest) -> dict[str, int] | None:
    counts = [request.GET.get(name, "") for name in ("done", "known")]
    if not all(count.isascii() and count.isdigit() and len(count) < 7 for count in counts):
        return None
    return dict(zip(("messages", "known"), map(int, counts), strict=True))


@require_safe
@for_readers
def errors(request: HttpRequest, token: str) -> HttpResponse:
    """Download the rows that are wrong, each with what is wrong in it."""
    file = kept.kept(PLACE, request.user, token).get("file")
    if file is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="rows-with-errors.csv"'}
    return HttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)
