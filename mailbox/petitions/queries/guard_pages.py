"""What the pages against fraud show: the course of the last day, busy domains and networks, suspects, lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from mailbox.petitions.guarding.rules import THROWAWAY, Why
from mailbox.petitions.models import Listed, Signature, Suspect, Trend
from mailbox.petitions.queries.orders import confirmed_of

HOURS = 24
TOP = 10
SUSPECTS_SHOWN = 50


@dataclass(frozen=True)
class Hour:
    """One hour of a course; `height` is that of its bar out of a hundred."""

    at: datetime
    total: int
    height: int
    x: int
    y: int


@dataclass(frozen=True)
class Busy:
    """A domain or a network with its requests of the last day and its busiest hour."""

    value: str
    total: int
    most: int
    width: int
    alarmed: bool


def hour_of(moment: datetime) -> datetime:
    """Return the hour a moment lies in (UTC)."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def course(now: datetime) -> list[Hour]:
    """Return how many requests came in hour by hour, over all petitions."""
    ends = hour_of(now)
    hours = [ends - timedelta(hours=HOURS - 1 - n) for n in range(HOURS)]
    rows = Trend.objects.filter(what=Listed.What.DOMAIN, hour__gte=hours[0]).order_by()
    totals = dict(rows.values_list("hour").annotate(total=Sum("total")))
    most = max(totals.values(), default=0) or 1
    found = []
    for n, hour in enumerate(hours):
        total = totals.get(hour, 0)
        height = round(100 * total / most)
        found.append(Hour(hour, total, height, 18 * n + 2, 104 - height))
    return found


def busy(what: str, now: datetime) -> list[Busy]:
    """Return the domains or networks with most requests within a day."""
    rows = Trend.objects.filter(what=what, hour__gt=hour_of(now) - timedelta(hours=HOURS)).order_by().values("value")
    found = list(
        rows.annotate(n=Sum("total"), most=Max("total"), alarms=Count("alarmed_at")).order_by("-n", "value")[:TOP]
    )
    most = max((row["n"] for row in found), default=0) or 1
    return [
        Busy(row["value"], row["n"], row["most"], round(100 * row["n"] / most), bool(row["alarms"])) for row in found
    ]


@dataclass(frozen=True)
class Noticed:
    """A suspect with the confirmed signatures that nobody may take out without an order."""

    row: Suspect
    held: int
    confirmed: int


def suspects(actor: Actor, now: datetime) -> QuerySet[Suspect]:
    """List the marks that are held now."""
    if not has_role(actor, Role.OFFICER, Role.APPROVER):
        return Suspect.objects.none()
    return Suspect.objects.filter(until__gt=now).select_related("let_go_by")


def noticed(actor: Actor, now: datetime) -> list[Noticed]:
    """Describe the newest suspects; of the first few also how many signatures of theirs count already."""
    rows = list(suspects(actor, now)[:SUSPECTS_SHOWN])
    return [
        Noticed(row, row.total, confirmed_of((row.what, row.value)) if n < TOP else -1) for n, row in enumerate(rows)
    ]


def held_by_reason() -> Mapping[str, int]:
    """Count what is held, by reason."""
    held = Signature.objects.filter(state=Signature.State.HELD).order_by()
    return dict(held.values_list("why").annotate(n=Count("pk")))


def listed(actor: Actor) -> list[dict[str, Any]]:
    """List entries as they were put on the lists: a wide network is one entry."""
    if not has_role(actor, Role.OFFICER, Role.APPROVER):
        return []
    rows = Listed.objects.values("what", "shown", "allowed", "note", "at", "by")
    found = list(rows.annotate(key=Max("pk"), marks=Count("pk")).order_by("allowed", "what", "shown"))
    people = User.objects.in_bulk({row["by"] for row in found if row["by"]})
    return [row | {"by": people.get(row["by"])} for row in found]


def throwaway() -> list[str]:
    """List the domains of mailboxes for ten minutes that the program knows and no list overrules."""
    allowed = set(Listed.objects.filter(what=Listed.What.DOMAIN, allowed=True).values_list("value", flat=True))
    return sorted(THROWAWAY - allowed)


def held(view: str, filters: Mapping[str, str]) -> QuerySet[Signature]:
    """List held signatures of a view, the oldest first."""
    chosen = Signature.objects.filter(state=Signature.State.HELD).defer("name", "email")
    if view == "limits":
        chosen = chosen.filter(why__startswith="limit_")
    elif view == "lists":
        chosen = chosen.filter(why__in=[Why.BLOCKED, Why.THROWAWAY])
    elif view == "waits":
        chosen = chosen.filter(why=Why.WAIT)
    elif view == "signs":
        chosen = chosen.exclude(Q(why__startswith="limit_") | Q(why__in=[Why.BLOCKED, Why.THROWAWAY, Why.WAIT]))
    if why := filters.get("why"):
        chosen = chosen.filter(why=why)
    return chosen.order_by("pk")
