"""The secret page on which sponsors sign before publication, and the page of their letter."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits
from engage.participation.rules import Window
from mailbox.petitions.actions import signing
from mailbox.petitions.actions import sponsors as actions
from mailbox.petitions.models import PUBLIC_STATES, Petition, Signature
from mailbox.petitions.queries import consent
from mailbox.petitions.queries import starting as queries
from mailbox.petitions.queries.signing import UNCONFIRMED, why_not_taken
from mailbox.petitions.signing import links as signing_links
from mailbox.petitions.signing.asking import asked
from mailbox.petitions.starting import rules
from mailbox.petitions.starting.forms import AddressForm, SponsorForm
from mailbox.petitions.starting.views import page_context, unlisted

SESSION_KEY = "petition_sponsor"
# A hall full of people behind one address may sign.
WINDOWS = (Window(60, 60), Window(400, 3600))


def _petition(petition_id: int, key: str) -> Petition:
    petition = queries.petition_of_link(petition_id, key)
    if petition is None:
        raise Http404
    return petition


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sponsor(request: HttpRequest, petition_id: int, key: str) -> HttpResponse:
    """Show a petition to whoever has its link, how many sponsors are missing, and let them sign."""
    petition = _petition(petition_id, key)
    if petition.state in PUBLIC_STATES or petition.opened_at is not None:
        return redirect("petition", pk=petition.pk)
    if petition.state not in rules.GATHERS:
        return unlisted(request, "petitions/sponsor_over.html", status=410)
    if request.method != "POST":
        return _sponsor_page(request, petition, key, SponsorForm(initial={"token": str(uuid.uuid4())}))
    form = SponsorForm(request.POST)
    if not form.is_valid():
        return _sponsor_page(request, petition, key, form, status=422)
    try:
        limits.check("petition-sponsor", limits.client_address(request), WINDOWS)
        ask, agreed = asked(request, petition, form, part=Signature.Part.SPONSOR, letter=actions.LETTER)
        receipt = actions.ask_to_sponsor(petition, ask, agreed)
    except Refused as refusal:
        form.add_error("name", refusal_message(refusal))
        return _sponsor_page(request, petition, key, form, status=refusal_status(refusal.code))
    request.session[SESSION_KEY] = receipt.pk
    return redirect("petition_sponsor_sent", petition_id=petition.pk, key=key)


def _sponsor_page(
    request: HttpRequest, petition: Petition, key: str, form: SponsorForm, status: int = 200
) -> HttpResponse:
    sponsors = queries.sponsors_of(petition)
    return unlisted(
        request,
        "petitions/sponsor.html",
        status=status,
        petition=petition,
        key=key,
        form=form,
        consent=consent.shown(Signature.Part.SPONSOR),
        sponsors=sponsors,
        takes_more=rules.may_sponsor(petition.state, sponsors),
        with_moderators=petition.state in rules.WITH_MODERATORS,
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sponsor_sent(request: HttpRequest, petition_id: int, key: str) -> HttpResponse:
    """Say to which address we wrote; send the letter again, or to the right address."""
    petition = _petition(petition_id, key)
    held = request.session.get(SESSION_KEY)
    signature = Signature.objects.filter(pk=held, petition=petition).first() if isinstance(held, int) else None
    if signature is None:
        return redirect("petition_sponsor", petition_id=petition.pk, key=key)
    form, status, is_again = AddressForm(), 200, False
    if request.method == "POST" and signature.state in UNCONFIRMED:
        if "email" not in request.POST:
            is_again = True
            signing.send_again(signature.pk)
        else:
            form = AddressForm(request.POST)
            if form.is_valid():
                return _corrected(request, petition, key, signature, form)
            status = 422
    context = {"petition": petition, "key": key, "signature": signature, "form": form, "is_again": is_again}
    confirmed = signature.state == Signature.State.CONFIRMED
    return unlisted(request, "petitions/sponsor_sent.html", status=status, is_confirmed=confirmed, **context)


def _corrected(
    request: HttpRequest, petition: Petition, key: str, signature: Signature, form: AddressForm
) -> HttpResponse:
    try:
        limits.check("petition-sponsor", limits.client_address(request), WINDOWS)
        ask = signing.correct_address(signature.pk, form.cleaned_data["email"], client=limits.client_address(request))
    except Refused as refusal:
        form.add_error("email", refusal_message(refusal))
        context = {"petition": petition, "key": key, "signature": signature, "form": form}
        return unlisted(request, "petitions/sponsor_sent.html", status=refusal_status(refusal.code), **context)
    if ask is not None:
        request.session[SESSION_KEY] = signing.asked_before(ask).pk
    return redirect("petition_sponsor_sent", petition_id=petition.pk, key=key)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_sponsor(request: HttpRequest, signature_id: int, key: str) -> HttpResponse:
    """Show a button (link scanners only follow GET), then confirm."""
    if not signing_links.fits(actions.PURPOSE, signature_id, key):
        return render(request, "petitions/link_over.html", page_context(), status=410)
    signature = Signature.objects.filter(pk=signature_id).select_related("petition__submission").first()
    if signature is None or signature.state in (Signature.State.WITHDRAWN, Signature.State.INVALIDATED):
        return render(request, "petitions/link_over.html", page_context(), status=410)
    petition = signature.petition
    if request.method == "POST":
        try:
            outcome = signing.confirm(signature_id)
        except Refused as refusal:
            return _takes_none(request, refusal)
        if outcome == "expired":
            return render(request, "petitions/link_over.html", page_context(), status=410)
        if outcome == "full":
            return unlisted(request, "petitions/sponsor_full.html", status=409, petition=petition)
        if outcome == "confirmed":
            return redirect("petition_confirm_sponsor", signature_id=signature_id, key=key)
    # Who is held reads the same as everybody; who signed by another letter has nothing left to press.
    is_confirmed = signature.confirmed_at is not None or request.method == "POST"
    # The button would do nothing then: the last second is past, or signing is paused.
    if not is_confirmed and (code := why_not_taken(petition.pk, signature.part)):
        return _takes_none(request, Refused(code))
    return unlisted(
        request,
        "petitions/confirm_sponsor.html",
        petition=petition,
        signature=signature,
        is_confirmed=is_confirmed,
        is_public=petition.state in PUBLIC_STATES,
        sponsors=queries.sponsors_of(petition),
        with_moderators=petition.state in rules.WITH_MODERATORS,
        mine=signing_links.managing(signature.pk, get_language() or "") if signature.confirmed_at else "",
    )


def _takes_none(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """Say why nobody can confirm support now: closed, paused, full, or never published."""
    if refusal.code == "petition_not_open":
        return unlisted(request, "petitions/sponsor_over.html", status=410)
    said = refusal_message(refusal)
    return unlisted(request, "petitions/sponsor_over.html", status=refusal_status(refusal.code), said=said)
