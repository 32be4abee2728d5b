"""Starting a petition: look at what is like it, write, check, confirm by mail. Parse, call one action, render."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import ReceiptHolder
from engage.errors import Refused
from engage.pages.caching import shared_for_seconds
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import challenge, limits, personal_data, sending, wallet
from engage.participation.actions import Envelope
from engage.participation.forms import checked_rows, clean_text, read_token
from engage.participation.models import Submission
from mailbox.letterbox import kept as letters
from mailbox.letterbox.words import WAYS
from mailbox.petitions.actions import starting as actions
from mailbox.petitions.models import Petition, Signature
from mailbox.petitions.queries import consent as consents
from mailbox.petitions.queries import starting as queries
from mailbox.petitions.queries.moderation import delay
from mailbox.petitions.queries.settings import rules as settings_of_petitions
from mailbox.petitions.starting import kept, links, rules
from mailbox.petitions.starting.forms import PetitionForm, SendForm

ASKED_MOST = 300


def page_context(**more: Any) -> dict[str, Any]:
    """Return what every page about starting needs."""
    return {"door": "petitions", "ways": list(WAYS.values()), "rules": settings_of_petitions(), **more}


# --- looking --------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask what should be done and show what is like it; only from here the form opens."""
    if request.method == "POST":
        return _looked(request)
    draft = kept.read(request)
    asked = clean_text(request.GET.get("q", ""))[:ASKED_MOST]
    typed = asked or (draft.values.get("title", "") if draft else "") or _letter_values(request).get("title", "")
    found = queries.alike(asked, language=get_language() or "") if asked else []
    return render(
        request,
        "petitions/start.html",
        page_context(asked=asked, typed=typed, alike=found, draft=draft, delay=delay()),
    )


def _looked(request: HttpRequest) -> HttpResponse:
    title = " ".join(clean_text(request.POST.get("title", "")).split())[:ASKED_MOST]
    if not title:
        return redirect("petition_start")
    draft = kept.read(request)
    if draft is not None and draft.sent_to:  # that one is on its way: this is another
        kept.drop(request)
        draft = None
    begun = draft is not None and any(draft.values.get(name) for name in ("action", "background", "details"))
    values = ({} if begun else _letter_values(request)) | {"title": title}
    try:
        kept.put(request, values, looked=True, checked=False)
    except Refused as refusal:
        context = page_context(asked="", typed=title, error=refusal_message(refusal))
        return render(request, "petitions/start.html", context, status=refusal_status(refusal.code))
    return redirect("petition_write")


def _letter_values(request: HttpRequest) -> dict[str, str]:
    """Return what was typed into a letter that turned out to be a petition."""
    letter = letters.read(request)
    if letter is None:
        return {}
    text = str(letter.values.get("text", ""))
    title = letter.values.get("title") or text.strip().partition("\n")[0][: rules.TITLE_MOST]
    found = {"title": title, "details": text, "name": letter.values.get("name"), "email": letter.values.get("email")}
    return {name: value for name, value in found.items() if value}


@require_safe
@shared_for_seconds
def alike(request: HttpRequest) -> HttpResponse:
    """Show what is like an ask; pages on which it is typed take their list from here."""
    asked = clean_text(request.GET.get("q", ""))[:ASKED_MOST]
    found = queries.alike(asked, language=get_language() or "")
    return render(request, "petitions/alike.html", page_context(asked=asked, alike=found))


# --- writing --------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write the petition; its text goes along to another way of writing."""
    draft = kept.read(request)
    if draft is None or not draft.looked:
        return redirect("petition_start")
    if request.method != "POST":
        return _write_page(request, PetitionForm(initial=draft.values), draft)
    leaving = request.POST.get("to", "")
    if leaving in WAYS:
        return _leave(request, draft, leaving)
    form = PetitionForm(request.POST)
    if not form.is_valid():
        return _write_page(request, form, draft, status=422)
    try:
        kept.put(request, form.cleaned_data, checked=True)
    except Refused as refusal:
        form.add_error("title", refusal_message(refusal))
        return _write_page(request, form, draft, status=refusal_status(refusal.code))
    return redirect("petition_check")


def _write_page(request: HttpRequest, form: PetitionForm, draft: kept.Draft, status: int = 200) -> HttpResponse:
    before = Petition.objects.select_related("reason").filter(pk=draft.again).first() if draft.again else None
    return render(request, "petitions/write.html", page_context(form=form, draft=draft, before=before), status=status)


def _leave(request: HttpRequest, draft: kept.Draft, leaving: str) -> HttpResponse:
    """Put away what was typed, right or wrong, and take it along to the way the button names."""
    typed = {name: clean_text(request.POST.get(name, ""))[:5_000] for name in (*kept.WORDS, *kept.PERSONAL)}
    form = PetitionForm(request.POST)
    try:
        kept.put(request, typed, checked=False)
        text = "\n\n".join(typed[name] for name in ("action", "background", "details") if typed[name])
        moved = {"title": typed["title"], "text": text, "name": typed["name"], "email": typed["email"]}
        letters.put(request, WAYS[leaving].kind, moved, checked=False)
    except Refused as refusal:
        form.add_error("title", refusal_message(refusal))
        return _write_page(request, form, draft, status=refusal_status(refusal.code))
    return redirect("write_kind", part=leaving)


# --- sending --------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show everything once more, then send it."""
    if request.method == "POST":
        return _send(request)
    draft = kept.read(request)
    if draft is None or not draft.looked:
        return redirect("petition_start")
    form = PetitionForm(draft.values)
    if not draft.checked or not form.is_valid():
        return redirect("petition_write")
    return _check_page(request, draft, form)


def _check_page(
    request: HttpRequest, draft: kept.Draft, form: PetitionForm, error: str = "", status: int = 200
) -> HttpResponse:
    words = "\n".join(str(form.cleaned_data[name]) for name in kept.WORDS)
    context = page_context(
        draft=draft,
        rows=checked_rows(form, without={"eligible"}, labels={"details": gettext("More details")}),
        findings=personal_data.find(words),
        error=error,
        consent=consents.shown(Signature.Part.STARTER),
        opened=challenge.sign_moment(timezone.now()),
        challenge=challenge.make() if limits.under_attack() else None,
    )
    return render(request, "petitions/check.html", context, status=status)


def _send(request: HttpRequest) -> HttpResponse:
    guard = SendForm(request.POST)
    guard.is_valid()
    token = read_token(request.POST.get("token", ""))
    draft = kept.read(request)
    if draft is None or not draft.looked:
        return redirect("petition_start")
    if token is None or draft.token != str(token):
        return redirect("petition_sent" if draft.sent_to else "petition_check")
    form = PetitionForm(draft.values)
    if not draft.checked or not form.is_valid():
        return redirect("petition_write")
    values = form.cleaned_data
    try:
        agreed = consents.agreed(Signature.Part.STARTER, request.POST.get("consent", "")[:32])
        if agreed is None and not draft.sent_to:
            raise Refused("petition_consent_changed")
        new = actions.NewPetition(**{name: values[name] for name in kept.WORDS}, **form.place(), again=draft.again)
        if limits.under_attack():
            challenge.check(guard.cleaned_data.get("altcha", ""), request.POST.get("opened", "")[:300], timezone.now())
        limits.count("site", "all", (limits.ATTACK_WINDOW,))
        envelope = _envelope(guard, draft, form)
        actions.start_petition(new, envelope, agreed=agreed, client=limits.client_address(request), actor=request.user)
    except Refused as refusal:
        return _check_page(request, draft, form, refusal_message(refusal), refusal_status(refusal.code))
    draft.sent_to = values["email"]
    kept.write(request, draft)
    return redirect("petition_sent")


def _envelope(guard: SendForm, draft: kept.Draft, form: PetitionForm) -> Envelope:
    now, values = timezone.now(), form.cleaned_data
    token = read_token(draft.token)
    assert token is not None
    return Envelope(
        token=token,
        language=get_language() or "",
        received_at=now,
        name=values["name"],
        email=values["email"],
        region=form.place()["region"],
        flagged=sending.seems_automatic(guard.data.get("website", ""), challenge.signed_moment(draft.opened), now),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest) -> HttpResponse:
    """Say to which address we wrote; send the letter once more. The same for whomever we take no petition from."""
    draft = kept.read(request)
    if draft is None or not draft.sent_to:
        return redirect("petition_start")
    is_again = request.method == "POST"
    token = read_token(draft.token)
    if is_again and token is not None:
        actions.send_start_again(token, now=timezone.now())
    return render(request, "petitions/sent.html", page_context(draft=draft, is_again=is_again))


@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the petition that is not sent away."""
    kept.drop(request)
    return redirect("petition_start")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_start(request: HttpRequest, key: str) -> HttpResponse:
    """Show a button (link scanners only follow GET), then confirm and lead to the receipt."""
    token = links.starter_token(key)
    petition = queries.petition_of_token(token) if token else None
    if token is None or petition is None:
        return _over(request)
    if request.method != "POST":
        confirmed = queries.starter_has_confirmed(petition)
        if petition.state not in rules.GATHERS and not confirmed:
            return _over(request)
        return unlisted(request, "petitions/confirm_start.html", petition=petition, confirmed=confirmed)
    try:
        petition, code = actions.confirm_start(token, now=timezone.now())
    except Refused as refusal:
        if refusal.code != "petition_link_over":
            raise
        return _over(request)
    draft = kept.read(request)
    if draft is not None and draft.token == str(token):
        kept.drop(request)
    return sending.to_receipt(request, petition.reference, code)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "petitions/link_over.html", page_context(), status=410)


def unlisted(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    """Show what no search engine may keep: a petition that is not published."""
    response = render(request, template, page_context(**context), status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --- in the starter's hands -----------------------------------------------------------------------------------------


def _held(request: HttpRequest, reference: str) -> tuple[Submission, ReceiptHolder]:
    found = wallet.holder(request, reference)
    if found is None or found[0].kind != "petition":
        raise Http404
    return found


@require_POST
def again(request: HttpRequest, reference: str) -> HttpResponse:
    """Open the form with the words of a petition that was turned down."""
    submission, holder = _held(request, reference)
    petition = actions.to_write_again(submission.pk, actor=holder)
    words = {name: getattr(petition, name) for name in kept.WORDS}
    kept.drop(request)
    kept.put(request, words, looked=True, again=petition.pk)
    return redirect("petition_write")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Say what becomes of it, ask once more, then withdraw."""
    submission, holder = _held(request, reference)
    if request.method == "POST":
        actions.withdraw_petition(submission.pk, actor=holder, now=timezone.now())
        return redirect("submission", reference=reference)
    petition = Petition.objects.visible_to(holder).get(pk=submission.pk)
    return unlisted(request, "petitions/withdraw.html", petition=petition, submission=submission)
