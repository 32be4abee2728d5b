"""Petitions that wait for moderation, with their starter and sponsors; moderators; the letters they cause."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core import mail
from django.utils import timezone

from engage.accounts.actors import Role
from engage.accounts.models import User
from engage.participation.actions import deliver_mail
from engage.participation.models import Contact
from mailbox.petitions.actions import letters
from mailbox.petitions.models import Petition, Signature, State
from tests.accounts.people import person
from tests.petitions import factories

STARTER = "starter@example.org"


def waiting(
    state: str = State.WAITING,
    *,
    sponsors: int = 5,
    starter: bool = True,
    language: str = "zh-hans",
    now: datetime | None = None,
    **fields: Any,
) -> Petition:
    """Write a petition with a starter who has an address, and sponsors who confirmed."""
    moment = now or timezone.now()
    made = factories.petition(state, now=moment, language=language, **fields)
    made.submission.language = language
    made.submission.contact = Contact.objects.create(email=STARTER, delete_after=moment + timedelta(days=99))
    made.submission.save()
    said = Signature.State.CONFIRMED if starter else Signature.State.PENDING
    factories.signature(made, said, part=Signature.Part.STARTER, language=language, now=moment)
    for _one in range(sponsors):
        factories.signature(made, part=Signature.Part.SPONSOR, language=language, now=moment)
    return made


def officer() -> User:
    """A moderator."""
    return person(Role.OFFICER)


def post() -> list[Any]:
    """Let the worker send everything; returns the letters of this round."""
    before = len(mail.outbox)
    later = timezone.now() + timedelta(seconds=5)
    deliver_mail(now=later)
    letters.carry(clock=lambda: later)
    return mail.outbox[before:]
