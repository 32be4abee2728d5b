"""The release gate on the desk: parse, one query or action, render."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from lxml import html

from engage.desk.registry import pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.publishing import actions, desk_queries, queries, registry
from engage.publishing import audit as auditing
from engage.publishing.desk import RELEASES
from engage.publishing.forms import AuditForm, DecideForm, DelegateForm, HandInForm, day_begins
from engage.publishing.models import ReleaseForm
from engage.typed import whole_number

View = Callable[..., HttpResponse]
PER_PAGE = 50
TOAST = "release_toast"
# A form of a page, drawn as it goes out but for scripts, links that lead elsewhere and what lies on other sites.
FRAME_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox"
)


def for_reviewers(view: View) -> View:
    """Let in who works on releases; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if RELEASES not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    shared = frame(request, RELEASES) | {"now": timezone.now(), "toast": request.session.pop(TOAST, "")}
    return render(request, f"publishing/desk/{template}.html", shared | context, status=status)


# --- lists ----------------------------------------------------------------------------------------------------------


@require_safe
@for_reviewers
def home(request: HttpRequest) -> HttpResponse:
    """List the releases of one view."""
    kinds = registry.registered()
    kind = request.GET.get("kind", "")
    kind = kind if kind in {one.code for one in kinds} else ""
    counts = desk_queries.counts(actor=request.user, kind=kind)
    # Who has nothing to review comes to see what is on its way.
    default = desk_queries.MINE if counts[desk_queries.MINE] else desk_queries.OPEN
    view = request.GET.get("view", default)
    view = view if view in desk_queries.VIEWS else default
    rows = desk_queries.releases(view, actor=request.user, kind=kind)
    pager = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "pager": pager,
        "view": view,
        "views": [(name, counts.get(name)) for name in desk_queries.VIEWS],
        "kind": kind,
        "kinds": kinds,
        "query": "&" + urlencode({"view": view} | ({"kind": kind} if kind else {})),
    }
    return _page(request, "list", context)


# --- one release ----------------------------------------------------------------------------------------------------


def _shown(request: HttpRequest, pk: int) -> desk_queries.Shown:
    found = desk_queries.shown(pk, actor=request.user)
    if found is None:
        raise Http404
    return found


@require_safe
@for_reviewers
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one release: its reviews, each form in full, and what the reader may decide."""
    return _release(request, _shown(request, pk))


def _release(
    request: HttpRequest,
    shown: desk_queries.Shown,
    *,
    decide_form: DecideForm | None = None,
    delegate_form: DelegateForm | None = None,
    refusal: Refused | None = None,
    changed: list[str] | None = None,
) -> HttpResponse:
    wanted = request.GET.get("form", "")
    reading = desk_queries.reading(shown, whole_number(wanted, digits=18, otherwise=-1) if wanted else None)
    if reading is None and wanted:
        raise Http404
    errors = decide_form or delegate_form
    context: dict[str, Any] = {
        "shown": shown,
        "release": shown.release,
        "reading": reading,
        "framed": reading is not None and _is_framed(reading.form),
        "decide_form": decide_form or DecideForm(initial=_initial(shown)),
        "delegate_form": delegate_form or DelegateForm(others=list(shown.others)),
        "refusal": refusal_message(refusal) if refusal else "",
        "changed": changed or [],
        "form": errors,
    }
    status = refusal_status(refusal.code) if refusal else 422 if errors is not None else 200
    return _page(request, "release", context, status)


def _initial(shown: desk_queries.Shown) -> dict[str, str]:
    seen = {one.form.name: one.form.sha256 for one in shown.forms}
    return {
        "content_hash": shown.release.content_hash,
        "seen": json.dumps(seen, ensure_ascii=True, separators=(",", ":")),
    }


def _done(request: HttpRequest, pk: int, said: str) -> HttpResponse:
    request.session[TOAST] = said
    return redirect("release", pk)


@require_POST
@for_reviewers
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide one's review about exactly the forms that were shown; what changed meanwhile is named."""
    shown = _shown(request, pk)
    form = DecideForm(request.POST)
    review = next((one for one in shown.reviews if str(one.pk) == request.POST.get("review")), None)
    if review is None:
        return _release(request, shown, refusal=Refused("release_changed"))
    if not form.is_valid():
        return _release(request, shown, decide_form=form)
    given = form.cleaned_data
    try:
        after = actions.decide(
            review.pk,
            given["decision"],
            content_hash=given["content_hash"],
            basis=given["basis"],
            comment=given["comment"],
            now=timezone.now(),
            actor=request.user,
        )
    except Refused as refusal:
        shown = _shown(request, pk)
        changed = (
            shown.named(desk_queries.changed_since(shown.release, given["seen"]))
            if refusal.code == "release_changed"
            else []
        )
        # What was typed stays; the hash is that of what is shown now, and every form is to be read again.
        form.data = form.data.copy()
        form.data.pop("read", None)
        form.data.update(_initial(shown))
        again = form if shown.mine is not None else None
        return _release(request, shown, decide_form=again, refusal=refusal, changed=changed)
    return _done(request, pk, _said(after))


def _said(release: Any) -> str:
    if release.state == release.State.RELEASED:
        return _("Decided. It is public now.")
    if release.state == release.State.CLEARED:
        return _("Decided. Every review is done; it goes public at its time.")
    if release.state == release.State.REVIEW:
        return _("Decided. It waits for the other reviews.")
    return _("Decided. The author has been told.")


@require_POST
@for_reviewers
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand one's review on to somebody who may give it too."""
    shown = _shown(request, pk)
    if shown.mine is None:
        return _release(request, shown, refusal=Refused("review_decided"))
    form = DelegateForm(request.POST, others=list(shown.others))
    if not form.is_valid():
        return _release(request, shown, delegate_form=form)
    try:
        actions.delegate(
            shown.mine.pk,
            form.person,
            comment=form.cleaned_data["note"],
            now=timezone.now(),
            actor=request.user,
        )
    except Refused as refusal:
        return _release(request, _shown(request, pk), refusal=refusal)
    return _done(request, pk, _("%(name)s has the review now.") % {"name": form.person})


@require_POST
@for_reviewers
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a release that has not gone out."""
    shown = _shown(request, pk)
    try:
        actions.take_back(shown.release.pk, now=timezone.now(), actor=request.user)
    except Refused as refusal:
        return _release(request, _shown(request, pk), refusal=refusal)
    return _done(request, pk, _("Taken back. It can be changed and handed in again."))


def _is_framed(form: ReleaseForm) -> bool:
    return form.media_type.partition(";")[0].strip() in ("text/html", "image/svg+xml") and bool(form.content)


def _plain(content: bytes) -> bytes:
    """Return a page without style sheets and style attributes: the frame allows none of them."""
    document = html.document_fromstring(content.decode("utf-8", "replace") or "<p></p>")
    for sheet in list(document.iter("style")):
        sheet.drop_tree()
    for element in document.iter():
        element.attrib.pop("style", None)
    return html.tostring(document, encoding="utf-8", doctype="<!doctype html>")


@require_safe
@for_reviewers
@xframe_options_sameorigin
def form(request: HttpRequest, pk: int, form_id: int) -> HttpResponse:
    """Give one form: a page, without its styles, for the frame in which nothing of it can act; else a file to keep."""
    found = queries.form_of(pk, form_id, actor=request.user)
    if found is None or not found.content:
        raise Http404
    content = bytes(found.content)
    headers = {"Content-Security-Policy": FRAME_POLICY, "Cache-Control": "private, no-store"}
    if _is_framed(found):
        return HttpResponse(
            _plain(content) if "html" in found.media_type else content,
            content_type=f"{found.media_type.partition(';')[0]}; charset=utf-8",
            headers=headers,
        )
    headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"form-{form_id}") or ""
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


# --- handing in -----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_reviewers
def hand_in(request: HttpRequest, kind: str, object_id: int) -> HttpResponse:
    """Hand something in: what it lacks, when it goes, how long the reviewers have, or why it cannot wait."""
    now = timezone.now()
    found = desk_queries.hand_in(kind, object_id, actor=request.user, now=now)
    if found is None:
        raise Http404
    form = HandInForm(request.POST if request.method == "POST" else None, now=now)
    context: dict[str, Any] = {"found": found, "form": form}
    if request.method != "POST":
        return _page(request, "hand_in", context)
    if not form.is_valid():
        return _page(request, "hand_in", context, 409 if found.lacks else 422)
    given = form.cleaned_data
    try:
        release = actions.request(
            kind,
            found.obj,
            actor=request.user,
            now=now,
            release_at=given["release_at"],
            emergency=given["emergency"] if given["is_emergency"] else None,
            days=given["days"],
        )
    except Refused as refusal:
        # What is missing stands on the page, one by one.
        refused = {} if refusal.code == "release_incomplete" else {"refusal": refusal_message(refusal)}
        return _page(request, "hand_in", context | refused, refusal_status(refusal.code))
    return _done(request, release.pk, _("Handed in. The reviewers see it on their desk."))


# --- the audit ------------------------------------------------------------------------------------------------------


def _asked(request: HttpRequest) -> tuple[auditing.Asked, AuditForm, dict[str, str]]:
    form = AuditForm(request.GET, signers=auditing.signers(actor=request.user))
    form.is_valid()
    given = form.cleaned_data
    until = given.get("until")
    asked = auditing.Asked(
        kind=given.get("kind", ""),
        person=given.get("person"),
        decision=given.get("decision", ""),
        since=day_begins(given.get("since")),
        until=day_begins(until + timedelta(days=1)) if until and until.year < 9999 else None,
    )
    chosen = {name: str(value) for name, value in given.items() if value}
    return asked, form, chosen


@require_safe
@for_reviewers
def audit(request: HttpRequest) -> HttpResponse:
    """List each review that was decided or fell, with the hash of what was signed."""
    asked, form, chosen = _asked(request)
    pager = Paginator(auditing.steps(asked, actor=request.user), PER_PAGE).get_page(request.GET.get("page"))
    steps = list(pager.object_list)
    places = auditing.in_journal(steps)
    context = {
        "pager": pager,
        "steps": [(step, auditing.signed_hash(step), places.get(step.pk)) for step in steps],
        "form": form,
        "is_narrowed": bool(chosen),
        "query": "".join(f"&{part}" for part in [urlencode(chosen)] if part),
        "files": [
            (name, reverse("release_audit_file", args=[name]) + "?" + urlencode(chosen)) for name in auditing.FILES
        ],
    }
    return _page(request, "audit", context)


@require_safe
@for_reviewers
def audit_file(request: HttpRequest, name: str) -> StreamingHttpResponse | HttpResponseRedirect:
    """Send the audit as a file, written while it is read."""
    if name not in auditing.FILES:
        raise Http404
    asked, _form, _chosen = _asked(request)
    day = timezone.localdate().isoformat()
    return StreamingHttpResponse(
        auditing.written(asked, name, actor=request.user),
        content_type=auditing.FILES[name].media_type,
        headers={
            "Content-Disposition": content_disposition_header(
                as_attachment=True, filename=f"release-audit-{day}.{name}"
            )
            or "",
            "Cache-Control": "private, no-store",
        },
    )
