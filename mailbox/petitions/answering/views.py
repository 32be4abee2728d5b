"""The desk's pages of what petitions earned, and the public page of a debate: parse, one query or action, render."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import Role, has_role
from engage.desk.views import for_staff, frame, say, toast_of
from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.publishing import gate
from engage.typed import LARGEST_KEY, whole_number
from mailbox.desk.words import html_lang, language_name
from mailbox.petitions.actions import announcing, forgetting
from mailbox.petitions.actions import debates as actions
from mailbox.petitions.answering import building
from mailbox.petitions.answering.forms import DebateForm
from mailbox.petitions.answering.gated import KIND, body, heading
from mailbox.petitions.answering.words import LACKS, LETTERS, STAGES
from mailbox.petitions.models import MODERATORS, Announcement, Debate, Petition
from mailbox.petitions.moderating.queue import PETITIONS
from mailbox.petitions.queries import answering as queries

# --- for everybody ----------------------------------------------------------------------------------------------------


@require_safe
@shared_for_seconds
def debate(request: HttpRequest, pk: int, debate: int) -> HttpResponse:
    """Show a debate or hearing: when and where, or what happened there."""
    row = queries.public_debate(pk, debate) if max(pk, debate) <= LARGEST_KEY else None
    if row is None:
        raise Http404
    petition = row.petition
    context = {
        "door": "petitions",
        "petition": petition,
        "lang": "" if petition.language == translation.get_language() else html_lang(petition.language),
        "debate": queries.shown_debate(row),
    }
    return render(request, "petitions/answering/debate.html", context)


# --- at the desk ------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, template: str, context: dict[str, Any], refusal: Refused | None = None) -> HttpResponse:
    own = {"current_queue": PETITIONS, "refusal": refusal_message(refusal) if refusal else ""}
    status = refusal_status(refusal.code) if refusal else context.pop("status", 200)
    whole = frame(request, PETITIONS) | own | context  # type: ignore[arg-type]
    return render(request, f"petitions/answering/desk/{template}.html", whole, status=status)


def _check(request: HttpRequest) -> None:
    if not has_role(request.user, *MODERATORS):
        raise Http404


def _petition(request: HttpRequest, pk: int) -> Petition:
    """Return a petition that was published, for who works on it; for everybody else there is nothing here."""
    _check(request)
    rows = Petition.objects.visible_to(request.user).public().select_related("submission", "department")
    found = rows.filter(pk=pk, opened_at__isnull=False).first() if pk <= LARGEST_KEY else None
    if found is None:
        raise Http404
    return found


def _debate(request: HttpRequest, pk: int) -> Debate:
    _check(request)
    rows = Debate.objects.visible_to(request.user).select_related("petition__submission")
    found = rows.filter(pk=pk).first() if pk <= LARGEST_KEY else None
    if found is None:
        raise Http404
    return found


@require_safe
@for_staff
def answers(request: HttpRequest) -> HttpResponse:
    """List what petitions have earned: what is owed by when, and by whom."""
    _check(request)
    return _page(request, "owed", {"owed": queries.owed(request.user, today=timezone.localdate())})


@require_safe
@for_staff
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a petition earned, what came of it, and how far the letters to its signers are."""
    petition = _petition(request, pk)
    owed = [one for one in queries.owed(request.user, today=timezone.localdate()) if one.petition.pk == pk]
    context = {
        "petition": petition,
        "lang": html_lang(petition.language),
        "owed": owed,
        "debates": [(row, STAGES[building.build(row).content["stage"]]) for row in _debates(request, petition)],
        "may_protect": has_role(request.user, Role.ADMINISTRATOR),
        "letters": [(LETTERS[one.announcement.kind], one) for one in queries.told_of(petition)],
    }
    return _page(request, "outcome", context | toast_of(request))


@require_POST
@for_staff
def protection(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the signers beyond their time, or no longer."""
    _petition(request, pk)
    protected = request.POST.get("protected") == "yes"
    try:
        forgetting.protect(pk, protected=protected, actor=request.user)
    except Refused:
        raise Http404 from None
    say(
        request,
        gettext("Its signers are kept") if protected else gettext("Its signers are forgotten when the time is over"),
    )
    return redirect("desk_petition_outcome", pk)


@require_POST
@for_staff
def letters_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the letters about an event once more of which nobody knows whether they arrived."""
    _petition(request, pk)
    event = whole_number(request.POST.get("event", ""), digits=18, otherwise=0)
    try:
        n = announcing.send_uncertain(pk, event, actor=request.user, now=timezone.now())
    except (Refused, Announcement.DoesNotExist):
        raise Http404 from None
    say(request, ngettext("%(n)d letter is sent again", "%(n)d letters are sent again", n) % {"n": n})
    return redirect("desk_petition_outcome", pk)


def _debates(request: HttpRequest, petition: Petition) -> list[Debate]:
    return list(queries.debates_at_desk(petition, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def new_debate(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to prepare a debate or hearing."""
    petition = _petition(request, pk)
    form = DebateForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, petition, form)
    try:
        made = actions.plan_debate(pk, form.words(), actor=request.user, now=timezone.now())
    except Refused as refusal:
        return _form(request, petition, form, refusal=refusal)
    say(request, gettext("Kept. Look at the preview, then hand it in"))
    return redirect("desk_petition_debate", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def edit_debate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change what is prepared of a debate or hearing."""
    row = _debate(request, pk)
    form = DebateForm(request.POST if request.method == "POST" else None, debate=row)
    if request.method != "POST" or not form.is_valid():
        return _form(request, row.petition, form, row)
    seen = form.cleaned_data["revision"]
    try:
        actions.edit_debate(pk, form.words(), revision=seen, actor=request.user, now=timezone.now())
    except Refused as refusal:
        form.data = form.data.copy()
        form.data["revision"] = str(Debate.objects.values_list("revision", flat=True).get(pk=pk))
        return _form(request, row.petition, form, row, refusal=refusal)
    say(request, gettext("Kept. Look at the preview, then hand it in"))
    return redirect("desk_petition_debate", pk)


def _form(
    request: HttpRequest,
    petition: Petition,
    form: DebateForm,
    row: Debate | None = None,
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "petition": petition,
        "lang": html_lang(petition.language),
        "form": form,
        "debate": row,
        "status": 422 if form.is_bound and form.errors else 200,
    }
    if row is not None:
        built = building.build(row)
        is_out_already = row.is_public and row.content_hash == built.hash
        hand_in = reverse("release_hand_in", args=[KIND, row.pk])
        context |= {
            "stage": STAGES[built.content["stage"]],
            "lacks": [LACKS[code] for code in built.lacks],
            "release": gate.standing_of(KIND, row),
            "hand_in": "" if built.lacks or is_out_already else hand_in,
            "now": timezone.now(),
            "previews": [(code, language_name(code)) for code, _name in settings.LANGUAGES],
            "public_url": reverse("petition_debate", args=[petition.pk, row.pk]) if row.is_public else "",
        }
    return _page(request, "debate", context | toast_of(request), refusal)


@require_safe
@for_staff
def preview_debate(request: HttpRequest, pk: int, language: str) -> HttpResponse:
    """Show the public page of a debate as it would go out now, in one language."""
    row = _debate(request, pk)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    content = building.build(row).content
    with translation.override(language):
        shown = queries.shown_debate(row, content)
        inside, head = body(shown), heading(shown)
    context = {
        "petition": row.petition,
        "debate": row,
        "shown": shown,
        "name": language_name(language),
        "page_lang": html_lang(language),
        "heading": head,
        "body": inside,
    }
    return _page(request, "preview", context)
