"""Alarms about domains and networks that are suddenly busy: a line in the log, then a letter, at most one an hour."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engage.accounts.queries import administrators
from engage.participation import actions as participation
from engage.participation.models import Contact
from mailbox.petitions.guarding.domains import COMMON
from mailbox.petitions.guarding.words import mark_shown
from mailbox.petitions.models import Listed, Trend
from mailbox.petitions.queries.guard_pages import hour_of

log = logging.getLogger(__name__)

# Requests within one hour from one domain or one network. Providers for everybody and what is never held raise none.
NOTED_AT = 100
ALARM_AT = 200
# Of the address of such a letter; the account keeps its own.
KEPT = timedelta(days=30)
NAMED = 10


@transaction.atomic
def raise_alarms(*, now: datetime) -> int:
    """Write down what is busy this hour and has not been told, and tell the administrators once an hour.

    Returns how many domains and networks the letter names.
    """
    hour = hour_of(now)
    allowed = set(Listed.objects.filter(allowed=True).values_list("value", flat=True))
    busy = Trend.objects.select_for_update().filter(hour=hour, total__gte=NOTED_AT, alarmed_at=None)
    rows = [row for row in busy.exclude(what=Listed.What.DOMAIN, value__in=COMMON) if row.value not in allowed]
    for row in rows:
        log.info("petitions: %s requests this hour from %s %s", row.total, row.what, mark_shown(row.what, row.value))
    alarms = [row for row in rows if row.total >= ALARM_AT]
    told = Trend.objects.filter(alarmed_at__gt=now - timedelta(hours=1)).exists()
    if not alarms or told:
        return 0
    Trend.objects.filter(pk__in=[row.pk for row in alarms]).update(alarmed_at=now)
    _write(alarms, now)
    return len(alarms)


def _write(alarms: list[Trend], now: datetime) -> None:
    told = [_told(alarms, code) for code, _name in settings.LANGUAGES]
    subject = " / ".join(subject for subject, _body in told)
    body = "\n\n----\n\n".join(body for _subject, body in told)
    for person in administrators():
        contact = Contact.objects.create(email=person.email, delete_after=now + KEPT)
        participation.enqueue_letter(contact, subject=subject, body=body)


def _told(alarms: list[Trend], language: str) -> tuple[str, str]:
    with translation.override(language):
        lines = [
            ngettext("%(mark)s: %(n)d request this hour", "%(mark)s: %(n)d requests this hour", row.total)
            % {"mark": f"{row.get_what_display()} {mark_shown(row.what, row.value)}", "n": row.total}
            for row in sorted(alarms, key=lambda row: -row.total)[:NAMED]
        ]
        subject = _("Unusually many signatures from one place")
        body = _(
            "Requests to sign petitions come unusually often from these domains or networks:\n\n%(lines)s\n\n"
            "It may be the news, or a machine. Look at them, and give an order where it is one:\n%(page)s"
        ) % {"lines": "\n".join(lines), "page": settings.PUBLIC_URL + reverse("petition_guard")}
        return subject, body
