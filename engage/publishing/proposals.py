"""Writes that go public at once, put behind the gate: proposed with all their words, signed, then carried out.

A room describes such a write once, in its `apps.py`:

    proposals.register(
        ProposedKind(
            "extension",
            _("extension of a call"),
            (HEAD, LEGAL),
            run=lambda proposal, now, actor: actions.extend_call(proposal.target_id, **..., now=now, actor=actor),
            forms=lambda proposal: [...],
            title=lambda proposal: ...,
        )
    )

and its view calls `proposals.propose("extension", payload, target_id=call.pk, actor=..., now=...)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.utils.functional import Promise

from engage.accounts.actors import SYSTEM, Actor
from engage.accounts.models import User
from engage.journal import actions as journal
from engage.publishing import actions, registry, rules
from engage.publishing.models import Proposal, Release
from engage.publishing.registry import Form, GatedKind, Key, Subject


class Run(Protocol):
    """Carry a proposal out in the name of who proposed it; refuses as the action does."""

    def __call__(self, proposal: Proposal, /, *, now: datetime, actor: Actor) -> Any: ...


@dataclass(frozen=True)
class ProposedKind:
    """One kind of write that the public reads at once."""

    code: str
    label: str | Promise
    keys: tuple[Key, ...]
    run: Run
    forms: Callable[[Proposal], Sequence[Form]]
    title: Callable[[Proposal], str]
    edit_url: Callable[[Proposal], str] = field(default=lambda proposal: "")


_kinds: dict[str, ProposedKind] = {}


def register(kind: ProposedKind) -> None:
    """Add a kind, here and at the gate."""
    _kinds[kind.code] = kind
    subject = Subject(
        model="publishing.Proposal",
        forms=kind.forms,
        writers=lambda proposal: {proposal.by_id} - {None},
        title=kind.title,
        edit_url=kind.edit_url,
        publish=carry_out,
    )
    registry.register(GatedKind(kind.code, kind.label, kind.keys, subject))


def registered() -> list[ProposedKind]:
    """List all kinds."""
    return list(_kinds.values())


def label(code: str) -> str:
    """Return what a kind is called in the active language."""
    return str(_kinds[code].label)


class _Tried(Exception):
    """Ends a trial: everything it wrote is rolled back."""


def _check(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    """Carry a proposal out and take all of it back: what the action refuses is refused now, at the form."""
    try:
        with transaction.atomic():
            _kinds[proposal.kind].run(proposal, now=now, actor=actor)
            raise _Tried
    except _Tried:
        return


@transaction.atomic
def propose(
    kind: str,
    payload: dict[str, Any],
    *,
    target_id: int | None = None,
    actor: Actor,
    now: datetime,
    release_at: datetime | None = None,
    emergency: str | None = None,
    days: int = rules.DAYS_USUAL,
) -> Release:
    """Hand a write in with all its words; it is carried out once every key is turned.

    Raises what the write itself refuses, tried without a trace, and the refusals of `actions.request`.
    """
    proposal = Proposal(
        kind=kind,
        target_id=target_id,
        payload=payload,
        by=actor if isinstance(actor, User) else None,
        made_at=now,
    )
    _check(proposal, now=now, actor=actor)
    proposal.save()
    return actions.request(kind, proposal, actor=actor, now=now, release_at=release_at, emergency=emergency, days=days)


def carry_out(proposal: Proposal, *, now: datetime, actor: Actor) -> None:
    """Do what was signed, once, in the proposer's name; the gate calls this."""
    if proposal.done_at is not None:
        return
    proposal.done_at = now
    proposal.save(update_fields=["done_at"])
    _kinds[proposal.kind].run(proposal, now=now, actor=proposal.by or SYSTEM)
    journal.record(actor, "release.carried_out", proposal, kind=proposal.kind)


def waiting(kind: str, target_id: int | None) -> list[Release]:
    """List what is proposed about a thing and not decided, the newest first."""
    proposals = Proposal.objects.filter(kind=kind, target_id=target_id, done_at=None).values("pk")
    return list(Release.objects.open().filter(kind=kind, object_id__in=proposals))
