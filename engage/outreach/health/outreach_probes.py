"""The channels by which the site speaks to many and hears from other places: mailings, pushes, the outbox, imports."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Min, Sum
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import SYSTEM
from engage.errors import Refused
from engage.outreach.delivery import inbound
from engage.outreach.delivery.models import Delivery
from engage.outreach.follows.carriers import webpush
from engage.outreach.follows.models import Mailing
from engage.outreach.health import rules
from engage.outreach.health.models import Channel
from engage.outreach.health.probes import HOUR, MINUTE, seconds_since
from engage.outreach.health.registry import Probe, Result
from engage.outreach.health.rules import State

STALL_SLOW, STALL_FAILING = 10 * MINUTE, HOUR
BOUNCE_SAMPLE, BOUNCE_SLOW_PERCENT = 50, 10
LATE_SLOW, LATE_FAILING = 15 * MINUTE, 6 * HOUR


def stalled(code: str, line: str, now: datetime) -> Result:
    """See whether what is left of all mailings of a line has become less since the last check."""
    running = Mailing.objects.filter(line=line, paused_at=None).exclude(state=Mailing.State.DONE)
    counted = running.aggregate(
        total=Sum("total"), sent=Sum("sent"), failed=Sum("failed"), doubtful=Sum("uncertain"), gone=Sum("gone")
    )
    done = sum(counted[name] or 0 for name in ("sent", "failed", "doubtful", "gone"))
    left = max(0, (counted["total"] or 0) - done)
    last = Channel.objects.filter(code=code).first()
    age = 0
    if left and last is not None and last.figures.get("done") == done and last.figures.get("left") == left:
        age = (last.queue_age_seconds or 0) + (seconds_since(last.checked_at, now) or 0)
    day = Mailing.objects.filter(line=line, created_at__gt=now - timedelta(days=1))
    told = day.aggregate(sent=Sum("sent"), failed=Sum("failed"))
    sent, failed = told["sent"] or 0, told["failed"] or 0
    figures = {
        "left": left,
        "done": done,
        "sent": sent,
        "bounced": failed,
        "bounce_percent": rules.share_percent(failed, sent + failed),
    }
    late = rules.age_state(age, slow=STALL_SLOW, failing=STALL_FAILING)
    if late is not State.OK:
        return Result(late, "stalled", queue_age_seconds=age, figures=figures)
    if sent + failed >= BOUNCE_SAMPLE and figures["bounce_percent"] >= BOUNCE_SLOW_PERCENT:
        percent = {"percent": figures["bounce_percent"]}
        return Result(State.SLOW, "refused", percent, queue_age_seconds=age, figures=figures)
    return Result(queue_age_seconds=age, figures=figures)


def mailings(now: datetime) -> Result:
    """See whether letters to followers move."""
    return stalled("mailings", "mail", now)


def push(now: datetime) -> Result:
    """Seal and sign a push for a browser that does not exist, as for a real one, and see whether real ones move."""
    if not settings.PUSH_KEY:
        return Result()  # this site offers none
    try:
        receiver = webpush.public_key(settings.PUSH_KEY)
        webpush.encrypt(b"{}", receiver, webpush.unpadded(os.urandom(16)))
        webpush.authorization("https://push.invalid/x", settings.PUSH_KEY, settings.PUSH_CONTACT, now)
    except (ValueError, Refused):
        return Result(State.FAILING, "cannot_sign")
    return stalled("push", "push", now)


def outbox(now: datetime) -> Result:
    """See how long the oldest delivery is overdue, and whether any was given up in the last day."""
    due = Delivery.objects.filter(due_at__lte=now)
    age = seconds_since(due.aggregate(first=Min("scheduled_at"))["first"], now)
    given_up = Delivery.objects.filter(state=Delivery.State.GIVEN_UP, scheduled_at__gt=now - timedelta(days=1)).count()
    figures = {"due": due.count(), "given_up": given_up}
    late = rules.age_state(age, slow=LATE_SLOW, failing=LATE_FAILING)
    if late is not State.OK:
        return Result(late, "late", queue_age_seconds=age, figures=figures)
    if given_up:
        return Result(State.SLOW, "given_up", {"n": given_up}, queue_age_seconds=age, figures=figures)
    return Result(queue_age_seconds=age, figures=figures)


SAMPLE = "编号,内容,作者,时间\nself-test-1,自动测试的一条留言,测试,2026-01-01 09:00\nself-test-2,Another one,,\n"


def imports(now: datetime) -> Result:
    """Read a small table of messages the way the import screen does; nothing of it is kept."""
    try:
        checked = inbound.check(SAMPLE.encode(), channel="self-test", now=now, actor=SYSTEM)
    except Refused as refusal:
        return Result(State.FAILING, "not_read", {"code": refusal.code})
    if checked.faults or len(checked.messages) != 2:
        return Result(State.FAILING, "not_read", {"code": "rows"})
    return Result()


_LINE_DETAILS = {
    "stalled": _("What was begun does not go on."),
    "refused": _("Of the last day %(percent)s%% was turned down."),
    "cannot_sign": _("Pushes cannot be signed: the key is not right."),
}
_LINE_FIGURES = {
    "left": _("Left of what was begun"),
    "sent": _("Sent in the last day"),
    "bounced": _("Turned down by the receiver"),
    "bounce_percent": _("Turned down, in per cent"),
}

PROBES = (
    Probe(
        code="mailings",
        order=32,
        label=_("Letters to followers"),
        interval_seconds=60,
        run=mailings,
        details=_LINE_DETAILS,
        figures=_LINE_FIGURES,
        instead=_("The feeds tell the same, at once."),
    ),
    Probe(
        code="push",
        order=34,
        label=_("Messages in the browser"),
        interval_seconds=60,
        run=push,
        details=_LINE_DETAILS,
        figures=_LINE_FIGURES,
        instead=_("The feeds tell the same, at once."),
    ),
    Probe(
        code="outbox",
        order=36,
        label=_("Other channels"),
        interval_seconds=60,
        run=outbox,
        details={
            "late": _("What should have gone to other channels waits."),
            "given_up": _("In the last day %(n)s deliveries were given up."),
        },
        figures={"due": _("Deliveries that wait"), "given_up": _("Given up after every try")},
        instead=_("Everything that is published stands on this site first."),
    ),
    Probe(
        code="imports",
        order=80,
        label=_("Messages from other channels"),
        interval_seconds=300,
        run=imports,
        details={"not_read": _("A table of messages read as a test was not understood (%(code)s).")},
        public=False,
    ),
)
