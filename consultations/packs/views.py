"""The published pack, the reader's reaction to it, the expert's page: parse, one query or action, render."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consultations import queries as calls
from consultations.packs import actions, queries
from consultations.packs.forms import NONE, SOME, CommentaryForm, ReactionForm
from consultations.packs.models import Invitation, Pack
from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.pages.translation import HTML_LANG
from engage.participation import challenge, limits, sending
from engage.participation.actions import Envelope
from engage.participation.forms import GuardFields, clean_text, read_token
from engage.participation.rules import Window, looks_automatic

# Links that open nothing, per address: a token cannot be guessed, and nobody is to try for free.
FORGED_WINDOWS = (Window(20, 600),)
HAND_IN_WINDOWS = (Window(10, 600),)
TOKEN_MOST = 100


def _found(request: HttpRequest, slug: str, number: int | None = None) -> tuple[calls.Call, Pack]:
    call = calls.call(slug, language=get_language() or "", actor=request.user, now=timezone.now())
    pack = queries.published(slug, actor=request.user, number=number)
    if call is None or pack is None:
        raise Http404
    return call, pack


def _page(call: calls.Call, pack: Pack, reading: queries.Reading, **more: Any) -> dict[str, Any]:
    language = get_language()
    return {
        "door": "have_your_say",
        "call": call,
        "page": call.page,
        "consultation": call.consultation,
        "pack": pack,
        "text": reading.text,
        "foreign_lang": HTML_LANG.get(reading.text.language, "") if reading.text.language != language else "",
        **more,
    }


@require_safe
@shared_for_seconds
def interpretation(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """Show a published pack, each block beside the clauses it explains, and what readers say."""
    call, pack = _found(request, slug, number)
    language = get_language() or ""
    reading = queries.reading(pack, language)
    context = _page(
        call,
        pack,
        reading,
        blocks=queries.shown(pack.content, language, reading),
        reactions=queries.reactions(pack, reading, actor=request.user),
        others=queries.others(pack, actor=request.user),
    )
    return render(request, "consultations/packs/pack.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def react(request: HttpRequest, slug: str) -> HttpResponse:
    """Take what a reader says; it is shown once a moderator has read it."""
    call, pack = _found(request, slug)
    reading = queries.reading(pack, get_language() or "")
    form = ReactionForm(request.POST if request.method == "POST" else None, articles=reading.text.articles)
    token = read_token(request.POST.get("token", ""))
    status, error = 422 if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        try:
            return _send(request, slug, form, token)
        except Refused as refusal:
            status, error = refusal_status(refusal.code), refusal_message(refusal)
    context = _page(
        call,
        pack,
        reading,
        form=form,
        error=error,
        token=token or uuid.uuid4(),
        opened=challenge.sign_moment(timezone.now()),
        challenge=challenge.make() if limits.under_attack() else None,
    )
    return render(request, "consultations/packs/react.html", context, status=status)


def _send(request: HttpRequest, slug: str, form: ReactionForm, token: uuid.UUID | None) -> HttpResponse:
    if token is None:
        raise Refused("form_used_up")
    now, given = timezone.now(), form.cleaned_data
    guard = GuardFields(request.POST)
    guard.is_valid()
    if limits.under_attack():
        challenge.check(guard.cleaned_data.get("altcha", ""), guard.cleaned_data.get("opened", ""), now, str(token))
    limits.check("send", limits.client_address(request), limits.SEND_WINDOWS)
    limits.count("site", "all", (limits.ATTACK_WINDOW,))
    envelope = Envelope(
        token=token,
        language=get_language() or "",
        received_at=now,
        signature=given["signature"],
        consents=("comment-publication",),
        flagged=looks_automatic(
            honeypot=request.POST.get("website", ""),
            opened_at=guard.opened_at(),
            now=now,
            minimum=timedelta(seconds=settings.FASTEST_PERSON_SECONDS),
        ),
    )
    submission = actions.send_reaction(slug, given["text"], envelope, clause=given["clause"], actor=request.user)
    return sending.to_receipt(request, submission.reference, envelope.code)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited expert read the draft and write one block; the link is all that is needed."""
    now, address = timezone.now(), limits.client_address(request)
    found = queries.invitation_by(token, now=now) if len(token) <= TOKEN_MOST else None
    if found is None:
        # Whoever has a right link is never held up by others at the same address who guess.
        if wait := limits.peek("expert-link", address, FORGED_WINDOWS):
            raise Refused("too_many", seconds=wait)
        limits.count("expert-link", address, FORGED_WINDOWS)
        return _over(request)
    form = CommentaryForm(request.POST if request.method == "POST" else None, initial=_before(found))
    status, error = 422 if form.is_bound else 200, ""
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            limits.check("expert-hand-in", address, HAND_IN_WINDOWS)
            actions.hand_in(
                token,
                name=given["name"],
                affiliation=given["affiliation"],
                interest=given["interest"],
                no_interest=given["declares"] == NONE,
                text=given["text"],
                written_in=given["written_in"],
                now=now,
                actor=request.user,
            )
        except Refused as refusal:
            if refusal.code == "invitation_over":
                return _over(request)
            status, error = refusal_status(refusal.code), refusal_message(refusal)
        else:
            return redirect("expert_write", token=token)
    return render(request, "consultations/packs/write.html", _expert_page(found, form, error), status=status)


def _before(invitation: Invitation) -> dict[str, Any]:
    """Return what was handed in before, for the form of a text that came back."""
    if not invitation.text:
        return {"written_in": get_language()}
    return {
        "name": invitation.name,
        "affiliation": invitation.affiliation,
        "declares": NONE if invitation.no_interest else SOME,
        "interest": invitation.interest,
        "written_in": invitation.written_in,
        "text": invitation.text,
    }


def _expert_page(invitation: Invitation, form: CommentaryForm, error: str) -> dict[str, Any]:
    pack = invitation.block.pack
    text = calls.text_of(pack.version, language=get_language() or "", with_counts=False)
    pointed = set(invitation.block.clauses.values_list("key", flat=True))
    return {
        "invitation": invitation,
        "waits": invitation.state == Invitation.State.HANDED_IN,
        "pack": pack,
        "consultation": pack.consultation,
        "form": form,
        "error": error,
        "text": text,
        "pointed": [article for article in text.articles if article.key in pointed],
        "foreign_lang": HTML_LANG.get(text.language, "") if text.language != get_language() else "",
    }


def _over(request: HttpRequest) -> HttpResponse:
    """Say that a link is over; whatever was typed comes back."""
    typed = [clean_text(request.POST.get(name, "")) for name in ("text", "interest")] if request.POST else []
    context = {"typed": [text for text in typed if text]}
    return render(request, "consultations/packs/over.html", context, status=410)
