"""The telephone desk: the studies, the number in hand, what came of a call; the wall, the sample, the check list."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import has_role
from engage.accounts.models import User
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from surveys.telephone import actions, queries, queue
from surveys.telephone.forms import USUAL, OutcomeForm, SampleForm, StudyForm
from surveys.telephone.models import INTERVIEWERS, SUPERVISORS, Seat, TelephoneStudy
from surveys.telephone.pages import TELEPHONE
from surveys.telephone.words import FLAGS, RATES, STATES

FAULTS_SHOWN = 200
# What the wall shows of the sixteen rates.
WALL_RATES = ("RR1", "RR3", "COOP1", "REF1")
MORE_RATES = (
    "RR2", "RR4", "RR5", "RR6", "COOP2", "COOP3", "COOP4", "REF2", "REF3", "CON1", "CON2", "CON3", "e",
)  # fmt: skip
# Where a refused result is explained; beside the result itself where nothing is named.
FIELD_OF = {
    "appointment_missing": "call_back",
    "appointment_unasked": "call_back",
    "appointment_past": "call_back",
    "appointment_too_far": "call_back",
    "appointment_closed": "call_back",
}

View = Callable[..., HttpResponse]


def _for(*roles: Any) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @for_staff
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has_role(request.user, *roles):
                raise Http404
            return view(request, *args, **kwargs)

        return guarded

    return decorate


for_interviewers = _for(*INTERVIEWERS)
for_supervisors = _for(*SUPERVISORS)
for_both = _for(*INTERVIEWERS, *SUPERVISORS)


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """Render one page of the telephone desk."""
    content = frame(request, TELEPHONE) | context
    return render(request, f"surveys/telephone/{template}.html", content, status=status)


def study_of(request: HttpRequest, pk: int) -> TelephoneStudy:
    """Return a study the actor may see; 404 for others."""
    return get_object_or_404(TelephoneStudy.objects.visible_to(request.user).select_related("questionnaire"), pk=pk)


@require_safe
@for_both
def home(request: HttpRequest) -> HttpResponse:
    """List the studies."""
    context = {
        "studies": queries.studies(request.user),
        "calls": has_role(request.user, *INTERVIEWERS),
        "leads": has_role(request.user, *SUPERVISORS),
    }
    return page(request, "home", context)


# --- calling --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_interviewers
def desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the number in hand, or that none is; a POST gets the next, takes a break or ends it, or gives it back."""
    study, now = study_of(request, pk), timezone.now()
    if request.method == "POST":
        try:
            _do(request, study, now)
        except Refused as refusal:
            return _desk(request, study, now, refusal=refusal)
        return redirect("telephone_desk", pk=pk)
    return _desk(request, study, now)


def _do(request: HttpRequest, study: TelephoneStudy, now: datetime) -> None:
    do = request.POST.get("do", "")
    if do == "next":
        actions.claim(study.pk, actor=request.user, now=now)
    elif do == "pause":
        actions.pause(study.pk, actor=request.user, now=now)
    elif do == "resume":
        actions.resume(study.pk, actor=request.user, now=now)
    elif do == "back":
        actions.give_back(actions.Ticket.read(request.POST.get("ticket", "")), actor=request.user, now=now)


def _desk(
    request: HttpRequest,
    study: TelephoneStudy,
    now: datetime,
    *,
    refusal: Refused | None = None,
    form: OutcomeForm | None = None,
    typed: dict[str, str] | None = None,
    hand: queries.InHand | None = None,
    status: int = 200,
) -> HttpResponse:
    assert isinstance(request.user, User)
    hand = hand or queries.in_hand(study, request.user, now)
    seat = Seat.objects.filter(study=study, interviewer=request.user).first()
    context: dict[str, Any] = {
        "study": study,
        "refusal": refusal_message(refusal) if refusal else "",
        "paused": seat is not None and seat.paused_at is not None,
        "promises": queries.own_promises(study, request.user, now),
    }
    status = refusal_status(refusal.code) if refusal else status
    if hand is None:
        context["waiting"] = queue.waiting(study, request.user, now)
        context["is_due"] = context["waiting"] is not None and context["waiting"].at <= now
        context["until"] = _clock(context["waiting"].at, now) if context["waiting"] else ""
        return page(request, "idle", context, status)
    context |= {
        "hand": hand,
        "form": form or OutcomeForm(initial={"other": request.GET.get("result", "")}),
        "usual": USUAL,
        "attempt": (typed or {}).get("attempt") or str(uuid.uuid4()),
        "ticket": (typed or {}).get("ticket") or actions.ticket_of(hand.number, now=now).signed(),
    }
    return page(request, "number", context, status)


def _clock(moment: datetime, now: datetime) -> str:
    """Write a moment as a time of today, or with its day."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate(now)
    return formats.date_format(local, "TIME_FORMAT" if is_today else "SHORT_DATETIME_FORMAT")


@require_POST
@for_interviewers
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put down what came of a call; then the next number is asked for by its own key."""
    study, now = study_of(request, pk), timezone.now()
    assert isinstance(request.user, User)
    typed = {name: request.POST.get(name, "") for name in ("attempt", "ticket")}
    # It may come late: then another number is in hand, or none.
    hand = _called(study, typed["ticket"], request.user) or queries.in_hand(study, request.user, now)
    # Agreed on the clock of the person called.
    with timezone.override(hand.zone if hand else timezone.get_current_timezone()):
        form = OutcomeForm(request.POST)
        is_valid = form.is_valid()
    if not is_valid:
        return _desk(request, study, now, form=form, typed=typed, hand=hand, status=422)
    values = form.cleaned_data
    outcome = actions.Outcome(
        values["code"], values["note"], values["call_back"], values["anybody"], values["do_not_call"]
    )
    try:
        ticket = actions.Ticket.read(typed["ticket"])
        attempt = actions.finish_call(read_key(typed["attempt"]), ticket, outcome, actor=request.user, now=now)
    except Refused as refusal:
        form.add_error(FIELD_OF.get(refusal.code, "usual"), refusal_message(refusal))
        return _desk(request, study, now, form=form, typed=typed, hand=hand, status=refusal_status(refusal.code))
    if attempt.is_late:
        messages.warning(request, gettext("Somebody else has this number by now. Your call is kept all the same."))
    return redirect("telephone_desk", pk=pk)


def _called(study: TelephoneStudy, ticket: str, interviewer: User) -> queries.InHand | None:
    """Return what a ticket of this person was given for; None for one that is no ticket, or somebody else's."""
    try:
        read = actions.Ticket.read(ticket)
    except Refused:
        return None
    return queries.called(study, read.number) if read.interviewer == interviewer.pk else None


def read_key(text: str) -> uuid.UUID:
    """Read the key of a call; raises Refused("telephone_ticket_invalid")."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("telephone_ticket_invalid") from None


# --- leading a study ------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def new(request: HttpRequest) -> HttpResponse:
    """Open a study on a questionnaire."""
    form = StudyForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            study = actions.open_study(
                values["questionnaire"],
                name=values["name"],
                country=values["country"],
                opens_at=timezone.now(),
                actor=request.user,
            )
            return redirect("telephone_sample", pk=study.pk)
        except Refused as refusal:
            form.add_error("name", refusal_message(refusal))
    return page(request, "new", {"form": form}, 422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def sample(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in a file with numbers, all or nothing."""
    study = study_of(request, pk)
    form = SampleForm(request.POST, request.FILES) if request.method == "POST" else SampleForm()
    faults: list[tuple[Any, str]] = []
    status = 200
    if form.is_bound and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            count, found = actions.import_sample(study.pk, content, actor=request.user, now=timezone.now())
            if not found:
                told = ngettext("%(n)d number was taken in.", "%(n)d numbers were taken in.", count)
                messages.success(request, told % {"n": count})
                return redirect("telephone_wall", pk=pk)
            faults = [(fault, refusal_message(Refused(fault.code, **fault.values))) for fault in found]
        except Refused as refusal:
            form.add_error("file", refusal_message(refusal))
            status = refusal_status(refusal.code)
    context = {"study": study, "form": form, "faults": faults[:FAULTS_SHOWN], "all_faults": len(faults)}
    return page(request, "sample", context, status if status != 200 or not form.is_bound else 422)


@require_safe
@for_supervisors
def wall(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who calls, what became of the sample, rates, quotas and what to look at."""
    study, now = study_of(request, pk), timezone.now()
    found = queries.wall(study, now=now)
    context = {
        "study": study,
        "wall": found,
        "people": [(one, STATES[one.state]) for one in found.people],
        "rates": _in_words(found.rates, WALL_RATES),
        "more_rates": _in_words(found.rates, MORE_RATES),
        "flagged": [(one, [FLAGS[flag] for flag in one.response.flags]) for one in found.flagged if one.response],
        "checks": queries.check_list(study),
        "now": now,
    }
    return page(request, "wall", context)


def _in_words(rates: Mapping[str, float | None], names: Iterable[str]) -> list[tuple[str, Any, str]]:
    """Return rates as (name, what it is the rate of, percent)."""
    shares = ((name, rates[name]) for name in names)
    return [(name, RATES[name.rstrip("123456")], "–" if share is None else f"{share:.1%}") for name, share in shares]
