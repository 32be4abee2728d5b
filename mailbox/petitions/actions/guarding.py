"""Which requests to sign are held, when they come and looking back, and how what was held is let go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from mailbox.petitions.actions import letters, signing
from mailbox.petitions.guarding import rules
from mailbox.petitions.guarding.rules import Asked, Mark, Sign, What, Why
from mailbox.petitions.models import Listed, Pace, Signature, SignatureLetter, Suspect, Trend
from mailbox.petitions.queries import guarding as queries
from mailbox.petitions.queries.clock import database_now

NETWORKS_KEPT = timedelta(days=30)
_LETTER = SignatureLetter.State


@transaction.atomic
def hold(signatures: Sequence[Signature], now: datetime) -> dict[int, str]:
    """Count requests that just came in and say which are to be held and why; the caller holds them.

    Marks that gave themselves away are remembered, and what waits for its confirmation under one of them is held here.
    """
    batch = queries.asked_of(signatures)
    if not batch:
        return {}
    limits = queries.limits()
    paces = queries.paces(rules.marks_to_read(batch), limits, now)
    outcome = rules.judge_batch(batch, paces, limits, queries.lists(batch, now))
    _count(paces.added, now)
    _count_trends(batch, now)
    _remember(outcome.found, now)
    return outcome.held


def _count(added: Mapping[Mark, int], now: datetime) -> None:
    minute = queries.minute_of(now)
    rows = [[what, value, minute, total] for (what, value), total in sorted(added.items())]
    _add_up(Pace._meta.db_table, "minute", rows)


def _count_trends(batch: Sequence[Asked], now: datetime) -> None:
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    totals: Counter[Mark] = Counter()
    for asked in batch:
        totals[(str(Listed.What.DOMAIN), asked.site)] += 1
        if asked.subnet:
            totals[(str(Listed.What.NETWORK), asked.subnet)] += 1
    _add_up(
        Trend._meta.db_table, "hour", [[what, value, hour, total] for (what, value), total in sorted(totals.items())]
    )


def _add_up(table: str, slot: str, rows: Sequence[Sequence[object]]) -> None:
    """Add to counts that may or may not be there yet; in the order of their keys, so that two workers never wait
    for each other in a ring."""
    with connection.cursor() as cursor:
        for at in range(0, len(rows), 1_000):
            some = rows[at : at + 1_000]
            places = ", ".join(["(%s, %s, %s, %s)"] * len(some))
            cursor.execute(
                f"INSERT INTO {table} (what, value, {slot}, total) VALUES {places} "
                f"ON CONFLICT (what, value, {slot}) DO UPDATE SET total = {table}.total + excluded.total",
                [_plain(value) for row in some for value in row],
            )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


def _remember(found: Mapping[Mark, Sign], now: datetime) -> None:
    """Write marks that gave themselves away, and hold what waits under the new ones."""
    if not found:
        return
    known = {(row.what, row.value): row for row in queries.rows_of(Suspect, found)}
    new = [mark for mark in found if mark not in known or known[mark].until <= now]
    until = now + rules.SUSPECT_FOR
    for mark in new:
        sign = found[mark]
        Suspect.objects.update_or_create(
            what=mark[0],
            value=mark[1],
            defaults={
                "why": sign.why,
                "total": sign.total,
                "noticed_at": now,
                "until": until,
                "let_go_at": None,
                "let_go_by": None,
            },
        )
    renewed = [row.pk for mark, row in known.items() if now < row.until < until - rules.RENEWED_AFTER]
    Suspect.objects.filter(pk__in=renewed, let_go_at=None).update(until=until)
    hold_back({mark: found[mark].why for mark in new}, now)


def hold_back(marks: Mapping[Mark, Why], now: datetime) -> int:
    """Hold what came under these marks in the last hours and is not confirmed; what is confirmed stays. Returns how
    many. Starters have limits of their own: without theirs, a petition never begins."""
    waiting = Signature.objects.filter(state=Signature.State.PENDING, asked_at__gte=now - rules.LOOK_BACK)
    waiting = waiting.exclude(queries.never_held()).exclude(part=Signature.Part.STARTER)
    held = 0
    for mark, why in sorted(marks.items()):
        condition = queries.of_mark(mark)
        if condition is not None:
            held += _hold_keys(list(waiting.filter(condition).values_list("pk", flat=True)), why)
    shapes = {value: why for (what, value), why in marks.items() if what == What.SHAPE}
    for shape, keys in queries.pending_of_shapes(shapes, waiting, now).items():
        held += _hold_keys(keys, shapes[shape])
    return held


def _hold_keys(keys: Sequence[int], why: str) -> int:
    held = 0
    for at in range(0, len(keys), queries.AT_ONCE):
        some = keys[at : at + queries.AT_ONCE]
        held += Signature.objects.filter(pk__in=some, state=Signature.State.PENDING).update(
            state=Signature.State.HELD, why=why
        )
        SignatureLetter.objects.filter(
            signature__in=some, state__in=[_LETTER.WAITING, _LETTER.READY], kind__in=queries.FIRST_LETTERS
        ).update(state=_LETTER.STOPPED, said="held")
    return held


@transaction.atomic
def look_again(now: datetime) -> int:
    """Decide about what was set aside: held for a reason from now on, or its letter goes out. Returns how many."""
    signatures = queries.waiting_ones(now)
    batch = queries.asked_of(signatures)
    if not batch:
        return 0
    paces = queries.paces(rules.marks_to_read(batch), queries.limits(), now)
    held = rules.judge_again(batch, paces, queries.lists(batch, now))
    waiting = Signature.objects.filter(state=Signature.State.HELD, why=Why.WAIT)
    for why in set(held.values()):
        waiting.filter(pk__in=[key for key, code in held.items() if code == why]).update(why=why)
    let_out([asked.key for asked in batch if asked.key not in held])
    return len(batch)


def let_out(keys: Sequence[int]) -> int:
    """Let held signatures wait for their confirmation again, in the caller's transaction; their letters go out, and
    their links are good from now on.

    Whoever pressed the button while they were held counts from that moment on, whatever became of the petition since;
    one that cannot count waits again and stops none of the others.
    """
    held = Signature.objects.select_for_update().filter(pk__in=keys, state=Signature.State.HELD)
    moments = dict(held.order_by("pk").values_list("pk", "confirmed_at"))
    Signature.objects.filter(pk__in=moments).update(state=Signature.State.PENDING, why="", link_since=database_now())
    letters.release(list(moments))
    pressed = sorted((at, key) for key, at in moments.items() if at is not None)
    for _at, key in pressed:
        signing.confirm_pressed(key)
    Signature.objects.filter(pk__in=[key for _at, key in pressed], state=Signature.State.PENDING).update(
        confirmed_at=None
    )
    return len(moments)


@transaction.atomic
def note_silence(now: datetime) -> int:
    """Suspect networks whose letters nobody answers, and hold what waits there; returns how many networks."""
    silent = queries.silent_subnets(now)
    found = {
        (str(What.SUBNET), subnet): Sign(Why.NEVER_CONFIRMED, rules.HOLD_AT, (str(What.SUBNET), subnet), sent)
        for subnet, sent in silent.items()
    }
    let_go = set(Suspect.objects.filter(let_go_at__isnull=False, until__gt=now).values_list("what", "value"))
    _remember({mark: sign for mark, sign in found.items() if mark not in let_go}, now)
    return len(found)


def clean(now: datetime) -> int:
    """Delete counts of minutes of more than a day ago, of networks of more than a month ago, and suspects whose time
    is over; returns how many.

    Counts of domains stay: by them a domain is known.
    """
    minutes = Pace.objects.filter(minute__lt=now - timedelta(seconds=rules.DAY, minutes=2))
    networks = Trend.objects.filter(what=Listed.What.NETWORK, hour__lt=now - NETWORKS_KEPT)
    suspects = Suspect.objects.filter(until__lt=now)
    return minutes.delete()[0] + networks.delete()[0] + suspects.delete()[0]
