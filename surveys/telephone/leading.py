"""Pages of whoever leads a study: the rules of its calls, and the do-not-call list, of which one number is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from surveys.telephone import actions, queries
from surveys.telephone.forms import LiftForm, NumberForm, RulesForm, SilencedFileForm, SilenceForm
from surveys.telephone.models import TelephoneStudy
from surveys.telephone.views import FAULTS_SHOWN, for_supervisors, page, study_of


@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def rules(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rules of a study's calls, and change them."""
    study = study_of(request, pk)
    form = RulesForm(request.POST or None, rules=study.call_rules, kept=study.rules)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            actions.change_rules(study.pk, form.cleaned_data["rules"], seen=seen, actor=request.user)
            messages.success(request, gettext("The rules of calls are changed."))
            return redirect("telephone_wall", pk=pk)
        except Refused as refusal:
            form.add_error(None, refusal_message(refusal))
            status = refusal_status(refusal.code)
    return page(request, "rules", {"study": study, "form": form}, status)


@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
@for_supervisors
def do_not_call(request: HttpRequest, pk: int) -> HttpResponse:
    """Look one number up (`do=look`), put it on the list (`add`), take it off (`lift`), or take in a list (`file`).

    The number stands in the form alone, never in an address.
    """
    study = study_of(request, pk)
    does = {"look": _look, "add": _add, "lift": _lift, "file": _take_in}
    do = does.get(request.POST.get("do", "")) if request.method == "POST" else None
    return do(request, study) if do else _list(request, study)


def _list(request: HttpRequest, study: TelephoneStudy, status: int = 200, **shown: Any) -> HttpResponse:
    context = {
        "study": study,
        "counts": queries.silenced_counts(study, request.user),
        "look": NumberForm(),
        "file": SilencedFileForm(prefix="list"),
        **shown,
    }
    return page(request, "do_not_call", context, status)


def _look(request: HttpRequest, study: TelephoneStudy, **shown: Any) -> HttpResponse:
    form = NumberForm(request.POST)
    if not form.is_valid():
        return _list(request, study, 422, look=form, wrong=form)
    try:
        number, entries = actions.look_up(study.pk, form.cleaned_data["number"], actor=request.user)
    except Refused as refusal:
        form.add_error("number", refusal_message(refusal))
        return _list(request, study, refusal_status(refusal.code), look=form, wrong=form)
    found = [
        (one, LiftForm(initial={"where": "study" if one.study_id else "all"}, auto_id=f"lift_{one.pk}_%s"))
        for one in entries
    ]
    # What is on the list of all studies is on that of this one.
    is_everywhere = any(one.study_id is None for one in entries)
    context: dict[str, Any] = {"look": form, "number": number, "found": found}
    if not is_everywhere:
        context["add"] = SilenceForm(initial={"where": "all" if entries else "study"})
    return _list(request, study, **(context | shown))


def _add(request: HttpRequest, study: TelephoneStudy) -> HttpResponse:
    form = SilenceForm(request.POST)
    if not form.is_valid():
        return _look(request, study, add=form, wrong=form)
    number, is_everywhere = request.POST.get("number", ""), form.cleaned_data["where"] == "all"
    try:
        actions.silence(
            study,
            number,
            everywhere=is_everywhere,
            reason=form.cleaned_data["reason"],
            actor=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        return _refused(request, study, refusal)
    messages.success(request, gettext("The number is on the do-not-call list."))
    return redirect("telephone_do_not_call", pk=study.pk)


def _lift(request: HttpRequest, study: TelephoneStudy) -> HttpResponse:
    form = LiftForm(request.POST)
    if not form.is_valid():
        return _look(request, study)
    number, is_everywhere = request.POST.get("number", ""), form.cleaned_data["where"] == "all"
    try:
        reason = form.cleaned_data["reason"]
        was_there = actions.lift(study, number, everywhere=is_everywhere, reason=reason, actor=request.user)
    except Refused as refusal:
        return _refused(request, study, refusal)
    if was_there and queries.is_on_a_list(study, number):
        messages.success(
            request, gettext("The number is off this list. It is still on the other one, so it is not called.")
        )
    elif was_there:
        messages.success(request, gettext("The number is off the list. It is called again where the rules allow it."))
    else:
        messages.info(request, gettext("The number was not on that list any more."))
    return redirect("telephone_do_not_call", pk=study.pk)


def _refused(request: HttpRequest, study: TelephoneStudy, refusal: Refused) -> HttpResponse:
    form = NumberForm(request.POST)
    form.add_error("number", refusal_message(refusal))
    return _list(request, study, refusal_status(refusal.code), look=form, wrong=form)


def _take_in(request: HttpRequest, study: TelephoneStudy) -> HttpResponse:
    form = SilencedFileForm(request.POST, request.FILES, prefix="list")
    if not form.is_valid():
        return _list(request, study, 422, file=form, wrong=form)
    values = form.cleaned_data
    try:
        added, known, faults = actions.import_silenced(
            study.pk,
            values["file"].read(),
            everywhere=values["where"] == "all",
            reason=values["reason"],
            actor=request.user,
            now=timezone.now(),
        )
    except Refused as refusal:
        form.add_error("file", refusal_message(refusal))
        return _list(request, study, refusal_status(refusal.code), file=form, wrong=form)
    if faults:
        told = [(fault, refusal_message(Refused(fault.code, **fault.values))) for fault in faults[:FAULTS_SHOWN]]
        return _list(request, study, 422, file=form, faults=told, all_faults=len(faults))
    told_added = ngettext("%(n)d number was put on the list.", "%(n)d numbers were put on the list.", added)
    messages.success(request, told_added % {"n": added})
    if known:
        told_known = ngettext("%(n)d was on it before.", "%(n)d were on it before.", known)
        messages.info(request, told_known % {"n": known})
    return redirect("telephone_do_not_call", pk=study.pk)
