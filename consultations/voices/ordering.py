"""The order of a list of comments, computed by the database."""

from __future__ import annotations

from datetime import date

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from consultations.models import Comment
from consultations.voices.rules import PRIME, Order, mixing


def ordered(comments: QuerySet[Comment], order: Order, *, day: date, scope: str) -> QuerySet[Comment]:
    """Sort comments; what an order leaves open is decided by the day's mixed one. `scope` names the list."""
    if order is Order.NEWEST:
        return comments.order_by("-created_at", "-pk")
    a, b, c = mixing(day, scope)
    key = F("pk") % PRIME
    mixed = comments.annotate(mixed_place=((key * a + b) % PRIME * key + c) % PRIME)
    if order is Order.CLAUSE:
        return mixed.order_by(F("clause__position").asc(nulls_first=True), "mixed_place", "pk")
    if order is Order.AGREED:
        return mixed.order_by(Coalesce("agreement_total__devices", 0).desc(), "mixed_place", "pk")
    return mixed.order_by("mixed_place", "pk")
