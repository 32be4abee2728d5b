"""Digests: one letter with all that happened since the last one."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from engage.outreach.follows import rules
from engage.outreach.follows.actions.following import newest_number
from engage.outreach.follows.models import Mailing


def begin_digests(*, now: datetime) -> int:
    """Begin the digests whose hour has come, each once; returns how many.

    A digest for which nobody has anything to hear is a row without recipients: it says that the day is done.
    """
    begun = 0
    for due in rules.due_digests(now, timezone.get_default_timezone(), settings.FOLLOW_DIGEST_HOUR):
        key = f"digest:{due.rhythm}:{due.on.isoformat()}"
        if Mailing.objects.filter(key=key).exists():
            continue
        with transaction.atomic():
            _mailing, is_new = Mailing.objects.get_or_create(
                key=key, defaults={"rhythm": due.rhythm, "up_to": newest_number(), "created_at": now}
            )
        begun += is_new
    return begun
