"""Every read of following: what pages and feeds show, and how mailings are doing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import get_language

from engage.accounts.actors import Actor
from engage.outreach.follows import registry, rules
from engage.outreach.follows.models import Event, EventTag, Follow, Follower, Line, Mailing, Recipient
from engage.outreach.follows.registry import Followable, Name, Tag, Told
from engage.outreach.follows.words import REASONS
from engage.participation.vault import blind_index

State = Recipient.State


@dataclass(frozen=True)
class Item:
    """One entry of a feed or of a list of news."""

    event: Event
    told: Told


def news(tag: Tag, *, limit: int = 50) -> list[Item]:
    """Return what was told last under one tag and is public now, newest first, in the active language."""
    found: list[Item] = []
    below: int | None = None
    while len(found) < limit:
        rows = EventTag.objects.filter(kind=tag.kind, ref=tag.ref, number__isnull=False).select_related("event")
        if below is not None:
            rows = rows.filter(number__lt=below)
        page = list(rows.order_by("-number")[:limit])
        if not page:
            break
        below = page[-1].number
        events = [row.event for row in page]
        told = registry.tell(events)
        found += [Item(event, told[event.pk]) for event in events if event.pk in told]
    return sorted(found[:limit], key=lambda item: item.event.at, reverse=True)


@dataclass(frozen=True)
class Choices:
    """What the page about following offers of one kind."""

    kind: Followable
    options: Sequence[tuple[Tag, Name]]

    @property
    def has_feeds(self) -> bool:
        """Tell whether each of them has a page and feeds of its own."""
        return self.kind.find is not None and bool(self.options)


def choices() -> list[Choices]:
    """Return everything that the page about following offers, in its order."""
    return [
        Choices(kind, [(Tag(kind.code, ref), name) for ref, name in kind.choices()])
        for kind in registry.followables()
        if kind.choices is not None
    ]


def found_by_address(kind: str, code: str) -> tuple[Tag, Name] | None:
    """Return the thing whose feed an address names; None where there is none."""
    thing = registry.followable(kind)
    ref = thing.find(code) if thing is not None and thing.find is not None else None
    if ref is None:
        return None
    tag = Tag(kind, ref)
    name = registry.names_of([tag]).get(tag)
    return (tag, name) if name is not None else None


def followed(follower: Follower, *, waiting: bool = False) -> list[tuple[Follow, Name]]:
    """Return what somebody follows, or asked for and did not confirm; what is hidden at present is left out."""
    rows = follower.follows.filter(confirmed_at__isnull=waiting).order_by("pk")
    tags = {Tag(row.kind, row.ref): row for row in rows}
    names = registry.names_of(list(tags))
    return [(row, names[tag]) for tag, row in tags.items() if tag in names]


def waiting_to_confirm(follower: Follower, now: datetime) -> list[tuple[Follow, Name]]:
    """Return what a link can still confirm."""
    from engage.outreach.follows.actions.following import UNCONFIRMED

    return [pair for pair in followed(follower, waiting=True) if pair[0].asked_at > now - UNCONFIRMED]


def browser(endpoint: str) -> Follower | None:
    """Return the follower of a browser that names the address its pushes come to; nobody else knows it."""
    found = Follower.objects.select_related("push").filter(push__endpoint_index=blind_index("push", endpoint))
    return found.first()


# --- the desk -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """One mailing as the desk shows it; `waiting` counts what is queued or in a worker's hand."""

    mailing: Mailing
    subject: str
    waiting: int
    rate: float

    @property
    def percent(self) -> int:
        """How much of it is done."""
        total = self.mailing.total
        return 100 if not total else (total - self.waiting) * 100 // total


def mailings(*, actor: Actor, limit: int = 100) -> list[Progress]:
    """Return the newest mailings that anybody gets."""
    return [_progress(mailing) for mailing in _shown(actor)[:limit]]


def mailing(pk: int, *, actor: Actor) -> Progress | None:
    """Return one mailing."""
    found = _shown(actor).filter(pk=pk).first()
    return _progress(found) if found is not None else None


def _shown(actor: Actor) -> QuerySet[Mailing]:
    digests_for_nobody = {"state": Mailing.State.DONE, "total": 0}
    return Mailing.objects.visible_to(actor).exclude(**digests_for_nobody).prefetch_related("texts").order_by("-pk")


def _progress(mailing: Mailing) -> Progress:
    texts = {text.language: text.subject for text in mailing.texts.all()}
    subject = texts.get(get_language() or "") or next(iter(texts.values()), "")
    done = mailing.sent + mailing.failed + mailing.uncertain + mailing.gone
    rate = mailing.sent / mailing.busy_seconds if mailing.busy_seconds else 0.0
    return Progress(mailing, subject, mailing.total - done, rate)


@dataclass(frozen=True)
class Listed:
    """One recipient that somebody should look at: as much of the address as tells it apart, and why."""

    address: str
    state: str
    reason: str
    answer: str
    at: datetime | None


def listed(mailing: Mailing, *, limit: int = 200) -> list[Listed]:
    """Return who was refused or is uncertain, newest first."""
    rows = list(
        Recipient.objects.filter(mailing=mailing, state__in=[State.FAILED, State.UNCERTAIN]).order_by("-pk")[:limit]
    )
    found = Follower.objects.filter(pk__in=[row.follower_id for row in rows]).select_related("contact")
    addresses = {one.pk: rules.masked(one.contact.email) for one in found if one.contact is not None}
    return [
        Listed(
            addresses.get(row.follower_id, ""),
            row.get_state_display(),
            str(REASONS.get(row.error, "")),
            "" if row.error in REASONS else row.error,
            row.at,
        )
        for row in rows
    ]


def resting_lines() -> list[Line]:
    """Return the lines whose other side is away."""
    return list(Line.objects.filter(next_try_at__isnull=False, down_since__isnull=False).order_by("code"))


def follower_counts() -> dict[str, int]:
    """Return how many confirmed followers there are by line."""
    confirmed = Follower.objects.filter(confirmed_at__isnull=False)
    return {
        "mail": confirmed.filter(contact__isnull=False).count(),
        "push": confirmed.filter(contact__isnull=True).count(),
    }
