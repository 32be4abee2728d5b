"""Requests for information whose time may still be extended, for those who agree to it: reviewers of openness."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import Actor, Role
from engage.calendars import queries as calendars
from engage.calendars.models import ClockProfile
from engage.calendars.rows import profile_of
from engage.departments.queries import departments_of
from engage.desk.registry import MAILBOX, Column, Queue, Rows, View
from engage.desk.rules import PAGE_SIZE
from mailbox.desk.queue import ORDERS, SHOWN_WITH, case_rows
from mailbox.kinds import KINDS
from mailbox.models import Case, CaseClock, CaseQuerySet

KIND, TARGET = "information_request", "final_reply"
# Extending is decided and told to the sender before the last day; so early it is time to look.
SOON_WORKDAYS = 5
SOON, ALL = "soon", "all"


def extendable(actor: Actor, view: str, today: date) -> CaseQuerySet:
    """List the requests of the actor's units that run, may be extended and have not been, the next due first."""
    step = KINDS[KIND].transition("extend")
    own = departments_of(actor, Role.REVIEWER_OPENNESS)
    soon = calendars.work_calendar(settings.WORK_CALENDAR).add(today, SOON_WORKDAYS)
    clocks = CaseClock.objects.filter(
        case=OuterRef("pk"),
        target=TARGET,
        state=CaseClock.State.RUNNING,
        extension=0,
        due__gte=today,
        profile__in=_profiles(),
    )
    if view == SOON:
        clocks = clocks.filter(due__lte=soon)
    cases = Case.objects.visible_to(actor).filter(Q(triage__in=own) | Q(lead__in=own))
    cases = cases.filter(Exists(clocks), kind=KIND, state__in=step.sources, merged_into=None)
    return cases.order_by(*ORDERS[""])


def _profiles() -> list[str]:
    """List the dated rules that allow an extension at all."""
    rows = ClockProfile.objects.filter(family__in=KINDS[KIND].families)
    targets = ((row.code, one) for row in rows for one in profile_of(row).targets)
    return [code for code, one in targets if one.name == TARGET and one.extension_limit != 0]


def rows(actor: Actor, view: str, filters: Mapping[str, str], page: Any) -> Rows:
    """Return one page of a view."""
    today = timezone.localdate()
    cases = extendable(actor, view, today)
    start = (page - 1) * PAGE_SIZE
    shown = list(cases.select_related(*SHOWN_WITH)[start : start + PAGE_SIZE])
    return Rows([replace(row, actions=None) for row in case_rows(actor, shown, today)], cases.count())


def counts(actor: Actor) -> Mapping[str, int]:
    """Count both views."""
    today = timezone.localdate()
    return {view: extendable(actor, view, today).count() for view in (SOON, ALL)}


EXTENSIONS = Queue(
    code="extensions",
    label=_("Time that may be extended"),
    group=MAILBOX,
    roles=(Role.REVIEWER_OPENNESS,),
    rows=rows,
    counts=counts,
    views=(
        View(SOON, pgettext_lazy("requests for information", "Due within five working days")),
        View(ALL, pgettext_lazy("requests for information", "All that run and were not extended")),
    ),
    columns=(
        Column("kind", pgettext_lazy("case", "Kind")),
        Column("unit", pgettext_lazy("case", "With")),
        Column("received", pgettext_lazy("case", "Received")),
    ),
    searchable=False,
    due_label=pgettext_lazy("case", "Due"),
    opens_desk=False,
)
