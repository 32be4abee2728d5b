"""What the desk adds to the letter that officers get in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from engage.accounts.models import User
from mailbox.desk.queries import mentions_for
from mailbox.models import Case

LISTED = 20


def late_words_part(user: User, since: datetime) -> list[str]:
    """Name the cases in which the sender wrote after the answer: those of the person, and of the unit nobody's."""
    cases = Case.objects.at_desk_of(user).filter(at_desk=False, late_words__isnull=False)
    cases = cases.filter(Q(owner=user) | Q(owner=None)).select_related("submission").order_by("late_words__at", "pk")
    return _named(gettext("The sender wrote after the answer in these cases:"), list(cases[:LISTED]))


def mentions_part(user: User, since: datetime) -> list[str]:
    """Name the cases in whose notes a person is named and has not said to have seen it, each once."""
    cases = {one.note.case_id: one.note.case for one in mentions_for(user)[: LISTED * 5]}
    return _named(gettext("You are named in notes on these cases:"), list(cases.values())[:LISTED])


def _named(said: str, cases: Sequence[Case]) -> list[str]:
    # No word of a case leaves the house in an officer's mail.
    lines = [f"{case.reference}: {settings.PUBLIC_URL}{reverse('desk_case', args=[case.pk])}" for case in cases]
    return ["\n".join([said, *lines])] if lines else []
