"""The desk's pages of one petition before and after its publication: parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import has_role
from engage.accounts.models import User
from engage.desk.actions import keep_undo
from engage.desk.registry import DeskPage
from engage.desk.views import for_staff, frame, say, toast_of
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import LARGEST_KEY, whole_number
from mailbox.petitions.actions import moderation as actions
from mailbox.petitions.models import MODERATORS, Petition
from mailbox.petitions.moderating import rules
from mailbox.petitions.moderating.forms import FORMS, ActForm, EditForm, NoteForm, TagForm
from mailbox.petitions.moderating.queue import PETITIONS, due_chip, html_lang, said_of, said_of_end
from mailbox.petitions.moderating.show import labelled, shown_history
from mailbox.petitions.moderating.words import ACTS
from mailbox.petitions.queries import moderation as queries
from mailbox.petitions.queries.clock import database_now

# The buttons of the page with their keys, in their order; what stands beside something is offered there.
BUTTONS: Mapping[str, str] = {
    "open": "p",
    "reject": "r",
    "edit": "e",
    "agree": "y",
    "decline": "x",
    "flag": "f",
    "dormant": "d",
    "back": "b",
    "merge": "m",
    "tell": "o",
    "ask_hide": "h",
    "ask_remove": "h",
}
BAD = frozenset({"reject", "merge", "ask_hide", "ask_remove", "agree"})
Given = Mapping[str, Any]
CARRIED_OUT: Mapping[str, Callable[[int, Given, dict[str, Any]], object]] = {
    "open": lambda pk, given, who: actions.open_petition(pk, **who | {"now": database_now()}),
    "reject": lambda pk, given, who: actions.reject_petition(pk, given["code"], note=given["note"], **who),
    "merge": lambda pk, given, who: actions.merge_petition(pk, into=given["other"].pk, note=given["note"], **who),
    "tell": lambda pk, given, who: actions.tell_of_petition(pk, given["other"].pk, **who),
    "edit": lambda pk, given, who: actions.edit_words(pk, **given, **who),
    "ask_hide": lambda pk, given, who: actions.ask_to_hide(pk, given["code"], note=given["note"], **who),
    "ask_remove": lambda pk, given, who: actions.ask_to_hide(pk, given["code"], note=given["note"], **who),
    "agree": lambda pk, given, who: actions.decide_hiding(pk, agree=True, note=given["note"], **who),
    "decline": lambda pk, given, who: actions.decide_hiding(pk, agree=False, note=given["note"], **who),
}


def _petition(request: HttpRequest, pk: int) -> Petition:
    """Return a petition for a moderator; for everybody else there is nothing here."""
    if not has_role(request.user, *MODERATORS) or pk > LARGEST_KEY:
        raise Http404
    petition = queries.petition_for(pk, actor=request.user)
    if petition is None:
        raise Http404
    return petition


def _page(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused | None = None) -> HttpResponse:
    own = {"current_queue": PETITIONS, "refusal": refusal_message(refusal) if refusal else ""}
    status = refusal_status(refusal.code) if refusal else context.pop("status", 200)
    whole = frame(request, cast(DeskPage, PETITIONS)) | own | context  # of a page only its keys are read
    return render(request, f"petitions/desk/{template}.html", whole, status=status)


@require_safe
@for_staff
def home(request: HttpRequest) -> HttpResponse:
    """Open the queue."""
    if not has_role(request.user, *MODERATORS):
        raise Http404
    return redirect("desk_queue", PETITIONS.code)


@require_safe
@for_staff
def petition(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one petition with all that can be done with it."""
    return _show(request, _petition(request, pk))


def _show(
    request: HttpRequest,
    petition: Petition,
    refusal: Refused | None = None,
    *,
    note_form: forms.Form | None = None,
    tag_form: forms.Form | None = None,
) -> HttpResponse:
    board = queries.board_of(petition, actor=request.user)
    context = {
        "board": board,
        "petition": petition,
        "lang": html_lang(petition),
        "due": due_chip(board.waited),
        "ends": said_of_end(petition),
        "buttons": [
            {"code": code, "label": ACTS[code], "key": key, "asks": code in FORMS, "is_bad": code in BAD}
            for code, key in BUTTONS.items()
            if code in board.acts
        ],
        "wordings": labelled(board.wordings),
        "similar": labelled(board.similar),
        "history": shown_history(board.history, queries.reason_names()),
        "note_form": note_form or NoteForm(),
        "tag_form": tag_form or TagForm(),
        "queue": PETITIONS,
        "status": 422 if note_form or tag_form else 200,
        "asked_by_me": petition.hide_asked_by_id == request.user.pk,
    }
    return _page(request, "petition", context | toast_of(request), refusal)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Ask what an act needs, and carry it out."""
    found = _petition(request, pk)
    if code in rules.PARKED:
        return _park(request, found, code)
    if code not in FORMS:
        raise Http404
    posted = request.method == "POST"
    form = _form(request, code, found)
    if not posted or not form.is_valid():
        return _ask(request, found, code, form)
    seen, given = form.cleaned_data["revision"], form.given()
    who: dict[str, Any] = {"actor": request.user, "now": timezone.now(), "revision": seen}
    try:
        CARRIED_OUT[code](pk, given, who)
    except Refused as refusal:
        return _ask(request, _petition(request, pk), code, form, refusal)
    say(request, _said(code))
    return redirect("desk_petition", pk)


def _form(request: HttpRequest, code: str, petition: Petition) -> ActForm:
    data = request.POST if request.method == "POST" else None
    initial: dict[str, Any] = {"revision": petition.revision}
    if code in ("merge", "tell"):
        key = whole_number(request.GET.get("of", ""), digits=18, otherwise=0)
        other = Petition.objects.visible_to(request.user).select_related("submission").filter(pk=key).first()
        initial["other"] = other.reference if other else ""
    if code == "edit":
        return EditForm(data, petition=petition, initial=initial)
    return FORMS[code](data, initial=initial)


def _ask(
    request: HttpRequest, petition: Petition, code: str, form: ActForm, refusal: Refused | None = None
) -> HttpResponse:
    """Ask before an act is carried out: with the words in sight, for most of them cannot be taken back."""
    if refusal is None and not form.is_bound and code not in queries.acts_on(petition):
        return _show(request, petition, Refused("petition_act_not_now"))
    incomplete = form.is_bound and "revision" in form.errors
    if refusal is not None or incomplete:
        # Sent once more, it counts for the petition as it is shown now.
        form.renew(petition.revision)
    context = {
        "petition": petition,
        "lang": html_lang(petition),
        "form": form,
        "incomplete": incomplete,
        "code": code,
        "label": ACTS[code],
        "asked_by_me": petition.hide_asked_by_id == request.user.pk,
        "is_bad": code in BAD,
        "status": 422 if form.is_bound else 200,
        "tells": code in ("open", "reject", "merge", "tell", "agree", "edit"),
    }
    return _page(request, "act", context, refusal)


def _said(code: str) -> str:
    return {
        "open": gettext("Published; starter and sponsors are told"),
        "reject": gettext("Turned down; starter and sponsors are told"),
        "merge": gettext("Turned down as a duplicate; starter and sponsors are led to the open one"),
        "tell": gettext("Starter and sponsors are told of the open one"),
        "edit": gettext("The words are changed; the starter gets both texts"),
        "ask_hide": gettext("A second person decides now whether it is not shown"),
        "ask_remove": gettext("A second person decides now whether it is taken down"),
        "agree": gettext("Decided by two: it is not shown any more"),
        "decline": gettext("It stays; the request is closed"),
    }[code]


def _park(request: HttpRequest, petition: Petition, code: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("desk_petition", petition.pk)
    seen = whole_number(request.POST.get("revision", ""), digits=9, otherwise=-1)
    try:
        parked, before = actions.park_petition(petition.pk, code, actor=request.user, now=timezone.now(), revision=seen)
    except Refused as refusal:
        return _show(request, _petition(request, petition.pk), refusal)
    back = {"back": [[before, petition.pk, parked.revision]]}
    say(request, said_of(code, 1), token=keep_undo(cast(User, request.user), PETITIONS, "", back, now=timezone.now()))
    return redirect("desk_petition", petition.pk)


@require_POST
@for_staff
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note among colleagues."""
    found, form = _petition(request, pk), NoteForm(request.POST)
    if not form.is_valid():
        return _show(request, found, note_form=form)
    try:
        actions.write_note(pk, form.cleaned_data["text"], actor=request.user, now=timezone.now())
    except Refused as refusal:
        return _show(request, found, refusal)
    say(request, gettext("The note is kept"))
    return redirect("desk_petition", pk)


@require_POST
@for_staff
def tag(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a tag on, or take one off."""
    found, form = _petition(request, pk), TagForm(request.POST)
    if not form.is_valid():
        return _show(request, found, tag_form=form)
    try:
        if request.POST.get("off"):
            actions.untag_petition(pk, form.cleaned_data["word"], actor=request.user)
        else:
            actions.tag_petition(pk, form.cleaned_data["word"], actor=request.user)
    except Refused as refusal:
        return _show(request, found, refusal)
    return redirect("desk_petition", pk)
