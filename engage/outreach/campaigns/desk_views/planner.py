"""The planner: a month, a year, all campaigns; beginning a new one."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from engage.calendars import queries as calendars
from engage.calendars.observances import FIRST_YEAR, LAST_YEAR, OBSERVANCES
from engage.departments.models import Department
from engage.errors import Refused
from engage.outreach.campaigns import actions, queries, rules
from engage.outreach.campaigns.desk_views.common import for_campaigns, for_writers, page, refused, say
from engage.outreach.campaigns.forms import NewForm
from engage.participation.forms import read_token
from engage.typed import whole_number


def _asked(request: HttpRequest, name: str, otherwise: int) -> int:
    return whole_number(request.GET.get(name, ""), digits=4, otherwise=otherwise)


def _link(year: int, month: int) -> str:
    """Return the address of a month; empty for one that cannot be shown."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return f"?year={year}&month={month}" if FIRST_YEAR <= year <= LAST_YEAR else ""


@require_safe
@for_campaigns
def month(request: HttpRequest) -> HttpResponse:
    """Show one month, day by day."""
    today = timezone.localdate()
    year, number = _asked(request, "year", today.year), _asked(request, "month", today.month)
    number = number if 1 <= number <= 12 else today.month
    context: dict[str, Any] = {"view": "month", "year": year, "first_year": FIRST_YEAR, "last_year": LAST_YEAR}
    try:
        context["month"] = queries.month_of(max(year, 1), number, actor=request.user)
    except Refused as refusal:
        return page(request, "month", context | refused(refusal), 422)
    context |= {"before": _link(year, number - 1), "after": _link(year, number + 1), **_sureness(year)}
    context["weekdays"] = [date(2026, 6, day) for day in range(1, 8)]
    context["months"] = [date(2026, n, 1) for n in range(1, 13)]
    return page(request, "month", context)


def _sureness(year: int) -> dict[str, bool]:
    """Tell whether the days off of a year are decided yet."""
    return {"confirmed": calendars.is_year_confirmed(settings.WORK_CALENDAR, year)}


@require_safe
@for_campaigns
def year(request: HttpRequest) -> HttpResponse:
    """Show the twelve months of one year."""
    asked = _asked(request, "year", timezone.localdate().year)
    context: dict[str, Any] = {"view": "year", "year": asked, "first_year": FIRST_YEAR, "last_year": LAST_YEAR}
    try:
        context["shown"] = queries.year_of(max(asked, 1), actor=request.user)
    except Refused as refusal:
        return page(request, "year", context | refused(refusal), 422)
    context |= {
        "before": asked - 1 if asked > FIRST_YEAR else None,
        "after": asked + 1 if asked < LAST_YEAR else None,
        **_sureness(asked),
    }
    return page(request, "year", context)


@require_safe
@for_campaigns
def listed(request: HttpRequest) -> HttpResponse:
    """List all campaigns, and the tasks that wait for the reader."""
    today = timezone.localdate()
    found = queries.campaigns(actor=request.user, today=today)
    context = {
        "view": "list",
        "campaigns": [(one, one.stage(today, in_review=one.in_review)) for one in found],
        "tasks": [(task, task.is_overdue(today)) for task in queries.my_tasks(actor=request.user)],
    }
    return page(request, "list", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_writers
def new(request: HttpRequest) -> HttpResponse:
    """Begin a campaign on an observance or on a day of its own."""
    form = NewForm(request.POST, initial={}) if request.method == "POST" else NewForm(initial=_initial(request))
    token = read_token(request.POST.get("token", ""))
    context: dict[str, Any] = {"view": "new", "form": form, "token": token or uuid.uuid4(), "lists": _lists(form)}
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            if token is None:
                raise Refused("campaign_form_used_up")
            campaign = actions.create_campaign(
                given["slug"],
                dates=form.dates,
                texts=form.texts,
                department_id=given["department"].pk,
                topics=given["topics"],
                template_id=int(given["template"]) if given["template"] else None,
                token=token,
                actor=request.user,
            )
        except Refused as refusal:
            context |= say(form, refusal)
            return page(request, "new", context, context["status"])
        return redirect("campaign_builder", campaign.pk)
    return page(request, "new", context, 422 if form.is_bound else 200)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """Fill the form from what was picked in the planner: an observance of a year, or a day."""
    known = {one.key: one for one in OBSERVANCES}
    key, year = request.GET.get("observance", ""), _asked(request, "year", timezone.localdate().year)
    initial: dict[str, Any] = {"template": next((str(one.pk) for one in queries.templates_in_force()), "")}
    own = Department.objects.active().filter(members=request.user.pk).first()
    if own is not None:
        initial["department"] = own.pk
    if key in known and FIRST_YEAR <= year <= LAST_YEAR:
        one = known[key]
        names = {"title_zh-hans": f"{year}年{one.name_zh}", "title_en": f"{one.name_en} {year}"}
        return initial | names | {"observance": key, "year": year, "slug": f"{key.replace('_', '-')}-{year}"}
    try:
        return initial | {"day": date.fromisoformat(request.GET.get("day", "")[:10])}
    except ValueError:
        return initial


def _lists(form: NewForm) -> list[tuple[str, list[tuple[str, date]]]]:
    """Return each list of tasks with the days on which its tasks would be due; empty while no day is chosen."""
    value = {name: form[name].value() for name in ("observance", "year", "day")}
    try:
        picked = date.fromisoformat(str(value["day"] or "")[:10]) if not value["observance"] else None
        year = whole_number(str(value["year"] or ""), digits=4, otherwise=0)
        day = rules.day_of(str(value["observance"] or ""), year or None, picked)
    except (Refused, ValueError):
        return []
    calendar = calendars.work_calendar(settings.WORK_CALENDAR)
    return [
        (one.name, [(t.title, rules.due_day(day, t.offset, calendar, exact=t.exact)) for t in one.tasks.all()])
        for one in queries.templates_in_force()
    ]


def planner_url(day: date) -> str:
    """Return the address of the month of a day."""
    return reverse("campaign_planner") + _link(day.year, day.month)
