"""A call in a frame on another site: who may frame it, what it shows, and what is sent from there."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils import timezone

from consultations.models import Consultation
from consultations.voices.models import EmbedHost
from engage.accounts.actors import Actor, Role, has_role
from engage.errors import Refused
from engage.journal import actions as journal

_SALT = "consultations.voices.embedding"


@dataclass(frozen=True)
class Ticket:
    """What a form in a frame carries instead of cookies: its one-time token, the call, the site, when it was made."""

    token: uuid.UUID
    slug: str
    host: str
    opened: datetime


def hosts_of(consultation: Consultation) -> list[str]:
    """Return the sites that may frame a call."""
    return list(EmbedHost.objects.filter(consultation=consultation).values_list("host", flat=True))


def sign(slug: str, host: str, now: datetime) -> str:
    """Make the ticket of a form; nobody can change what it says."""
    return signing.dumps([str(uuid.uuid4()), slug, host, now.timestamp()], salt=_SALT)


def read(signed: str, slug: str) -> Ticket:
    """Read the ticket of a form of this call; raises Refused("frame_stale")."""
    try:
        token, named, host, opened = signing.loads(signed[:1_000], salt=_SALT, max_age=24 * 3600)
        moment = datetime.fromtimestamp(opened, tz=timezone.get_current_timezone())
        ticket = Ticket(uuid.UUID(token), named, host, moment)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused("frame_stale") from None
    if ticket.slug != slug:
        raise Refused("frame_stale")
    return ticket


@transaction.atomic
def set_hosts(consultation_id: int, hosts: Sequence[str], *, actor: Actor) -> None:
    """Say which sites may frame a call; raises Refused("not_allowed") unless the actor is an editor."""
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    consultation = Consultation.objects.select_for_update().get(pk=consultation_id)
    EmbedHost.objects.filter(consultation=consultation).exclude(host__in=hosts).delete()
    EmbedHost.objects.bulk_create(
        [EmbedHost(consultation=consultation, host=host) for host in hosts], ignore_conflicts=True
    )
    journal.record(actor, "consultation.embed_hosts", consultation, hosts=list(hosts))
