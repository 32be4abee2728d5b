"""Every write of the preflight: that somebody looked at a page, and what the worker found out about links."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.db.models import F, Q

from engage.accounts.actors import Actor, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.publishing.preflight import freshness, inside, registry
from engage.publishing.preflight.bundle import Form
from engage.publishing.preflight.models import Link, LinkUse, Watched
from engage.publishing.preflight.queries import digest_of, hosts
from engage.publishing.preflight.registry import Released
from engage.publishing.preflight.rules.links import links_of
from engage.publishing.preflight.rules.markup import parse

SCAN_EVERY = timedelta(days=1)
TRY_EVERY = timedelta(days=7)
TRY_AGAIN = timedelta(hours=6)
# One bad day of another site is no broken link.
FAILURES_TO_TELL = 2
# What only says that programs are not served, or not now.
_UNSURE = frozenset({401, 403, 407, 408, 425, 429, 451, 500, 502, 503, 504, 999})
_WANTS_GET = frozenset({400, 403, 404, 405, 500, 501})
_GONE = frozenset({404, 410})
# Our own rules about where requests go say nothing about the page.
_NOT_TRIED = frozenset({"outbound_scheme", "outbound_port", "outbound_credentials"})
_THERE = frozenset({"outbound_too_large", "outbound_redirect_scheme"})


@transaction.atomic
def mark_reviewed(kind: str, key: str, *, now: datetime, actor: Actor) -> Watched:
    """Record that an editor looked at something public and found it still right.

    Raises Refused("not_allowed"), Refused("not_watched") for what is not public.
    """
    if not has_role(actor, *freshness.ROLES):
        raise Refused("not_allowed")
    watch = registry.watch_of(kind)
    if watch is None or not any(one.key == key for one in watch.released()):
        raise Refused("not_watched")
    row, _made = Watched.objects.get_or_create(kind=kind, key=key)
    row.reviewed_at, row.reviewed_by = now, actor if isinstance(actor, User) else None
    row.save(update_fields=["reviewed_at", "reviewed_by"])
    journal.record(actor, "page.reviewed", row, kind=kind, key=key)
    return row


# --- reading what is public -----------------------------------------------------------------------------------------


def scan(*, most: int, now: datetime) -> int:
    """Read the links of those public pages that were read longest ago or changed since; return how many."""
    read = 0
    for watch in registry.watches():
        released = {one.key: one for one in watch.released()}
        known = set(Watched.objects.filter(kind=watch.kind).values_list("key", flat=True))
        if gone := known - set(released):
            Watched.objects.filter(kind=watch.kind, key__in=gone).delete()
        new = [Watched(kind=watch.kind, key=key) for key in released if key not in known]
        Watched.objects.bulk_create(new, ignore_conflicts=True)
        rows = Watched.objects.filter(kind=watch.kind).order_by(F("scanned_at").asc(nulls_first=True), "pk")
        for row in rows:
            if read >= most:
                return read
            if _is_due(row, released.get(row.key), now):
                _scan(row, released[row.key], now)
                read += 1
    Link.objects.filter(uses=None).delete()
    return read


def _is_due(row: Watched, one: Released | None, now: datetime) -> bool:
    if one is None:
        return False
    return row.scanned_at is None or row.scanned_at < one.changed_at or now - row.scanned_at >= SCAN_EVERY


def _scan(row: Watched, one: Released, now: datetime) -> None:
    found: set[tuple[str, str, bool]] = set()
    for language, url in one.urls.items():
        if url:
            found |= {(language, *place) for place in _addresses(inside.ask(url).html, url, language)}
    with transaction.atomic():
        _store(row, found, now)
        row.scanned_at = now
        row.save(update_fields=["scanned_at"])


def _addresses(html: str, url: str, language: str) -> set[tuple[str, bool]]:
    """Return what a page leads to: address, and whether it is ours (then it is a path)."""
    ours, found = hosts(), set()
    for link in links_of(Form("page", "", language, html=html), parse(html)):
        try:
            parts = urlsplit(urljoin(url, link.href))
        except ValueError:
            continue  # the preflight tells the author; there is no address to try
        if parts.scheme in ("http", "https") and parts.netloc and parts.netloc.lower() not in ours:
            found.add((parts._replace(fragment="").geturl(), False))
        elif parts.scheme in ("", "http", "https") and parts.path:
            found.add((parts.path, True))
    return found


def _store(row: Watched, found: set[tuple[str, str, bool]], now: datetime) -> None:
    digests = {digest_of(address): (address, internal) for _language, address, internal in found}
    Link.objects.bulk_create(
        (
            Link(digest=digest, address=address, internal=internal, due_at=now)
            for digest, (address, internal) in digests.items()
        ),
        ignore_conflicts=True,
    )
    links = Link.objects.in_bulk(list(digests), field_name="digest")
    uses = {(links[digest_of(address)].pk, language) for language, address, _internal in found}
    kept = {(use.link_id, use.language): use.pk for use in row.uses.all()}
    row.uses.filter(pk__in=[pk for place, pk in kept.items() if place not in uses]).delete()
    LinkUse.objects.bulk_create(
        (LinkUse(watched=row, link_id=link, language=language) for link, language in uses - set(kept)),
        ignore_conflicts=True,
    )


# --- trying links ---------------------------------------------------------------------------------------------------


class Reply(Protocol):
    """What another site answered."""

    status: int
    headers: dict[str, str]


Fetch = Callable[..., Reply]


def check_internal(*, most: int, now: datetime) -> int:
    """Try addresses of our own that are due, in this process; return how many."""
    due = _due(Link.objects.filter(internal=True), now)[:most]
    for link in due:
        if inside.leads_nowhere(link.address):
            _broken(link, "gone", now, at_once=True)
        else:
            _well(link, now)
    return len(due)


def check_external(*, most: int, fetch: Fetch, now: datetime) -> int:
    """Try addresses of other sites that are due, at most one of each host in a round; return how many.

    `fetch(url, method=..., headers=..., most_bytes=...)` keeps away from closed networks and raises Refused.
    """
    tried, asked = 0, set()
    for link in _due(Link.objects.filter(internal=False), now):
        host = urlsplit(link.address).hostname
        if tried >= most:
            break
        if host in asked:
            continue
        asked.add(host)
        tried += 1
        _try(link, fetch, now)
    return tried


def _due(links: Iterable[Link], now: datetime) -> list[Link]:
    return list(links.filter(Q(due_at__lte=now)).order_by("due_at", "pk")[:500])  # type: ignore[attr-defined]


def _try(link: Link, fetch: Fetch, now: datetime) -> None:
    headers = {"If-None-Match": link.etag} if link.etag else {}
    try:
        reply = fetch(link.address, method="HEAD", headers=headers, most_bytes=64 * 1024)
        if reply.status in _WANTS_GET:
            reply = fetch(link.address, method="GET", headers=headers, most_bytes=64 * 1024)
    except Refused as refusal:
        if refusal.code in _THERE:
            _well(link, now)
        elif refusal.code in _NOT_TRIED:
            _unsure(link, now)
        else:
            _broken(link, refusal.code, now)
        return
    if reply.status in _UNSURE:
        _unsure(link, now)
    elif reply.status >= 400:
        _broken(link, str(reply.status), now, at_once=reply.status in _GONE)
    else:
        link.etag = _tag(reply.headers.get("etag", "")) or (link.etag if reply.status == 304 else "")
        _well(link, now)


def _tag(etag: str) -> str:
    """Keep an entity tag that can be sent back as it is."""
    return etag if len(etag) <= 200 and etag.isascii() and etag.isprintable() else ""


def _well(link: Link, now: datetime) -> None:
    _save(link, Link.State.WELL, now, now + (SCAN_EVERY if link.internal else TRY_EVERY))


def _unsure(link: Link, now: datetime) -> None:
    _save(link, Link.State.UNSURE, now, now + TRY_EVERY)


def _broken(link: Link, fault: str, now: datetime, *, at_once: bool = False) -> None:
    failures = link.failures + 1
    told = at_once or failures >= FAILURES_TO_TELL
    again = now + (timedelta(minutes=10) if link.internal else TRY_AGAIN)
    state = Link.State.BROKEN if told else Link.State(link.state)
    _save(link, state, now, again, fault=fault[:40], failures=min(failures, 1000))


def _save(
    link: Link, state: Link.State, now: datetime, due_at: datetime, *, fault: str = "", failures: int = 0
) -> None:
    since = (link.broken_since or now) if state == Link.State.BROKEN else None
    link.state, link.fault, link.failures = state, fault, failures
    link.broken_since, link.checked_at, link.due_at = since, now, due_at
    link.save(update_fields=["state", "fault", "failures", "broken_since", "checked_at", "due_at", "etag"])
