"""Taking in a table of comments: chosen, checked row by row, then taken in whole or not at all."""

from __future__ import annotations

import json
import secrets
from base64 import b64decode, b64encode
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consultations import actions, imports
from consultations.models import Clause, Draft, Version
from consultations.voices import tables
from consultations.voices.forms import TableForm
from consultations.voices.paper import PAPER, calls_for_imports, for_keying_in, moment_of
from engage.desk.views import frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.vault import seal, unseal
from engage.tables import RowFault

# A checked table waits so long for the officer's last word.
KEPT_SECONDS = 3600
FAULTS_SHOWN = 100


@dataclass(frozen=True)
class Checked:
    """A table as it would be taken in, or the faults that forbid it (with their sentences)."""

    table: tables.Table
    arrivals: list[imports.Arrival]
    faults: list[tuple[RowFault, str]]
    known: int = 0

    @property
    def comments(self) -> int:
        """The number of comments in it, those that are known included."""
        return sum(len(arrival.comments) for arrival in self.arrivals)

    @property
    def first(self) -> list[dict[str, str]]:
        """The first comments with signs beyond ASCII, else the first: whoever looks sees a file that was misread."""
        said = [(comment.text, arrival.language) for arrival in self.arrivals for comment in arrival.comments]
        odd = [row for row in said if not row[0].isascii()] or said
        return [{"text": text, "language": language} for text, language in odd[:3]]


def check(data: bytes, values: dict[str, Any], request: HttpRequest, now: datetime) -> Checked:
    """Read a table and say what it holds; raises the refusals of `read_table` and of `imports.examine`."""
    table = tables.read_table(data)
    versions = actions.commented_versions(values["call"], request.user)
    consultation = versions[0].draft.consultation
    assert consultation is not None

    def moment(day: date) -> datetime:
        return moment_of(day, consultation.opens_at, consultation.closes_at, now)

    defaults = tables.Defaults(values["language"], values["received"])
    arrivals, faults = tables.arrivals_of(table, defaults, articles_of(versions), moment)
    found, known = imports.examine(values["call"], arrivals, channel=values["channel"], now=now, actor=request.user)
    faults += [RowFault(fault.code, fault.line, values=fault.values) for fault in found]
    faults.sort(key=lambda fault: fault.line)
    return Checked(table, arrivals, [_told(fault) for fault in faults], known)


def _told(fault: RowFault) -> tuple[RowFault, str]:
    """Add its sentence to a fault, and name the column as the reader's language has it."""
    names = tables.COLUMNS.get(fault.column, ("", ""))
    column = names[0] if get_language() == "en" else names[1]
    return replace(fault, column=column), str(refusal_message(Refused(fault.code, **fault.values)))


def articles_of(versions: list[Version]) -> dict[str, str]:
    """Map the number of each article of the first text, and q1, q2 ... of each question, to its key."""
    keys: dict[str, str] = {}
    for version in versions:
        is_questions = version.draft.kind == Draft.Kind.QUESTIONS
        if version != versions[0] and not is_questions:
            continue
        articles = Clause.objects.filter(version=version, level=Clause.Level.ARTICLE).order_by("-position")
        keys |= {f"q{number}" if is_questions else number: key for number, key in articles.values_list("number", "key")}
    return keys


def _place(request: HttpRequest) -> str:
    return f"comment-table:{request.user.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
@for_keying_in
def desk_table(request: HttpRequest) -> HttpResponse:
    """Choose a table, see what it holds or what is wrong in it, take it in."""
    if request.method == "POST" and request.POST.get("waiting"):
        return _take_in(request)
    form = _form(request, request.POST, request.FILES) if request.method == "POST" else _form(request)
    if not form.is_bound:
        return _page(request, form, 200, done=_done(request))
    status, more = _checked(request, form) if form.is_valid() else (422, {})
    return _page(request, form, status, **more)


def _form(request: HttpRequest, *given: Any) -> TableForm:
    now = timezone.now()
    initial = {"received": timezone.localdate(now), "language": get_language(), "channel": "paper"}
    initial |= {"call": request.GET["call"]} if "call" in request.GET else {}
    return TableForm(*given, calls=calls_for_imports(request, now), initial=initial)


def _page(request: HttpRequest, form: TableForm, status: int, **more: Any) -> HttpResponse:
    context = frame(request, PAPER) | {"form": form, "columns": tables.COLUMNS.values(), **more}
    return render(request, "voices/desk_table.html", context, status=status)


def _checked(request: HttpRequest, form: TableForm) -> tuple[int, dict[str, Any]]:
    values = {name: value for name, value in form.cleaned_data.items() if name != "file"}
    data = form.cleaned_data["file"].read()
    try:
        checked = check(data, values, request, timezone.now())
    except Refused as refusal:
        form.add_error("file", refusal_message(refusal))
        return refusal_status(refusal.code), {}
    if checked.faults:
        file = tables.error_file(checked.table, checked.faults, title=_("What is wrong"))
        token = _keep(request, {"file": file})
        return 422, {"checked": checked, "faults": checked.faults[:FAULTS_SHOWN], "errors": token}
    kept = values | {"received": values["received"].isoformat(), "table": b64encode(data).decode()}
    return 200, {"checked": checked, "waiting": _keep(request, kept)}


def _keep(request: HttpRequest, what: dict[str, str]) -> str:
    """Keep one thing for an officer for a while, sealed: it holds names and addresses. Returns its token."""
    token = secrets.token_urlsafe(16)
    cache.set(_place(request), (token, seal(json.dumps(what))), KEPT_SECONDS)
    return token


def _kept(request: HttpRequest, token: str) -> dict[str, str]:
    """Return what was kept under a token; empty when it is gone, or another came after it."""
    found = cache.get(_place(request))
    if found is None or not secrets.compare_digest(found[0].encode(), token.encode()):
        return {}
    return json.loads(unseal(found[1]))


def _take_in(request: HttpRequest) -> HttpResponse:
    values: dict[str, Any] = _kept(request, request.POST["waiting"])
    if "done" in values:  # pressed twice
        return redirect(f"{reverse('desk_table')}?{urlencode(values)}")
    if "table" not in values:
        return _gone(request)
    data = b64decode(values.pop("table"))
    values["received"] = date.fromisoformat(values["received"])
    try:
        checked = check(data, values, request, timezone.now())
        if checked.faults:  # the call was closed or its text changed since
            raise Refused("import_refused", faults=checked.faults)
        taken = imports.import_comments(
            values["call"], checked.arrivals, channel=values["channel"], now=timezone.now(), actor=request.user
        )
    except Refused as refusal:
        return _gone(request, str(refusal_message(refusal)), refusal_status(refusal.code))
    told = {"call": values["call"], "done": str(taken.comments), "known": str(taken.known)}
    cache.set(_place(request), (request.POST["waiting"], seal(json.dumps(told))), KEPT_SECONDS)
    return redirect(f"{reverse('desk_table')}?{urlencode(told)}")


def _gone(request: HttpRequest, error: str = "", status: int = 409) -> HttpResponse:
    """Show the form again: what was checked is not there any more, or holds no longer."""
    error = error or _("The checked table was kept for an hour only. Choose the file again")
    return _page(request, _form(request), status, error=error)


def _done(request: HttpRequest) -> dict[str, int] | None:
    counts = [request.GET.get(name, "") for name in ("done", "known")]
    if not all(count.isascii() and count.isdigit() and len(count) < 7 for count in counts):
        return None
    return dict(zip(("comments", "known"), map(int, counts), strict=True))


@require_safe
@for_keying_in
def desk_table_errors(request: HttpRequest, token: str) -> HttpResponse:
    """Download the rows that are wrong, each with what is wrong in it."""
    file = _kept(request, token).get("file")
    if file is None:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="rows-with-errors.csv"'}
    return HttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)
