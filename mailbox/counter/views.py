"""The counter at the desk: choose the kind, key in, read it back, register, hand over the slip."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_http_methods, require_safe

from engage.accounts.actors import Role, has_role
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status, registered_codes
from engage.participation.actions import Envelope
from engage.participation.file_faults import file_fault
from engage.participation.forms import read_token
from engage.participation.receipts import qr_svg, track_url
from engage.participation.rules import format_code, token_digest
from engage.participation.vault import seal, unseal
from engage.typed import whole_number
from mailbox.actions import NewCase
from mailbox.counter import actions
from mailbox.counter.forms import CounterForm
from mailbox.counter.models import Entry, Identity, Way
from mailbox.counter.pages import COUNTER
from mailbox.counter.papers import owed_first, slip_pdf
from mailbox.letterbox import files, queries
from mailbox.letterbox.actions import Beside
from mailbox.letterbox.forms import representatives_in
from mailbox.letterbox.models import Delivery
from mailbox.letterbox.words import WAYS
from mailbox.letterbox.words import Way as Kind
from mailbox.models import Case

SLIP = "counter_slip"
# So long the officer's session holds the code for the slip: a jammed printer, not a lunch break.
SLIP_KEPT = timedelta(minutes=15)

View = Callable[..., HttpResponse]


def for_counter(view: View) -> View:
    """Let in officers; for everybody else there is no counter."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, Role.OFFICER):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"mailbox/counter/{template}.html", frame(request, COUNTER) | context, status=status)


def _kind(part: str) -> Kind:
    if part not in WAYS:
        raise Http404
    return WAYS[part]


@require_safe
@for_counter
def home(request: HttpRequest) -> HttpResponse:
    """Choose the kind; what was keyed in last stands below."""
    recent = Entry.objects.filter(by=request.user).select_related("case__submission").order_by("-at")[:10]
    seen = set(
        Case.objects.visible_to(request.user).filter(pk__in=[one.pk for one in recent]).values_list("pk", flat=True)
    )
    context = {"kinds": list(WAYS.values()), "recent": [(one, one.pk in seen) for one in recent]}
    return _page(request, "home", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_counter
def key_in(request: HttpRequest, part: str) -> HttpResponse:
    """Key in a case of one kind; the pages before the last keep nothing but the files."""
    kind, now = _kind(part), timezone.now()
    today = actions.today_at(kind.kind, now)
    made = {"kind": kind.kind, "today": today, "departments": queries.department_choices()}
    if request.method != "POST":
        initial = {"language": get_language(), "received_on": today}
        return _form_page(request, kind, CounterForm(initial=initial, **made), uuid.uuid4())
    token = read_token(request.POST.get("token", ""))
    if token is None:
        return redirect("counter_kind", part=part)
    wish = request.POST.get("do", "check")
    digest = token_digest(token.bytes, settings.TRACKING_KEY)
    fault = _hold_files(request, digest, wish, now)
    if fault or wish == "change" or wish.startswith("drop"):
        form = CounterForm(initial=request.POST.dict(), **made)
        return _form_page(request, kind, form, token, fault=fault, status=422 if fault else 200)
    form = CounterForm(request.POST, **made)
    if not form.is_valid():
        return _form_page(request, kind, form, token, status=422)
    if wish != "register":
        return _check_page(request, kind, form, token)
    try:
        envelope = _envelope(form, token, now)
        case = actions.key_in(
            _new_case(form), _beside(form), envelope, _received(form), held=digest, actor=request.user, now=now
        )
    except Refused as refusal:
        return _form_page(
            request, kind, form, token, refusal=refusal_message(refusal), status=refusal_status(refusal.code)
        )
    request.session[SLIP] = seal(json.dumps({"case": case.pk, "code": envelope.code, "at": now.isoformat()}))
    return redirect("counter_slip")


def _hold_files(request: HttpRequest, digest: str, wish: str, now: datetime) -> str:
    """Keep the files that came with the form, or drop one; returns what is wrong with one of them."""
    verb, _colon, number = wish.partition(":")
    if verb == "drop" and (pk := whole_number(number, digits=18, otherwise=None)) is not None:
        files.drop(digest, pk)
    for upload in request.FILES.getlist("files"):
        try:
            files.hold(digest, cast(Any, upload.file), upload.name or "", now=now)
        except Refused as refusal:
            return refusal_message(refusal) if refusal.code in registered_codes() else file_fault(refusal)
    return ""


def _form_page(
    request: HttpRequest,
    kind: Kind,
    form: CounterForm,
    token: uuid.UUID,
    *,
    fault: str = "",
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    digest = token_digest(token.bytes, settings.TRACKING_KEY)
    context = {
        "kind": kind,
        "form": form,
        "token": token,
        "fault": fault,
        "refusal": refusal,
        "held": files.held(digest),
        "most": files.FILES_MOST,
    }
    return _page(request, "form", context, status)


def _check_page(request: HttpRequest, kind: Kind, form: CounterForm, token: uuid.UUID) -> HttpResponse:
    """Show what will be registered; on the telephone it is read back, word for word."""
    rows = []
    for name in form.fields:
        bound, value = form[name], form.cleaned_data.get(name, "")
        if value in ("", None, False) or (name == "people" and value == "1"):
            continue
        choices = dict(getattr(form.fields[name], "choices", ()) or ())
        said = gettext("Yes") if value is True else choices.get(value, value)
        rows.append((name, bound.label, said))
    digest = token_digest(token.bytes, settings.TRACKING_KEY)
    context = {
        "kind": kind,
        "rows": rows,
        "typed": [(name, value) for name in form.fields for value in request.POST.getlist(name)],
        "token": token,
        "held": files.held(digest),
        "by_phone": form.cleaned_data["way"] == Way.PHONE,
        "lang": "zh-Hans" if form.cleaned_data["language"] == "zh-hans" else "en",
    }
    return _page(request, "check", context)


def _envelope(form: CounterForm, token: uuid.UUID, now: datetime) -> Envelope:
    values = form.cleaned_data
    return Envelope(
        token=token,
        language=values["language"],
        received_at=now,
        name=values.get("name", ""),
        email=values.get("email", ""),
        phone=values.get("phone", ""),
        signature=values.get("signature", ""),
    )


def _new_case(form: CounterForm) -> NewCase:
    values = form.cleaned_data
    return NewCase(
        kind=form.kind,
        text=values["text"],
        title=values["title"],
        may_publish=values.get("publish") == "yes",
        people=int(values.get("people", "1")),
        representatives=representatives_in(values),
        barred=int(values["accuses"]) if values.get("accuses") else None,
    )


def _beside(form: CounterForm) -> Beside:
    values = form.cleaned_data
    return Beside(
        department=int(values["department"]) if values["department"] else None,
        delivery=Delivery(values["delivery"]).value if "delivery" in values else "",
        address=values.get("address", ""),
    )


def _received(form: CounterForm) -> actions.Received:
    values = form.cleaned_data
    return actions.Received(
        way=values["way"],
        on=values["received_on"],
        identity=values.get("identity") or Identity.NOT_SEEN,
        confirmed=bool(values.get("confirmed")),
    )


# --- the slip -------------------------------------------------------------------------------------------------------


def _slip(request: HttpRequest) -> tuple[Entry, str] | None:
    """Return what was registered last and its code, while the session holds it."""
    kept = request.session.get(SLIP, "")
    if not kept:
        return None
    try:
        slip = json.loads(unseal(kept))
    except Refused:
        return None
    if timezone.now() - datetime.fromisoformat(slip["at"]) > SLIP_KEPT:
        del request.session[SLIP]
        return None
    entry = (
        Entry.objects.filter(case_id=slip["case"], by=request.user)
        .select_related("case__submission", "case__triage")
        .first()
    )
    return (entry, slip["code"]) if entry else None


@require_http_methods(["GET", "HEAD", "POST"])
@for_counter
def slip(request: HttpRequest) -> HttpResponse:
    """Show reference and code until the sender has them; then the house does not know the code any more."""
    if request.method == "POST":
        request.session.pop(SLIP, None)
        messages.success(request, gettext("The code is forgotten here. The next, please."))
        return redirect("counter")
    found = _slip(request)
    if found is None:
        return redirect("counter")
    entry, code = found
    case = entry.case
    context = {
        "entry": entry,
        "case": case,
        "code": format_code(code),
        "spelled": " ".join(code),
        "qr": qr_svg(track_url(case.submission, code)),
        "owed": owed_first(case),
        "may_open": Case.objects.visible_to(request.user).filter(pk=case.pk).exists(),
    }
    return _page(request, "slip", context)


@require_safe
@for_counter
def slip_file(request: HttpRequest) -> HttpResponse:
    """Give the slip as a PDF in the sender's language."""
    found = _slip(request)
    if found is None:
        raise Http404
    entry, code = found
    name = f'inline; filename="{entry.case.reference}.pdf"'
    return HttpResponse(slip_pdf(entry, code), content_type="application/pdf", headers={"Content-Disposition": name})
