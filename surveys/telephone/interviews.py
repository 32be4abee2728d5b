"""The interview at the desk: one question after another, then the end. Works without a script in the browser."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from engage.accounts.models import User
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.participation.forms import clean_text
from surveys import quotas
from surveys.answering.sheets import Sheet, find
from surveys.definition.answers import missing_reason
from surveys.definition.runtime import Course, Fault
from surveys.telephone import actions, script
from surveys.telephone.actions.calling import NOTE_MOST
from surveys.telephone.ahead import NOTHING_AHEAD, ahead
from surveys.telephone.models import SampleNumber, TelephoneStudy
from surveys.telephone.queue import last_in_hand
from surveys.telephone.views import for_interviewers, page, read_key, study_of

QUOTA_FILLED = "4.8"


@require_http_methods(["GET", "HEAD", "POST"])
@for_interviewers
def interview(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one question (`at`: its key, "end" for the end), or keep its answer and go on."""
    study, now = study_of(request, pk), timezone.now()
    assert isinstance(request.user, User)
    number = last_in_hand(study, request.user)
    if number is None:
        if request.method == "POST":
            messages.error(request, gettext("Somebody else has this number by now. Your last answer was not kept."))
        return redirect("telephone_desk", pk=pk)
    if request.POST.get("number", str(number.key)) != str(number.key):
        # A page that was left open on another number: its answer must not get into this interview.
        messages.error(request, gettext("You have another number in your hands by now. That answer was not kept."))
        return redirect("telephone_desk", pk=pk)
    try:
        sheet = actions.begin_interview(number.pk, actor=request.user, now=now)
    except Refused as refusal:
        messages.error(request, refusal_message(refusal))
        return redirect("telephone_desk", pk=pk)
    course = sheet.course(now)
    found = script.steps(course)
    wanted = (request.POST if request.method == "POST" else request.GET).get("at", "")
    step = next((one for one in found if one.key == wanted), None)
    if step is None:
        step = None if wanted == "end" else script.first_open(found, sheet.filled.answers)
        if step is None or request.method == "POST":
            return _end(request, study, number, sheet, course, found)
        return _show(request, study, number, sheet, course, found, step)
    if request.method != "POST":
        return _show(request, study, number, sheet, course, found, step)
    return _take(request, study, number, sheet, step, now)


def _take(
    request: HttpRequest, study: TelephoneStudy, number: SampleNumber, sheet: Sheet, step: script.Step, now: datetime
) -> HttpResponse:
    back = request.POST.get("go") == "back"
    if not back:
        script.take(sheet.filled.answers, step, request.POST)
    course = sheet.course(now)
    found = script.steps(course)
    faults = [fault for fault in course.faults if fault.key == step.key]
    if faults and not back:
        # Nothing of it is kept: the screen still has what was said.
        now_shown = next((one for one in found if one.key == step.key), step)
        return _show(request, study, number, sheet, course, found, now_shown, judged=True)
    try:
        ticket = actions.ticket_of(number, now=now)
        actions.keep_answer(sheet, course, ticket, page=step.page.number, actor=request.user, now=now)
    except Refused as refusal:
        return _show(request, study, number, sheet, course, found, step, refusal=refusal)
    if full := quotas.full_cells(study.questionnaire_id, course.quotas):
        return _full(request, study, full[0])
    if step.is_more and request.POST.get("more"):
        # The first question of the one that was added stands where this was asked.
        before = [one.key for one in script.steps(sheet.course(now))]
        added = f"{step.key}/{script.rows_before(step, request.POST) + 1}/"
        target = next((key for key in before if key.startswith(added)), "end")
    else:
        after = script.beside(found, step.key, -1 if back else 1)
        target = after.key if after is not None else step.key if back else "end"
    return redirect(f"{reverse('telephone_interview', args=[study.pk])}?at={quote(target)}")


def _full(request: HttpRequest, study: TelephoneStudy, cell: str) -> HttpResponse:
    told = gettext("Enough people like this have answered (%(cell)s). Thank them and put this down.")
    messages.warning(request, told % {"cell": cell})
    return redirect(f"{reverse('telephone_desk', args=[study.pk])}?result={QUOTA_FILLED}")


def _common(
    study: TelephoneStudy, number: SampleNumber, sheet: Sheet, found: list[script.Step], at: int
) -> dict[str, Any]:
    return {
        "study": study,
        "number": number,
        "shown": sheet.shown,
        "at": at,
        "of": len(found),
        "lang": "zh-Hans" if number.language == "zh-hans" else number.language,
    }


def _show(
    request: HttpRequest,
    study: TelephoneStudy,
    number: SampleNumber,
    sheet: Sheet,
    course: Course,
    found: list[script.Step],
    step: script.Step,
    *,
    judged: bool = False,
    refusal: Refused | None = None,
) -> HttpResponse:
    asked = _asked(sheet, course, step, course.faults if judged else ())
    asked["errors"] += [refusal_message(refusal)] if refusal else []
    keys = [one.key for one in found]
    place = keys.index(step.key) if step.key in keys else 0
    coming = ahead(sheet.shown.runtime, found, place) if step.key in keys else NOTHING_AHEAD
    context = _common(study, number, sheet, found, place + 1) | asked
    context["ahead"] = [
        _asked(sheet, course, one) | {"at": place + 1 + offset} for offset, one in enumerate(coming.steps, start=1)
    ]
    if coming.ends:
        context |= {"ends": True} | _ending(number, sheet, course, {})
    return page(request, "question", context, refusal_status(refusal.code) if refusal else 422 if judged else 200)


def _asked(sheet: Sheet, course: Course, step: script.Step, faults: Iterable[Fault] = ()) -> dict[str, Any]:
    """Return what the template of one question shows."""
    shape = script.look(sheet, course, [step.shown], faults)[0]
    return {
        "step": step,
        "shape": shape,
        "alone": [shape],
        "one_press": shape.look in script.ONE_PRESS and not shape.other_control,
        "title": course.words(step.page.page.title),
        "before": script.look(sheet, course, step.before),
        "missing": missing_reason(step.shown.answer),
        "errors": [*shape.errors],
    }


def _ending(number: SampleNumber, sheet: Sheet, course: Course, typed: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form at the end shows."""
    return {
        "closing": course.words(sheet.shown.definition.closing),
        "attempt": typed.get("attempt") or str(uuid.uuid4()),
        "ticket": typed.get("ticket") or actions.ticket_of(number, now=sheet.saved.started_at).signed(),
        "note": typed.get("note", ""),
        "note_most": NOTE_MOST,
    }


def _end(
    request: HttpRequest,
    study: TelephoneStudy,
    number: SampleNumber,
    sheet: Sheet,
    course: Course,
    found: list[script.Step],
    *,
    refusal: Refused | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    keys = {fault.key for fault in course.faults}
    lacking = [(one.key, course.words(one.shown.item.label, one.shown.path)) for one in found if one.key in keys]
    context = _common(study, number, sheet, found, len(found)) | {
        "lacking": lacking,
        "refusal": refusal_message(refusal) if refusal else "",
        **_ending(number, sheet, course, typed or {}),
    }
    return page(request, "end", context, refusal_status(refusal.code) if refusal else 200)


@require_POST
@for_interviewers
def complete(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the interview; then the next number is asked for by its own key."""
    study, now = study_of(request, pk), timezone.now()
    assert isinstance(request.user, User)
    typed = {name: clean_text(request.POST.get(name, "")) for name in ("attempt", "ticket", "note")}
    ticket: actions.Ticket | None = None
    try:
        ticket = actions.Ticket.read(typed["ticket"])
        key = read_key(typed["attempt"])
        actions.complete_interview(key, ticket, note=typed["note"], actor=request.user, now=now)
    except Refused as refusal:
        if refusal.code == "survey_quota_full":
            return _full(request, study, refusal.values["cell"])
        number = last_in_hand(study, request.user)
        if number is not None and (ticket is None or ticket.number != number.key):
            number = None  # it came late, and another number is in hand: what was typed belongs to none of its pages
        sheet = find(number.sheet, language=number.language, now=now) if number else None
        if number is None or sheet is None:
            messages.error(request, refusal_message(refusal))
            return redirect("telephone_desk", pk=pk)
        course = sheet.course(now)
        return _end(request, study, number, sheet, course, script.steps(course), refusal=refusal, typed=typed)
    messages.success(request, gettext("The interview is saved."))
    return redirect("telephone_desk", pk=pk)
