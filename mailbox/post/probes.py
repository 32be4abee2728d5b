"""Whether mail comes in: its folder, the mailbox on a server, what is not read yet, what waits for a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from engage.outreach.health import rules
from engage.outreach.health.probes import HOUR, MINUTE, seconds_since
from engage.outreach.health.registry import Probe, Result
from engage.outreach.health.rules import State
from mailbox.post import ways
from mailbox.post.models import InMail

DAY = 24 * HOUR
FOLDER_SLOW, FOLDER_FAILING = 5 * MINUTE, HOUR
READING_SLOW, READING_FAILING = 5 * MINUTE, HOUR
PERSON_SLOW = 3 * DAY


def incoming(now: datetime) -> Result:
    """Look where mail comes from, and how long what came has waited: for the program first, then for a person."""
    if not settings.MAIL_ADDRESS:
        return Result()  # this site takes no mail
    new = _count(InMail.objects.filter(state=InMail.State.NEW))
    person = _count(InMail.objects.waiting())
    last = InMail.objects.exclude(way=InMail.Way.FILE).aggregate(last=Max("received_at"))["last"]
    figures = {"new": new["n"], "for_a_person": person["n"]}
    if last is not None:
        figures["hours_since_last"] = (seconds_since(last, now) or 0) // HOUR
    age = seconds_since(new["first"], now)
    state, detail, folder_age = _ways(now)
    if state is State.FAILING:
        return Result(state, detail, queue_age_seconds=folder_age or age, figures=figures)
    late = rules.age_state(age, slow=READING_SLOW, failing=READING_FAILING)
    if late is not State.OK:
        return Result(late, "not_read", queue_age_seconds=age, figures=figures)
    if state is not State.OK:
        return Result(state, detail, queue_age_seconds=folder_age, figures=figures)
    if (seconds_since(person["first"], now) or 0) >= PERSON_SLOW:
        return Result(State.SLOW, "for_a_person", {"n": person["n"]}, queue_age_seconds=age, figures=figures)
    return Result(queue_age_seconds=age, figures=figures)


def _count(mails: Any) -> dict[str, Any]:
    return {"n": mails.count(), "first": mails.aggregate(first=Min("received_at"))["first"]}


def _ways(now: datetime) -> tuple[State, str, int | None]:
    """Judge the folder and the mailbox on a server, as far as there are such."""
    if settings.MAIL_IMAP_URL and not ways.imap_answers(settings.MAIL_IMAP_URL):
        return State.FAILING, "server_away", None
    if not settings.MAIL_DROP_DIR:
        return State.OK, "", None
    try:
        age = seconds_since(ways.oldest_in_folder(settings.MAIL_DROP_DIR), now)
    except OSError:
        return State.FAILING, "folder_away", None
    state = rules.age_state(age, slow=FOLDER_SLOW, failing=FOLDER_FAILING)
    return state, "folder_full" if state is not State.OK else "", age


INCOMING = Probe(
    code="mail-in",
    order=31,
    label=_("Letters that come by e-mail"),
    interval_seconds=300,
    run=incoming,
    details={
        "server_away": _("The mailbox on the mail server cannot be opened. What is sent there waits on the server."),
        "folder_away": _("The folder into which mail is put cannot be read."),
        "folder_full": _("Mail lies in its folder and is not taken in."),
        "not_read": _("Mail was taken in and is not read yet."),
        "for_a_person": _("%(n)s mails wait for somebody to read them, the oldest for more than three days."),
    },
    figures={
        "new": _("Taken in, not read yet"),
        "for_a_person": _("Wait for somebody to read them"),
        "hours_since_last": _("Hours since the last mail"),
    },
    instead=_("Write on this site: what is sent here is taken at once."),
    public=False,
)
