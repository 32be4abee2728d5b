"""What orders read: which signatures are meant, how many, by hour and by domain, and a few of them without a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncHour

from engage.accounts.actors import Actor, Role, has_role
from mailbox.petitions.guarding import rules
from mailbox.petitions.guarding.orders import Conditions
from mailbox.petitions.models import Invalidation, Petition, Signature
from mailbox.petitions.queries.guarding import of_mark

SHOWN = 12
HOURS_SHOWN = 48
_OPEN = (Signature.State.PENDING, Signature.State.HELD, Signature.State.CONFIRMED)
STANDING = {
    "never": (Signature.State.PENDING, Signature.State.HELD),
    "held": (Signature.State.HELD,),
    "confirmed": (Signature.State.CONFIRMED,),
}


def meant(conditions: Conditions, petition: Petition | None) -> QuerySet[Signature]:
    """Return the signatures an order means, of those that wait, are held or count."""
    chosen = Signature.objects.filter(state__in=STANDING.get(conditions.standing, _OPEN))
    if petition is not None:
        chosen = chosen.filter(petition=petition)
    since, until = conditions.period()
    if since:
        chosen = chosen.filter(asked_at__gte=since)
    if until:
        chosen = chosen.filter(asked_at__lt=until)
    if conditions.domain:
        chosen = chosen.filter(Q(domain=conditions.domain) | Q(domain__endswith=f".{conditions.domain}"))
    if conditions.networks:
        chosen = chosen.filter(Q(network__in=conditions.networks) | Q(subnet__in=conditions.networks))
    if conditions.region:
        chosen = chosen.filter(region=conditions.region)
    if conditions.why:
        chosen = chosen.filter(why=conditions.why)
    if conditions.mark:
        condition = of_mark(conditions.mark)
        chosen = chosen.filter(condition) if condition is not None else chosen.none()
    if conditions.chosen:
        chosen = chosen.none()
    if conditions.through:
        chosen = chosen.filter(pk__lte=conditions.through)
    return chosen


def last_key() -> int:
    """Return the highest key of any signature."""
    return Signature.objects.aggregate(last=Max("pk"))["last"] or 0


def totals(chosen: QuerySet[Signature]) -> tuple[int, int]:
    """Count how many are meant, and how many of them count now."""
    found = chosen.aggregate(found=Count("pk"), counted=Count("pk", filter=Q(state=Signature.State.CONFIRMED)))
    return found["found"], found["counted"]


@dataclass(frozen=True)
class Preview:
    """What an order would meet, told without a name or an address."""

    hours: list[tuple[datetime, int]]
    domains: list[tuple[str, int]]
    states: list[tuple[str, int]]
    sample: list[dict[str, Any]]


def preview(order: Invalidation) -> Preview:
    """Return the hours, the domains and some of the signatures an order means, or has taken out."""
    conditions = Conditions.of(order.conditions)
    if order.state == Invalidation.State.PREVIEW:
        chosen = meant(conditions, order.petition)
    else:
        chosen = Signature.objects.filter(invalidation=order)
    hours = chosen.annotate(hour=TruncHour("asked_at")).values_list("hour").annotate(n=Count("pk")).order_by("-hour")
    domains = chosen.values_list("domain").annotate(n=Count("pk")).order_by("-n", "domain")
    states = chosen.values_list("state").annotate(n=Count("pk")).order_by("state")
    columns = ("pk", "asked_at", "state", "domain", "subnet", "region", "why")
    return Preview(
        hours=list(hours[:HOURS_SHOWN])[::-1],
        domains=list(domains[:SHOWN]),
        states=list(states),
        sample=list(chosen.order_by("pk").values(*columns)[:SHOWN]),
    )


def orders(actor: Actor) -> QuerySet[Invalidation]:
    """List orders, the newest first, to those who work with signatures."""
    if not has_role(actor, Role.OFFICER, Role.APPROVER):
        return Invalidation.objects.none()
    return Invalidation.objects.select_related("petition__submission", "by", "run_by")


def confirmed_of(mark: rules.Mark) -> int:
    """Count the confirmed signatures of a suspect, for whoever may give an order about them."""
    condition = of_mark(mark)
    return Signature.objects.counted().filter(condition).count() if condition is not None else 0
