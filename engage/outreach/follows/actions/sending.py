"""Sending: a worker takes a few recipients, hands them over outside of any transaction, and writes what came of it.

One transaction a chunk writes the outcomes of the last few and takes the next few. So a killed worker leaves at most
one chunk in its hand; when its time is over these are listed as uncertain, because some of them may have gone out.
Nothing that may have gone out is sent again unless a person says so.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from engage import schedule
from engage.accounts.actors import SYSTEM
from engage.journal import actions as journal
from engage.outreach.follows import audience, letters, registry, rules
from engage.outreach.follows.actions.bounces import bounced
from engage.outreach.follows.actions.following import stop
from engage.outreach.follows.actions.mailings import queue_window
from engage.outreach.follows.carriers import Away, Carrier, Job, Outcome, opened
from engage.outreach.follows.models import Follower, Line, Mailing, Recipient
from engage.outreach.follows.registry import Told
from engage.participation.models import Contact
from engage.participation.rules import retention_end

log = logging.getLogger(__name__)

State = Recipient.State
LINES = ("mail", "push")
TURN_SECONDS = 5.0
COUNTED = {State.SENT: "sent", State.FAILED: "failed", State.UNCERTAIN: "uncertain", State.GONE: "gone"}
Clock = Callable[[], datetime]


def carry(*, clock: Clock = timezone.now, seconds: float = TURN_SECONDS) -> int:
    """List recipients and hand letters over for a while, each mailing in its turn; returns how many went out."""
    expire(now=clock())
    sent = 0
    for line in LINES:
        for mailing in (
            Mailing.objects.filter(line=line, paused_at=None).exclude(state=Mailing.State.DONE).order_by("pk")
        ):
            if schedule.stopping.is_set():
                return sent
            ends = time.monotonic() + seconds
            while queue_window(mailing.pk, now=clock()) and time.monotonic() < ends:
                continue
            if _rests(line, clock()):
                continue
            sent += _turn(mailing.pk, line, clock, time.monotonic() + seconds)
    return sent


@transaction.atomic
def expire(*, now: datetime) -> int:
    """List as uncertain what a worker held that did not come back in time."""
    rows = list(
        Recipient.objects.select_for_update()
        .filter(state=State.IN_HAND, until__lte=now)
        .values_list("pk", "mailing_id")[:500]
    )
    if not rows:
        return 0
    Recipient.objects.filter(pk__in=[pk for pk, _mailing in rows]).update(
        state=State.UNCERTAIN, error="cut_off", at=now, until=None
    )
    for mailing_id, count in Counter(mailing for _pk, mailing in rows).items():
        Mailing.objects.filter(pk=mailing_id).update(uncertain=F("uncertain") + count)
    return len(rows)


# --- the line -----------------------------------------------------------------------------------------------------


def _rests(line: str, now: datetime) -> bool:
    return Line.objects.filter(code=line, next_try_at__gt=now).exists()


@transaction.atomic
def _line_down(code: str, error: str, now: datetime) -> None:
    Line.objects.get_or_create(code=code)
    line = Line.objects.select_for_update().get(code=code)
    if line.next_try_at is not None and line.next_try_at > now:  # another worker has noticed
        return
    line.tries += 1
    line.down_since = line.down_since or now
    line.next_try_at = now + timedelta(seconds=rules.wait_seconds(line.tries))
    line.last_error = error[:200]
    line.save()


def _line_up(code: str) -> None:
    Line.objects.filter(code=code, tries__gt=0).update(tries=0, next_try_at=None, down_since=None, last_error="")


# --- one turn -----------------------------------------------------------------------------------------------------


def _turn(mailing_id: int, line: str, clock: Clock, ends: float) -> int:
    """Hand over what waits of one mailing, over one connection, until the time is up."""
    turn = _Turn(mailing_id, clock)
    began = time.monotonic()
    jobs = turn.exchange([], more=True)
    if jobs:
        try:
            with opened(line) as carrier:
                turn.run(carrier, jobs, ends)
                if carrier.away:
                    _line_down(line, carrier.away, clock())
        except Away as away:
            turn.exchange([Outcome(job.recipient_id, State.QUEUED) for job in jobs], more=False)
            _line_down(line, str(away), clock())
            return 0
        if turn.sent:
            _line_up(line)
        Mailing.objects.filter(pk=mailing_id).update(busy_seconds=F("busy_seconds") + (time.monotonic() - began))
    _finish(mailing_id, clock())
    return turn.sent


class _Turn:
    """What one worker holds of one mailing for a few seconds."""

    def __init__(self, mailing_id: int, clock: Clock) -> None:
        self.mailing_id, self.clock = mailing_id, clock
        self.claim = secrets.token_hex(8)
        self.last = 0
        self.sent = 0
        self.texts: dict[str, tuple[str, str, str]] = {}
        self.told: dict[str, dict[int, Told]] = {}
        self.held_until = 0.0

    def run(self, carrier: Carrier, jobs: list[Job], ends: float) -> None:
        """Hand over chunk after chunk."""
        while jobs:
            outcomes = carrier.deliver(jobs, until=self.held_until)
            goes_on = time.monotonic() < ends and not schedule.stopping.is_set()
            jobs = self.exchange(outcomes, more=goes_on and not carrier.away)

    def exchange(self, outcomes: list[Outcome], *, more: bool) -> list[Job]:
        """Write down what came of the last few and take the next few, in one transaction."""
        jobs: list[Job] = []
        while True:
            now = self.clock()
            with transaction.atomic():
                mailing = Mailing.objects.get(pk=self.mailing_id)
                self._write(mailing, outcomes, now)
                rows = self._take(mailing, now) if more else []
                gone: list[Outcome] = []
                if rows:
                    jobs, gone = self._jobs(mailing, rows)
                    self._write(mailing, gone, now)
            self._after(outcomes, now)
            if jobs or not rows:
                return jobs
            outcomes = []  # all of them had stopped meanwhile: the next few

    def _take(self, mailing: Mailing, now: datetime) -> list[Recipient]:
        if mailing.paused_at is not None or mailing.state == Mailing.State.DONE:
            return []
        free = Recipient.objects.select_for_update(skip_locked=True).filter(
            Q(until__isnull=True) | Q(until__lte=now), mailing=mailing, state=State.QUEUED, pk__gt=self.last
        )
        rows = list(free.order_by("pk")[: rules.CHUNK])
        if rows:
            self.last = rows[-1].pk
            lease = settings.MAILING_LEASE_SECONDS
            self.held_until = time.monotonic() + lease / 2
            Recipient.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=State.IN_HAND, claim=self.claim, until=now + timedelta(seconds=lease)
            )
        return rows

    def _jobs(self, mailing: Mailing, rows: list[Recipient]) -> tuple[list[Job], list[Outcome]]:
        found = Follower.objects.filter(pk__in=[row.follower_id for row in rows]).select_related("contact", "push")
        followers = {follower.pk: follower for follower in found}
        jobs, gone = [], []
        for row in rows:
            follower = followers.get(row.follower_id)
            words = self._words(mailing, follower) if follower is not None else None
            if follower is None or words is None:
                gone.append(Outcome(row.pk, State.GONE))
            else:
                jobs.append(Job(row.pk, mailing.pk, follower, *words, tries=row.tries))
        return jobs, gone

    def _words(self, mailing: Mailing, follower: Follower) -> tuple[str, str, str] | None:
        """Return subject, text and path for one follower; None when there is nothing to tell."""
        if mailing.rhythm:
            return self._digest(mailing, follower)
        if not self.texts:
            self.texts = {text.language: (text.subject, text.body, text.url) for text in mailing.texts.all()}
        return self.texts.get(follower.language) or next(iter(self.texts.values()), None)

    def _digest(self, mailing: Mailing, follower: Follower) -> tuple[str, str, str] | None:
        events = audience.events_for(mailing, follower)
        known = self.told.setdefault(follower.language, {})
        with translation.override(follower.language):
            if fresh := [event for event in events if event.pk not in known]:
                known |= registry.tell(fresh)
            several = [known[event.pk] for event in events if event.pk in known]
            return (*letters.digest(several, mailing.rhythm), "") if several else None

    def _write(self, mailing: Mailing, outcomes: list[Outcome], now: datetime) -> None:
        """Write outcomes of what we took; if it was listed as uncertain meanwhile, we know better."""
        if not outcomes:
            return
        rows = Recipient.objects.select_for_update().filter(
            pk__in=[outcome.recipient_id for outcome in outcomes], claim=self.claim
        )
        held = {row.pk: row for row in rows}
        counts: Counter[str] = Counter()
        by_result: dict[tuple[State, str, int, bool], list[int]] = {}
        for outcome in outcomes:
            row = held.get(outcome.recipient_id)
            if row is None:
                continue
            state, error = outcome.state, outcome.error
            if state == State.QUEUED and outcome.tried and row.tries + 1 >= rules.TRIES:
                state = State.FAILED
            if row.state == State.UNCERTAIN:
                counts["uncertain"] -= 1
            if state in COUNTED:
                counts[COUNTED[state]] += 1
            by_result.setdefault((state, error, outcome.wait, outcome.tried), []).append(row.pk)
        for (state, error, wait, tried), keys in by_result.items():
            waits = state == State.QUEUED
            Recipient.objects.filter(pk__in=keys).update(
                state=state,
                error=error[:120] if state in (State.FAILED, State.UNCERTAIN) or tried else "",
                claim="",
                until=now + timedelta(seconds=wait) if waits and wait else None,
                at=None if waits else now,
                tries=F("tries") + int(tried),
            )
        if counts:
            Mailing.objects.filter(pk=mailing.pk).update(**{name: F(name) + n for name, n in counts.items()})
        reached = [
            held[one.recipient_id].follower_id
            for one in outcomes
            if one.recipient_id in held and one.state in (State.SENT, State.UNCERTAIN, State.GONE)
        ]
        self._heard(mailing, reached, now)
        self.sent += counts["sent"]

    def _heard(self, mailing: Mailing, follower_ids: Iterable[int], now: datetime) -> None:
        """An address that is written to is kept; it is written down once a month, not with every letter."""
        followers = Follower.objects.filter(pk__in=list(follower_ids))
        if mailing.rhythm:
            followers.update(heard_up_to=mailing.up_to)
        ends = retention_end(now, settings.CONTACT_RETENTION_DAYS)
        Contact.objects.filter(
            pk__in=list(followers.values_list("contact_id", flat=True)), delete_after__lt=ends - timedelta(days=30)
        ).update(delete_after=ends)

    def _after(self, outcomes: list[Outcome], now: datetime) -> None:
        """Remember bounces and drop subscriptions that are over, each in a transaction of its own."""
        marked = {one.recipient_id: one for one in outcomes if one.bounce or one.dead}
        if not marked:
            return
        for pk, follower_id in Recipient.objects.filter(pk__in=list(marked)).values_list("pk", "follower_id"):
            if marked[pk].dead:
                stop(follower_id, actor=SYSTEM, why="push_over")
            else:
                bounced(follower_id, marked[pk].bounce, now=now)


@transaction.atomic
def _finish(mailing_id: int, now: datetime) -> None:
    """Close a mailing of which nothing waits any more; an event that nobody followed leaves no row."""
    mailing = Mailing.objects.select_for_update().get(pk=mailing_id)
    if mailing.state != Mailing.State.SENDING:
        return
    if Recipient.objects.filter(mailing=mailing, state__in=(State.QUEUED, State.IN_HAND)).exists():
        return
    if mailing.total == 0 and mailing.event_id is not None:
        mailing.delete()
        return
    mailing.state, mailing.finished_at = Mailing.State.DONE, now
    mailing.save(update_fields=["state", "finished_at"])
    if mailing.total:
        counts = {name: getattr(mailing, name) for name in ("total", "sent", "failed", "uncertain", "gone")}
        journal.record(SYSTEM, "mailing.done", mailing, **counts)
        log.info("mailing %s is done: %s", mailing.key, counts)
