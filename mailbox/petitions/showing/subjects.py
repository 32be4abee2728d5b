"""Petitions as things that can be told about: their share image, and what the outbox may announce."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import Actor
from engage.outreach.subjects import Kind, Shown
from engage.typed import whole_number
from mailbox.petitions.queries import showing as queries

CHOICES_MOST = 50


def find(id: str, language: str, actor: Actor) -> Shown | None:
    """Return a public petition; everybody sees the same of it."""
    key = whole_number(id, digits=18, otherwise=None)
    petition = queries.one_public(key) if key is not None else None
    if petition is None:
        return None
    row = queries.row_of(petition)
    return Shown(
        title=row.title,
        url=row.url,
        summary=row.action,
        department=str(petition.department) if petition.department else "",
        department_id=petition.department_id,
        dated=row.dated,
    )


def choices(actor: Actor) -> Sequence[tuple[str, str]]:
    """Offer the petitions that opened last."""
    return [(str(petition.pk), petition.title) for petition in queries.newest_open()[:CHOICES_MOST]]


KIND = Kind("petition", _("petition"), find=find, choices=choices, pages={"petition": "pk"})
