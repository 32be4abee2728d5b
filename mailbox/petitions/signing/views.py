"""Pages of signing: parse, one action or query, render."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation import limits, wallet
from engage.participation.rules import format_code
from mailbox.petitions.actions import signing as actions
from mailbox.petitions.addresses import AddressError
from mailbox.petitions.models import Petition, Signature
from mailbox.petitions.queries import consent, showing
from mailbox.petitions.queries import signing as queries
from mailbox.petitions.queries.settings import rules
from mailbox.petitions.signing import device, links
from mailbox.petitions.signing.asking import asked
from mailbox.petitions.signing.forms import SignForm
from mailbox.petitions.starting.forms import AddressForm


class SeeOther(HttpResponseRedirect):
    """What was posted is done; its page is elsewhere (303): a reload of it posts nothing."""

    status_code = 303


def _page(request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, template, {"door": "petitions", **context}, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _over(request: HttpRequest) -> HttpResponse:
    return _page(request, "petitions/link_over.html", status=410)


# --- the form --------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to sign. The answer is the same whatever the address did before; signing/quick.py answers most of them."""
    petition = queries.open_petition(pk)
    if petition is None:
        raise Http404
    if request.method != "POST":
        if not queries.takes_signatures(petition):
            return redirect("petition", pk=pk)
        return _form_page(request, petition, SignForm(initial={"token": str(uuid.uuid4())}))
    form = SignForm(request.POST)
    if not form.is_valid():
        return _form_page(request, petition, form, status=422)
    try:
        ask, agreed = asked(request, petition, form)
        receipt = actions.ask_to_sign(ask, agreed)
    except Refused as refusal:
        form.add_error(None, refusal_message(refusal))
        return _form_page(request, petition, form, status=refusal_status(refusal.code))
    response = SeeOther(reverse("petition_signature", args=[receipt.reference]))
    device.keep(response, ask.token)
    return response


def _form_page(request: HttpRequest, petition: Petition, form: SignForm, status: int = 200) -> HttpResponse:
    paused = rules()
    return _page(
        request,
        "petitions/sign.html",
        status=status,
        petition=petition,
        form=form,
        paused=paused.signing_paused,
        pause=paused.pause,
        consent=consent.shown(Signature.Part.SIGNER),
    )


# --- one's own signature ---------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def signature(request: HttpRequest, reference: str) -> HttpResponse:
    """Show a signature on the device that asked for it, or where its code was typed; anybody else is asked for it."""
    row = device.signature(request, reference)
    if row is None:
        return redirect(f"{reverse('track')}?reference={reference[:64]}")
    here = reverse("petition_signature", args=[reference])
    response = _mine(request, row, here, code=device.code(request, reference))
    if reference not in wallet.read(request) and response.status_code == 200:
        wallet.put(request.COOKIES, response, reference, device.code(request, reference))
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show a signature to whoever has the link from a letter."""
    row = queries.signature(pk) if links.fits(links.MINE, pk, key) else None
    if row is None:
        return _over(request)
    return _mine(request, row, reverse("petition_mine", args=[pk, key]))


def _mine(request: HttpRequest, row: Signature, here: str, code: str = "") -> HttpResponse:
    form, said, status = AddressForm(), "", 200
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "again":
        actions.send_again(row.pk)
        said = "again"
    elif act in ("news", "no_news"):
        actions.set_news(row.pk, act == "news")
        return SeeOther(here)
    elif act == "withdraw" and request.POST.get("sure") == "yes":
        actions.withdraw(row.pk)
        return SeeOther(here)
    elif act == "withdraw":
        said = "withdraw"
    elif act == "correct":
        form = AddressForm(request.POST)
        if form.is_valid():
            return _corrected(request, row, here, form, code)
        status = 422
    return _mine_page(request, row, here, code, form, said, status)


def _corrected(request: HttpRequest, row: Signature, here: str, form: AddressForm, code: str) -> HttpResponse:
    try:
        ask = actions.correct_address(row.pk, form.cleaned_data["email"], client=limits.client_address(request))
    except Refused as refusal:
        if not queries.why_no_letter(row):  # otherwise the page says why, in place of the form
            form.add_error("email", refusal_message(refusal))
        return _mine_page(request, row, here, code, form, "", refusal_status(refusal.code))
    if ask is None:
        return SeeOther(here)
    response = SeeOther(reverse("petition_signature", args=[actions.asked_before(ask).reference]))
    device.keep(response, ask.token)
    return response


def _mine_page(
    request: HttpRequest, row: Signature, here: str, code: str, form: AddressForm, said: str, status: int
) -> HttpResponse:
    standing = queries.standing(row)
    refusal = _refusal(row, standing)
    return _page(
        request,
        "petitions/signature.html",
        status=status,
        row=row,
        petition=row.petition,
        is_public=queries.open_petition(row.petition_id) is not None,
        standing=standing,
        refused=refusal_message(refusal) if refusal else "",
        reference=queries.reference_of(row),
        code=format_code(code),
        form=form,
        said=said,
        here=here,
        days=rules().confirm_days,
    )


# --- the letter's links ----------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Show a button (link scanners only follow GET), then confirm. signing/quick.py answers most of the presses."""
    row = queries.signature(pk) if links.fits(links.CONFIRM, pk, key) else None
    if row is None:
        return _over(request)
    standing = queries.standing(row)
    if request.method != "POST":
        return _over(request) if standing.step in ("withdrawn", "out") else _confirm_page(request, row)
    try:
        if request.POST.get("act") == "renew":
            return _renewed(request, row)
        outcome = actions.confirm(pk)
    except Refused as refusal:
        return _confirm_page(request, row, refusal)
    if outcome == "confirmed":
        return SeeOther(reverse("petition_confirmed", args=[pk, key]))
    if outcome == "expired":
        return _confirm_page(request, row, status=410) if standing.step == "expired" else _over(request)
    context = {"petition": row.petition, "row": row, "standing": queries.standing(row), "outcome": outcome}
    return _page(request, "petitions/confirm.html", status=200 if outcome == "already" else 409, **context)


def _confirm_page(
    request: HttpRequest, row: Signature, refusal: Refused | None = None, status: int = 200
) -> HttpResponse:
    """Show the button, or the one for a new letter; only the sentence where neither would do anything."""
    standing = queries.standing(row)
    refusal = refusal or _refusal(row, standing)
    return _page(
        request,
        "petitions/confirm_expired.html" if standing.step == "expired" else "petitions/confirm.html",
        status=refusal_status(refusal.code) if refusal else status,
        petition=row.petition,
        standing=standing,
        refused=refusal_message(refusal) if refusal else "",
    )


def _refusal(row: Signature, standing: queries.Standing) -> Refused | None:
    """Return why a signature that does not count yet cannot count; None where it can, and where it did."""
    code = queries.why_no_letter(row) if standing.step in ("asked", "expired") else ""
    return Refused(code) if code else None


def _renewed(request: HttpRequest, row: Signature) -> HttpResponse:
    """Write a new letter in place of an expired one: a new request by the same person."""
    if code := queries.why_no_letter(row):
        raise Refused(code)
    try:
        ask = actions.correct_address(row.pk, row.email or "", client=limits.client_address(request))
    except AddressError:  # kept when such addresses were still taken
        return _over(request)
    if ask is None:
        return _over(request)
    response = SeeOther(reverse("petition_signature", args=[actions.asked_before(ask).reference]))
    device.keep(response, ask.token)
    return response


@never_cache
@require_safe
def confirmed(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Thank a signer: the number once it is given, how far the petition is, and whom to tell."""
    row = queries.signature(pk) if links.fits(links.CONFIRM, pk, key) else None
    if row is None:
        return _over(request)
    standing = queries.standing(row)
    if standing.step != "confirmed":
        return redirect("petition_confirm", pk=pk, key=key)
    public = showing.one_public(row.petition_id)
    return _page(
        request,
        "petitions/confirmed.html",
        petition=row.petition,
        row=row,
        standing=standing,
        shown=showing.row_of(public) if public else None,
        is_public=public is not None,
        address=f"{settings.PUBLIC_URL}{reverse('petition', args=[row.petition_id])}",
        mine=reverse("petition_mine", args=[pk, links.key(links.MINE, pk)]),
    )


@csrf_exempt  # The link is the right to do it: a mail program posts here without a cookie (RFC 8058).
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def news_stop(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """End the letters about a petition for one signer. Opened by hand it shows the button; twice it says the same."""
    row = queries.signature(pk) if links.fits(links.NEWS, pk, key) else None
    if row is None:
        return _over(request)
    if request.method == "POST":
        actions.set_news(pk, False)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse(gettext("The letters stop"), content_type="text/plain; charset=utf-8")
        return SeeOther(reverse("petition_news_stop", args=[pk, key]))
    return _page(request, "petitions/news_stop.html", petition=row.petition, wanted=row.wants_news)
