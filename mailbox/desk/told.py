"""What the desk adds to the letter that officers get in the morning."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from engage.accounts.models import User
from mailbox.desk.queries import mentions_for

LISTED = 20


def mentions_part(user: User, since: datetime) -> list[str]:
    """Name the cases in whose notes a person is named and has not said to have seen it, each once."""
    cases = {one.note.case_id: one.note.case for one in mentions_for(user)[: LISTED * 5]}
    if not cases:
        return []
    # No word of a case leaves the house in an officer's mail.
    lines = [
        f"{case.reference}: {settings.PUBLIC_URL}{reverse('desk_case', args=[pk])}"
        for pk, case in list(cases.items())[:LISTED]
    ]
    return ["\n".join([gettext("You are named in notes on these cases:"), *lines])]
