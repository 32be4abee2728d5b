"""What administrators are told by letter when a channel breaks and when it works again: once each, in two languages."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engage.accounts.queries import administrators
from engage.outreach.health.models import Call, Incident
from engage.outreach.health.registry import Probe
from engage.outreach.health.words import detail_sentence
from engage.participation import actions as participation
from engage.participation.models import Contact

# Of the address of such a letter; the account keeps its own.
KEPT = timedelta(days=30)


def write(incident: Incident, probe: Probe, what: str, *, now: datetime) -> int:
    """Put one letter to each administrator into the outbox, in the caller's transaction; returns how many."""
    told = [_told(incident, probe, what, code) for code, _name in settings.LANGUAGES]
    subject = " / ".join(subject for subject, _body in told)
    body = "\n\n----\n\n".join(body for _subject, body in told)
    written = 0
    for person in administrators():
        contact = Contact.objects.create(email=person.email, delete_after=now + KEPT)
        participation.enqueue_letter(contact, subject=subject, body=body)
        written += 1
    return written


def _told(incident: Incident, probe: Probe, what: str, language: str) -> tuple[str, str]:
    with translation.override(language):
        words = {
            "channel": str(probe.label),
            "since": _moment(incident.opened_at),
            "detail": detail_sentence(probe, incident.detail, incident.values),
            "page": settings.PUBLIC_URL + reverse("desk_health"),
        }
        if what == Call.What.DOWN:
            subject = _("Channel down: %(channel)s")
            body = _("%(channel)s is down since %(since)s. %(detail)s\n\nDetails and a check at once:\n%(page)s")
            return subject % words, body % words
        assert incident.closed_at is not None
        words["until"] = _moment(incident.closed_at)
        subject = _("Channel works again: %(channel)s")
        body = _("%(channel)s works again. It was down from %(since)s to %(until)s. %(detail)s\n\nDetails:\n%(page)s")
        return subject % words, body % words


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
