"""What guarding reads: paces of a batch, lists, the hour's trends, what is held, what an order would meet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, FloatField, Min, Q, QuerySet, Sum, Value, When

from engage.participation.vault import blind_index
from mailbox.petitions.guarding import rules
from mailbox.petitions.guarding.rules import Asked, Limit, Lists, Mark, Paces, What
from mailbox.petitions.models import Listed, Pace, RateLimit, Signature, Suspect, Trend

# SQLite takes 32,766 values in a statement.
AT_ONCE = 10_000
FIRST_LETTERS = ("confirm", "sponsor")
# So many addresses are read to find those that look alike; a row of numbered ones is shorter.
SHAPES_READ = 5_000


def limits() -> list[Limit]:
    """List the limits in force: those of the house, or the ones the program comes with while there are none."""
    rows = [Limit(row.by, row.most, row.seconds, row.active) for row in RateLimit.objects.all()]
    return rows or list(rules.DEFAULT_LIMITS)


def asked_of(signatures: Sequence[Signature]) -> list[Asked]:
    """Return requests as their marks, in the order they came."""
    emails = dict(Signature.objects.filter(pk__in=[one.pk for one in signatures]).values_list("pk", "email"))
    found = [
        Asked(
            key=one.pk,
            petition=one.petition_id,
            address=one.address or "",
            network=one.network,
            subnet=one.subnet,
            domain=one.domain,
            person=one.person or "",
            shape=shape_mark(emails.get(one.pk) or "", one.domain),
            at=one.asked_at,
        )
        for one in signatures
    ]
    return sorted(found, key=lambda asked: (asked.at, asked.key))


def shape_mark(email: str, domain: str) -> str:
    """Return the keyed hash of what numbered addresses share; empty where there is nothing of the kind."""
    shape = rules.shape_of(email.rpartition("@")[0], domain)
    return blind_index("petition-shape", shape)[:32] if shape else ""


def _slots(seconds: int, now: datetime) -> tuple[datetime, datetime, float]:
    """Return from which minute on all counts, and the minute before, of which a part counts."""
    start = now - timedelta(seconds=seconds)
    part = minute_of(start)
    return part + timedelta(minutes=1), part, 1 - (start - part).total_seconds() / 60


def minute_of(moment: datetime) -> datetime:
    """Return the minute a moment lies in."""
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def paces(wanted: dict[str, set[str]], limits: Sequence[Limit], now: datetime) -> Paces:
    """Read how many requests each mark had, in one query for ten thousand marks."""
    windows = sorted({*rules.WINDOWS, *(limit.seconds for limit in limits)})
    sums = {}
    for seconds in windows:
        whole, part, weight = _slots(seconds, now)
        sums[f"w{seconds}"] = Sum(
            Case(
                When(minute__gte=whole, then=F("total") * Value(1.0)),
                When(minute=part, then=F("total") * Value(weight)),
                default=Value(0.0),
                output_field=FloatField(),
            )
        )
    found = Paces({(what, value): dict.fromkeys(windows, 0.0) for what, values in wanted.items() for value in values})
    marks = [(what, value) for what, values in wanted.items() for value in sorted(values)]
    since = minute_of(now - timedelta(seconds=max(windows)))
    for at in range(0, len(marks), AT_ONCE):
        groups: dict[str, list[str]] = {}
        for what, value in marks[at : at + AT_ONCE]:
            groups.setdefault(what, []).append(value)
        condition = Q()
        for what, values in groups.items():
            condition |= Q(what=what, value__in=values)
        rows = Pace.objects.filter(condition, minute__gte=since).values("what", "value").annotate(**sums)
        for row in rows.order_by():
            # PostgreSQL sums to decimals.
            totals: dict[str, Any] = {**row}
            found.sums[(row["what"], row["value"])] = {seconds: float(totals[f"w{seconds}"]) for seconds in windows}
    found.minutes = _minutes(found, now)
    return found


def _minutes(found: Paces, now: datetime) -> dict[str, list[int]]:
    """Read minute by minute the networks from which many came."""
    busy = [
        value
        for (what, value), sums in found.sums.items()
        if what == What.NETWORK and sums[rules.HOUR] >= rules.REGULAR_TOTAL
    ]
    if not busy:
        return {}
    ends = minute_of(now)
    starts = ends - timedelta(minutes=rules.REGULAR_MINUTES)
    counts = {
        value: dict.fromkeys((starts + timedelta(minutes=n) for n in range(rules.REGULAR_MINUTES)), 0) for value in busy
    }
    rows = Pace.objects.filter(what=What.NETWORK, value__in=busy, minute__gte=starts, minute__lt=ends)
    for value, minute, total in rows.values_list("value", "minute", "total"):
        counts[value][minute] = total
    return {value: list(by_minute.values()) for value, by_minute in counts.items()}


def lists(batch: Iterable[Asked], now: datetime) -> Lists:
    """Read what is listed, suspected and known of the marks of a batch."""
    marks: set[Mark] = set()
    suspected: set[Mark] = set()
    sites: set[str] = set()
    for asked in batch:
        marks.update((str(what), value) for what, value in Lists().listed_marks(asked) if value)
        suspected.update(rules.suspect_marks(asked))
        if not asked.is_common:
            sites.add(asked.site)
    blocked: set[Mark] = set()
    allowed: set[Mark] = set()
    for what, value, is_allowed in rows_of(Listed, marks).values_list("what", "value", "allowed"):
        (allowed if is_allowed else blocked).add((what, value))
    suspects, let_go = {}, set()
    for what, value, why, let_go_at in (
        rows_of(Suspect, suspected).filter(until__gt=now).values_list("what", "value", "why", "let_go_at")
    ):
        if let_go_at is None:
            suspects[(what, value)] = why
        else:
            let_go.add((what, value))
    known = Trend.objects.filter(what=Listed.What.DOMAIN, value__in=sites).values("value").order_by()
    since = dict(known.annotate(since=Min("hour")).values_list("value", "since"))
    return Lists(blocked, allowed, suspects, let_go, since)


def rows_of(model: type[Any], marks: Iterable[Mark]) -> QuerySet[Any]:
    """Filter rows by their marks; an empty set of marks finds nothing."""
    groups: dict[str, list[str]] = {}
    for what, value in marks:
        groups.setdefault(what, []).append(value)
    condition = Q(pk__in=[])
    for what, values in groups.items():
        condition |= Q(what=what, value__in=values)
    return model.objects.filter(condition)


def of_mark(mark: Mark) -> Q | None:
    """Return the condition by which signatures of a mark are found; None where a row does not show it."""
    what, value = mark
    if what == What.DOMAIN:
        return Q(domain=value) | Q(domain__endswith=f".{value}")
    if what in (What.ADDRESS, What.NETWORK, What.SUBNET, What.PERSON):
        return Q(**{what: value})
    return None


def pending_of_shapes(shapes: Collection[str], waiting: QuerySet[Signature], now: datetime) -> dict[str, list[int]]:
    """List what waits for confirmation and has numbered addresses like these; the last are read for it one by one."""
    found: dict[str, list[int]] = {}
    if shapes:
        rows = waiting.filter(asked_at__gte=now - rules.SHAPES_LOOK_BACK, email__isnull=False).order_by("-asked_at")
        for pk, email, domain in rows.values_list("pk", "email", "domain")[:SHAPES_READ]:
            shape = shape_mark(email or "", domain)
            if shape in shapes:
                found.setdefault(shape, []).append(pk)
    return found


def never_held() -> Q:
    """Return the condition of signatures that a list says are never held."""
    condition = Q(pk__in=[])
    for what, value in Listed.objects.filter(allowed=True).values_list("what", "value"):
        if what == Listed.What.DOMAIN:
            condition |= Q(domain=value) | Q(domain__endswith=f".{value}")
        elif what == Listed.What.NETWORK:
            condition |= Q(network=value) | Q(subnet=value)
        else:
            condition |= Q(address=value)
    return condition


def waiting_ones(now: datetime) -> list[Signature]:
    """List what was set aside a quarter of an hour ago to be looked at again."""
    over = Signature.objects.filter(
        state=Signature.State.HELD,
        why=rules.Why.WAIT,
        asked_at__lte=now - rules.WAIT_FOR,
        asked_at__gte=now - rules.LOOK_BACK,
    )
    return list(over.defer("name", "email").order_by("asked_at", "pk")[:1_000])


def silent_subnets(now: datetime) -> dict[str, int]:
    """Return the networks whose letters hardly anybody answers, with how many went there."""
    busy = Trend.objects.filter(
        what=Listed.What.NETWORK, hour__gte=now - rules.SILENCE_LOOK_BACK, total__gte=rules.SENT_TOTAL / 2
    ).order_by("-total")
    subnets = set(busy.values_list("value", flat=True)[:500])
    sent = Signature.objects.filter(
        asked_at__gte=now - rules.SILENCE_LOOK_BACK,
        asked_at__lte=now - rules.ANSWER_TIME,
        subnet__in=subnets,
        state__in=[Signature.State.PENDING, Signature.State.CONFIRMED, Signature.State.WITHDRAWN],
    )
    rows = sent.values_list("subnet").annotate(
        sent=Count("pk"), confirmed=Count("pk", filter=Q(confirmed_at__isnull=False))
    )
    return {subnet: n for subnet, n, confirmed in rows.order_by() if rules.is_silent(n, confirmed)}
