"""The pages of embedding: the frame itself, which needs no cookie, and the editors' page with the snippet."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consultations import actions as comments
from consultations import queries as calls
from consultations.forms import CommentForm
from consultations.models import Consultation
from consultations.voices import embedding
from engage.accounts.actors import ANYONE, Role
from engage.desk.registry import OUTREACH, DeskPage, pages_for
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.framing import let_frame, parse_hosts
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import challenge, limits, sending
from engage.participation.actions import Envelope
from engage.participation.receipts import track_url
from engage.participation.rules import format_code

EMBEDS = DeskPage(code="embeds", label=_("Other sites"), roles=(Role.EDITOR,), url_name="desk_embeds", group=OUTREACH)


@csrf_exempt  # In a frame of another site no cookie of ours exists: the signed ticket stands for it.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a call in a frame: days left, count, and a form or a link."""
    call = calls.call(slug, language=get_language() or "", actor=ANYONE, now=timezone.now())
    if call is None:
        raise Http404
    hosts = embedding.hosts_of(call.consultation)
    if not hosts:
        raise Http404
    host = request.GET.get("site", "")
    context: dict[str, Any] = {"call": call, "page": call.page, "consultation": call.consultation}
    version = calls.published_version(call.consultation)
    offers_form = call.is_open and version is not None and host in hosts and not limits.under_attack()
    status = 200
    if request.method == "POST":
        form = CommentForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                context |= _send(request, slug, form, hosts)
                status, offers_form = 200, False
            except Refused as refusal:
                status = refusal_status(refusal.code)
                if status == 422:
                    form.add_error("text", refusal_message(refusal))
                else:
                    context["error"] = refusal_message(refusal)
        context["typed"] = form.data.get("text", "") if status != 200 else ""
    else:
        form = CommentForm()
    # What came back with a fault is shown in its form, whatever the address said, as long as it can still be sent.
    if offers_form or (status != 200 and call.is_open):
        context |= {"form": form, "ticket": _ticket(request, slug, host if host in hosts else "")}
    return let_frame(render(request, "voices/embed.html", context, status=status), hosts)


def _ticket(request: HttpRequest, slug: str, host: str) -> str:
    """Keep the ticket of a form that comes back with an error: its token makes sending twice one sending."""
    if request.method == "POST":
        try:
            embedding.read(request.POST.get("ticket", ""), slug)
            return request.POST["ticket"]
        except Refused:
            pass  # a stale one is replaced; the sender has been told
    return embedding.sign(slug, host, timezone.now())


def _send(request: HttpRequest, slug: str, form: CommentForm, hosts: list[str]) -> dict[str, Any]:
    ticket = embedding.read(request.POST.get("ticket", ""), slug)
    if ticket.host not in hosts:
        raise Refused("frame_stale")
    now = timezone.now()
    if limits.under_attack():  # a form that was offered before: without a script its sender waits
        challenge.check("", challenge.sign_moment(ticket.opened), now)
    limits.check("send", limits.client_address(request), limits.SEND_WINDOWS)
    limits.count("site", "all", (limits.ATTACK_WINDOW,))
    envelope = Envelope(
        token=ticket.token,
        language=get_language() or "",
        received_at=now,
        channel=f"embed:{ticket.host}"[:64],
        consents=() if form.cleaned_data["confidential"] else ("comment-publication",),
        flagged=sending.seems_automatic(request.POST.get("website", ""), ticket.opened, now),
    )
    submission = comments.submit_comments(slug, [form.as_input("")], envelope, title="", actor=ANYONE)
    url = f"{track_url(submission)}#{envelope.code}"
    return {"submission": submission, "code": format_code(envelope.code), "track_url": url}


def for_editors(view):
    """Let in who decides where a call is shown."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if EMBEDS not in pages_for(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@for_editors
def desk_embeds(request: HttpRequest) -> HttpResponse:
    """Say which sites may show a call, and give the lines to put there."""
    now = timezone.now()
    found = Consultation.objects.visible_to(request.user).filter(closes_at__gt=now)
    listed = list(found.prefetch_related("pages__locale", "embed_hosts").order_by("closes_at")[:100])
    error, status, wrong, typed = "", 200, "", ""
    if request.method == "POST":
        wrong, typed = request.POST.get("call", ""), request.POST.get("hosts", "")
        chosen = next((call for call in listed if call.slug == wrong), None)
        if chosen is None:
            raise Http404
        try:
            embedding.set_hosts(chosen.pk, parse_hosts(typed), actor=request.user)
            return redirect("desk_embeds")
        except Refused as refusal:
            error, status = refusal_message(refusal), refusal_status(refusal.code)
    rows = [
        {
            "call": call,
            "typed": typed if call.slug == wrong else "\n".join(host.host for host in call.embed_hosts.all()),
            "error": error if call.slug == wrong else "",
            "snippets": [_snippet(call, host.host) for host in call.embed_hosts.all()],
        }
        for call in listed
    ]
    context = frame(request, EMBEDS) | {"rows": rows, "error": error}
    return render(request, "voices/desk_embeds.html", context, status=status)


def _snippet(call: Consultation, host: str) -> str:
    url = f"{settings.PUBLIC_URL}{reverse('embed', args=[call.slug])}?site={host}"
    return (
        f'<iframe src="{url}" title="{call.slug}" width="100%" height="640" loading="lazy" '
        'sandbox="allow-forms allow-popups allow-same-origin"></iframe>'
    )
