"""Following by e-mail: choose, confirm, change, rest, stop. Parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.errors import Refused
from engage.outreach.follows import actions, links, queries, registry, rules
from engage.outreach.follows.carriers import webpush
from engage.outreach.follows.forms import ChoiceForm, EmailForm, FollowForm, read_tags
from engage.outreach.follows.models import Follower
from engage.outreach.follows.registry import Tag
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits
from engage.participation.rules import Window
from engage.participation.vault import normalised_email
from engage.typed import whole_number

NETWORK_WINDOWS = (Window(10, 3600),)
CONTACT_WINDOWS = (Window(3, 24 * 3600),)
ALL_WINDOWS = (Window(20, 24 * 3600),)
REST_DAYS = (14, 30, 90)
NEWS_SHOWN = 20
Crumbs = Sequence[tuple[str, str]]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Choose what to hear of and give an address."""
    form = FollowForm(
        request.POST if request.method == "POST" else None,
        chosen=read_tags(request.GET.getlist("follow")),
        initial={"language": get_language()},
    )
    context: dict[str, Any] = {"form": form, "push_key": _push_key()}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            _ask(request, form.tags, given["email"], language=given["language"], rhythm=given["rhythm"])
        except Refused as refusal:
            return _refused(request, "follows/follow.html", context, refusal)
        return render(request, "follows/sent.html", {"email": given["email"], "again": request.path})
    return render(request, "follows/follow.html", context, status=422 if form.is_bound else 200)


def follow_one(
    request: HttpRequest, tag: Tag, *, title: str, crumbs: Crumbs, back: tuple[str, str], feeds: Crumbs
) -> HttpResponse:
    """Take an address that wants to follow one thing, on that thing's own page; `back`: address and words."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form, "title": title, "crumbs": crumbs, "feeds": feeds}
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        try:
            _ask(request, [tag], email, language=get_language() or "", rhythm=Follower.Rhythm.AT_ONCE)
        except Refused as refusal:
            return _refused(request, "follows/one.html", context, refusal)
        return render(request, "follows/sent.html", context | {"email": email, "again": request.path, "back": back})
    return render(request, "follows/one.html", context, status=422 if form.is_bound else 200)


def _ask(request: HttpRequest, tags: list[Tag], email: str, *, language: str, rhythm: str) -> None:
    """Ask an address; the answer is the same whether it follows already or not.

    Raises Refused("too_many", ...) for a network that asks too often, Refused("follow_nothing").
    """
    limits.check("follow", limits.client_address(request), NETWORK_WINDOWS)
    address = normalised_email(email)
    whom = f"{sorted(tags)}:{address}"
    # One address hears of few things a day that it did not confirm, whoever asks and wherever from.
    if limits.peek("follow-for", whom, CONTACT_WINDOWS) or limits.peek("follow-all", address, ALL_WINDOWS):
        return
    limits.count("follow-for", whom, CONTACT_WINDOWS)
    limits.count("follow-all", address, ALL_WINDOWS)
    actions.ask_to_follow(tags, email=email, language=language, rhythm=rhythm, now=timezone.now(), actor=request.user)


def _refused(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused) -> HttpResponse:
    context = context | {"error": refusal_message(refusal)}
    return render(request, template, context, status=refusal_status(refusal.code))


def _push_key() -> str:
    return webpush.public_key(settings.PUSH_KEY) if settings.PUSH_KEY else ""


@require_safe
@shared_for_seconds
def thing(request: HttpRequest, kind: str, code: str) -> HttpResponse:
    """Show the news of one topic, region, group or department, with its feeds."""
    found = queries.found_by_address(kind, code)
    if found is None:
        raise Http404
    tag, name = found
    context = {
        "tag": tag,
        "name": name,
        "kind": registry.followable(kind),
        "news": queries.news(tag, limit=NEWS_SHOWN),
    }
    return render(request, "follows/thing.html", context)


# --- links in letters ---------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a button (link scanners only follow GET), then let what is on the page count."""
    follower = links.follower_of(signed, confirms=True)
    if follower is None:
        return _over(request)
    _pk, _mark, language, rhythm = links.read(signed, confirms=True) or (0, "", "", "")
    waiting = queries.waiting_to_confirm(follower, timezone.now())
    managing = links.managing(follower)
    if request.method == "POST" and waiting:
        shown = {whole_number(key, digits=18, otherwise=0) for key in request.POST.getlist("row")}
        actions.confirm(
            follower.pk,
            follows=[row.pk for row, _name in waiting if row.pk in shown],
            language=language,
            rhythm=rhythm,
            now=timezone.now(),
            actor=request.user,
        )
    elif not waiting and follower.confirmed_at is None:
        return _over(request)
    done = not waiting or request.method == "POST"
    context = {"done": done, "signed": managing, "waiting": waiting, "rhythm": Follower.Rhythm(rhythm).label}
    return render(request, "follows/confirm.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest, signed: str) -> HttpResponse:
    """Change what one follows, the rhythm and the language."""
    follower = links.follower_of(signed)
    if follower is None:
        return _over(request)
    pairs = queries.followed(follower)
    form = ChoiceForm(
        request.POST if request.method == "POST" else None,
        chosen=[Tag(row.kind, row.ref) for row, _name in pairs],
        initial={"language": follower.language, "rhythm": follower.rhythm},
    )
    offered = {kind.kind.code for kind in form.groups}
    context: dict[str, Any] = {
        "form": form,
        "own": [(Tag(row.kind, row.ref), name) for row, name in pairs if row.kind not in offered],
        "follower": follower,
        "address": rules.masked(follower.contact.email) if follower.contact else "",
        "signed": signed,
        "rests": follower.rests_until is not None and follower.rests_until > timezone.now(),
        "rest_days": REST_DAYS,
    }
    if request.method == "POST" and form.is_valid():
        rhythm = form.cleaned_data["rhythm"] if follower.contact else Follower.Rhythm.AT_ONCE
        try:
            actions.change(
                follower.pk,
                form.tags,
                language=form.cleaned_data["language"],
                rhythm=rhythm,
                now=timezone.now(),
                actor=request.user,
            )
        except Refused as refusal:
            return _refused(request, "follows/manage.html", context, refusal)
        with translation.override(form.cleaned_data["language"]):
            return redirect(links.address("follow_manage", signed).removeprefix(settings.PUBLIC_URL) + "?saved")
    context["saved"] = "saved" in request.GET
    return render(request, "follows/manage.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_POST
def rest(request: HttpRequest, signed: str) -> HttpResponse:
    """Let letters rest for some days, or go on."""
    follower = links.follower_of(signed)
    if follower is None:
        return _over(request)
    days = whole_number(request.POST.get("days", ""), digits=3, otherwise=0)
    actions.rest(follower.pk, days=days if days in REST_DAYS else 0, now=timezone.now(), actor=request.user)
    return redirect("follow_manage", signed)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, signed: str) -> HttpResponse:
    """Show a button, then forget the address."""
    follower = links.follower_of(signed)
    if follower is None:
        return _over(request)
    done = request.method == "POST"
    context = {
        "done": done,
        "signed": signed,
        "names": [name for _row, name in queries.followed(follower)],
        "address": rules.masked(follower.contact.email) if follower.contact else "",
    }
    if done:
        actions.stop(follower.pk, actor=request.user)
    return render(request, "follows/stop.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_at_once(request: HttpRequest, signed: str) -> HttpResponse:
    """End all letters when a mail program posts here (RFC 8058): without a cookie, a page or a second question.

    The signed link is the right to do it; opened by hand it leads to the button. Again, it says the same.
    """
    if request.method != "POST":
        return redirect("follow_stop", signed)
    if request.POST.get("List-Unsubscribe") != "One-Click" or links.read(signed) is None:
        return _over(request)
    follower = links.follower_of(signed)
    if follower is not None:
        actions.stop(follower.pk, actor=request.user)
    return HttpResponse(gettext("The letters stop"), content_type="text/plain; charset=utf-8")


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "follows/over.html", {}, status=410)
