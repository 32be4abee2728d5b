"""The pages about the work of units and people: parse, one query or action, render."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.calendars import queries as calendars
from engage.departments.models import Department
from engage.desk.registry import MAILBOX, DeskPage, Key
from engage.desk.views import for_staff, frame
from engage.errors import Refused
from engage.pages.messages import refusal_message, refusal_status
from engage.typed import LARGEST_KEY, whole_number
from mailbox import actions
from mailbox.actions.duty_letters import choose_duty_letter
from mailbox.desk import workload as queries
from mailbox.desk.several import split_id
from mailbox.desk.words import due_chip, html_lang
from mailbox.kinds.reasons import REASONS
from mailbox.models import Absence, Case, DutyChoice
from mailbox.queries.duty import awaited_handovers, late_handovers, stands_in_for
from mailbox.words import step_label, who_label


def alarms(actor: Actor) -> int:
    """Count what a person's units passed on and nobody acknowledged in time, once a request."""
    kept: int | None = getattr(actor, "_late_handovers", None)
    return kept if kept is not None else late_handovers(actor, today=timezone.localdate()).order_by().count()


WORKLOAD = DeskPage(
    code="workload",
    label=pgettext_lazy("desk", "Workload"),
    roles=(Role.OFFICER, Role.APPROVER),
    url_name="workload",
    count=alarms,
    group=MAILBOX,
    keys=(
        Key(("w",), _("People and their cases")),
        Key(("c",), _("Calendar of absences")),
        Key(("h",), _("Handovers")),
        Key(("t",), _("What was turned away")),
        Key(("[", "]"), _("In the calendar: the month before, the month after")),
    ),
)
TABS = (
    ("workload", "w", _("People and their cases")),
    ("workload_absences", "c", _("Absences")),
    ("workload_handovers", "h", _("Handovers")),
    ("workload_turned_away", "t", _("Turned away")),
)
View = Callable[..., HttpResponse]


def for_workload(view: View) -> View:
    """Let in officers and approvers; for everybody else there is nothing here."""

    @for_staff
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_role(request.user, Role.OFFICER, Role.APPROVER):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    here = request.resolver_match.url_name if request.resolver_match else ""
    tabs = [(reverse(name), key, label, name == here) for name, key, label in TABS]
    context = frame(request, WORKLOAD) | {"tabs": tabs} | context
    return render(request, f"mailbox/workload/{template}.html", context, status=status)


def _unit(request: HttpRequest, units: list[Department]) -> Department | None:
    """Return the unit of the address; the first where none is asked for, Http404 for one that is not the actor's."""
    asked = request.GET.get("unit", "")
    if not asked:
        return units[0] if units else None
    number = whole_number(asked, digits=18, otherwise=-1)
    unit = next((one for one in units if one.pk == number), None)
    if unit is None:
        raise Http404
    return unit


@require_safe
@for_workload
def workload(request: HttpRequest) -> HttpResponse:
    """Show how much lies with each unit and person."""
    today = timezone.localdate()
    units = queries.units_of(request.user)
    unit = _unit(request, units)
    choice = DutyChoice.objects.filter(user=request.user).first()
    context = {
        "unit": unit,
        "units": queries.unit_loads(units, today),
        "people": queries.people_rows(unit, request.user, today) if unit else [],
        "nobodys": queries.without_owner(unit, request.user).count() if unit else 0,
        "late": late_handovers(request.user, today=today).count(),
        "stands_in_for": stands_in_for(request.user, today),
        "wants": choice is None or choice.wants,
        "letter_language": (choice.language if choice else "") or settings.LANGUAGE_CODE,
        "languages": [("zh-hans", "中文", "zh-Hans"), ("en", "English", "en")],
        "is_head": has_role(request.user, Role.APPROVER),
    }
    return _page(request, "home", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_workload
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what lies with somebody (0: with nobody in a unit), and give chosen cases to somebody else."""
    units = queries.units_of(request.user)
    unit = _unit(request, units)
    if unit is None or pk > LARGEST_KEY:
        raise Http404
    people = queries.people_of(unit)
    owner = next((one for one in people if one.pk == pk), None)
    if owner is None and pk != 0:
        raise Http404
    refusal: Refused | None = None
    if request.method == "POST":
        try:
            n = _reassign(request, people)
        except Refused as refused:
            refusal = refused
        else:
            said = ngettext("%(n)d case given on", "%(n)d cases given on", n) % {"n": n}
            messages.success(request, said)
            return redirect(f"{reverse('workload_person', args=[pk])}?unit={unit.pk}")
    today = timezone.localdate()
    worked = calendars.work_calendar(settings.WORK_CALENDAR)
    cases = queries.cases_of(pk, unit, request.user) if owner else queries.without_owner(unit, request.user)
    rows = [
        (case, due_chip(case.due, today, worked, may_move=case.may_move), html_lang(case.submission.language))
        for case in cases[: queries.LISTED]
    ]
    context = {
        "unit": unit,
        "owner": owner,
        "rows": rows,
        "total": cases.count(),
        "others": [one for one in people if one.pk != pk],
        "refusal": refusal_message(refusal) if refusal else "",
    }
    return _page(request, "person", context, refusal_status(refusal.code) if refusal else 200)


def _reassign(request: HttpRequest, people: list[User]) -> int:
    to = whole_number(request.POST.get("to", ""), digits=18, otherwise=-1)
    if to not in {one.pk for one in people}:
        raise Refused("assignee_elsewhere")
    chosen = [split_id(one) for one in request.POST.getlist("id")]
    try:
        return actions.reassign_cases(chosen, to=to, actor=request.user, now=timezone.now())
    except Case.DoesNotExist:
        raise Refused("case_gone") from None


# --- away -----------------------------------------------------------------------------------------------------------


class AbsenceForm(forms.Form):
    """Who is away, from when to when, and who stands in."""

    user = forms.ChoiceField(label=_("Who is away"))
    first = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs={"class": "input w-s", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the first day"), "invalid": _("Write the day like 2026-11-24")},
    )
    last = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"class": "input w-s", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choose the last day"), "invalid": _("Write the day like 2026-11-24")},
    )
    deputy = forms.ChoiceField(
        label=_("Who stands in"),
        required=False,
        help_text=_("Approves in their place and gets their letter of the day"),
    )

    def __init__(self, data: Any = None, *, people: list[tuple[str, str]], deputies: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["user"].choices = people  # type: ignore[attr-defined]
        self.fields["deputy"].choices = [("", _("Nobody")), *deputies]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@for_workload
def absences(request: HttpRequest) -> HttpResponse:
    """Show a month with who is away, and note an absence."""
    today = timezone.localdate()
    units = queries.units_of(request.user)
    unit = _unit(request, units)
    people = queries.people_of(unit) if unit else []
    choices = queries.absence_people(request.user, people)
    deputies = queries.deputy_choices(unit)
    form = AbsenceForm(request.POST if request.method == "POST" else None, people=choices, deputies=deputies)
    refusal: Refused | None = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        deputy = int(given["deputy"]) if given["deputy"] else None
        span = {"first": given["first"], "last": given["last"], "deputy": deputy}
        try:
            actions.set_absence(int(given["user"]), **span, actor=request.user)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, gettext("The absence is noted"))
            return redirect(_calendar(unit, given["first"]))
    month = queries.absence_month(people, queries.month_of(request.GET.get("month", ""), today), today)
    context = {
        "unit": unit,
        "units": units,
        "month": month,
        "weekdays": _a_week(month),
        "coming": queries.coming_absences(people, request.user, today),
        "form": form,
        "refusal": refusal_message(refusal) if refusal else "",
    }
    status = refusal_status(refusal.code) if refusal else 422 if form.errors else 200
    return _page(request, "absences", context, status)


def _a_week(month: queries.Month) -> list[date]:
    """Return a whole week of the month, for the names of its days."""
    week = next(week for week in month.weeks if all(week))
    return [day.date for day in week if day is not None]


def _calendar(unit: Department | None, first: date) -> str:
    asked = f"&unit={unit.pk}" if unit else ""
    return f"{reverse('workload_absences')}?month={first:%Y-%m}{asked}"


@require_POST
@for_workload
def end_absence(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an absence out of the calendar."""
    row = get_object_or_404(Absence, pk=pk) if pk <= LARGEST_KEY else None
    if row is None:
        raise Http404
    actions.end_absence(row.pk, actor=request.user)
    messages.success(request, gettext("The absence is taken out"))
    return redirect("workload_absences")


# --- handovers, turned away, the letter -----------------------------------------------------------------------------


@require_safe
@for_workload
def handovers(request: HttpRequest) -> HttpResponse:
    """Show what was passed on and not acknowledged in time, and what waits to be acknowledged here."""
    today = timezone.localdate()
    late = list(late_handovers(request.user, today=today)[: queries.LISTED])
    awaited = list(awaited_handovers(request.user)[: queries.LISTED])
    visible = Case.objects.visible_to(request.user).filter(pk__in=[one.case_id for one in [*late, *awaited]])
    context = {"late": late, "awaited": awaited, "seen": set(visible.values_list("pk", flat=True)), "today": today}
    return _page(request, "handovers", context)


@require_safe
@for_workload
def turned_away(request: HttpRequest) -> HttpResponse:
    """List what was turned away or put among spam: by whom, when and why."""
    before = whole_number(request.GET.get("before", ""), digits=18, otherwise=None)
    found = list(queries.turned_away(request.user, before=before)[: queries.LISTED + 1])
    rows = [
        (
            one,
            step_label(one.kind, one.code),
            REASONS.get(one.reason, ""),
            str(one.by) if one.by else who_label(one.stood_as),
            html_lang(one.case.submission.language),
        )
        for one in found[: queries.LISTED]
    ]
    onward = found[queries.LISTED - 1].pk if len(found) > queries.LISTED else None
    return _page(request, "turned_away", {"rows": rows, "onward": onward, "is_later": before is not None})


@require_POST
@for_workload
def letter(request: HttpRequest) -> HttpResponse:
    """Keep whether one wants the letter of the day."""
    language = request.POST.get("language", "") or get_language() or ""
    choose_duty_letter(request.user, wants=request.POST.get("wants") == "on", language=language)
    messages.success(request, gettext("Your choice is kept"))
    return redirect("workload")
