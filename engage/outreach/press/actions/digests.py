"""The monthly digest: made, given a foreword, let through by the gate, sent once to each address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from engage.accounts.actors import SYSTEM, Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.press import letters, queries, rules
from engage.outreach.press.access import check_editor
from engage.outreach.press.actions.media import keep, signed
from engage.outreach.press.models import Digest, MediaContact
from engage.outreach.press.queries.building import canonical
from engage.outreach.press.queries.digests import LEAVE
from engage.participation import actions as participation
from engage.publishing import gate

DIGEST = "media_digest"


@transaction.atomic
def make_digest(month: date, *, actor: Actor) -> Digest:
    """Begin the digest of a month. Raises Refused("not_allowed") and Refused("digest_exists")."""
    check_editor(actor)
    try:
        with transaction.atomic():
            digest = Digest.objects.create(month=month.replace(day=1), author=_person(actor))
    except IntegrityError as exc:
        raise Refused("digest_exists") from exc
    if isinstance(actor, User):
        digest.writers.add(actor)
    journal.record(actor, "digest.begun", digest, month=f"{digest.month:%Y-%m}")
    return digest


def _person(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def _locked(digest_id: int, revision: int, actor: Actor) -> Digest:
    check_editor(actor)
    digest = Digest.objects.select_for_update(of=("self",)).get(pk=digest_id)
    if digest.published_at is not None:
        raise Refused("digest_went_out")
    if digest.revision != revision:
        raise Refused("press_stale")
    return digest


@transaction.atomic
def write_digest(digest_id: int, foreword: Mapping[str, str], *, revision: int, actor: Actor) -> Digest:
    """Save the foreword.

    Raises Refused("not_allowed"), Refused("digest_went_out"), Refused("press_stale"), Refused("press_html").
    """
    digest = _locked(digest_id, revision, actor)
    if any(rules.holds_html(text) for text in foreword.values()):
        raise Refused("press_html")
    digest.foreword = {language: foreword.get(language, "").strip() for language in rules.LANGUAGES}
    digest.revision += 1
    digest.save(update_fields=["foreword", "revision"])
    if isinstance(actor, User):
        digest.writers.add(actor)
    journal.record(actor, "digest.written", digest)
    gate.touched(DIGEST, digest, actor=actor)
    return digest


@transaction.atomic
def hand_in_digest(digest_id: int, *, revision: int, now: datetime, actor: Actor) -> Any:
    """Hand a digest in for its reviews. Raises Refused("press_lacks", lacks=[...]), those above and of the gate."""
    digest = _locked(digest_id, revision, actor)
    if missing := queries.digest_lacks(digest, now):
        raise Refused("press_lacks", lacks=missing)
    return gate.request(DIGEST, digest, actor=actor, now=now)


@transaction.atomic
def publish_digest(digest: Digest, /, *, now: datetime, actor: Actor) -> None:
    """Freeze the letters, for the gate; the worker writes them to the list."""
    digest = Digest.objects.select_for_update(of=("self",)).get(pk=digest.pk)
    content = {
        language: dict(zip(("subject", "body"), queries.letter(digest, language), strict=True))
        for language in rules.LANGUAGES
    }
    digest.content, digest.content_hash = content, hashlib.sha256(canonical(content)).hexdigest()
    digest.published_at = now
    digest.save(update_fields=["content", "content_hash", "published_at"])
    journal.record(actor, "digest.published", digest, sha256=digest.content_hash)


@transaction.atomic
def write_letters(*, now: datetime, limit: int = 200) -> int:
    """Write the next letters of digests that are let through; each address once. Returns how many were written.

    The place reached is saved in the transaction that writes the letters, so a killed worker doubles none. Who joined
    after the digest was let through gets the next one.
    """
    written = 0
    owing = Digest.objects.filter(published_at__isnull=False, lettered_at__isnull=True).order_by("pk")
    for digest in owing.select_for_update(of=("self",), skip_locked=True)[:2]:
        rows = list(
            MediaContact.objects.counting()
            .filter(pk__gt=digest.lettered_up_to, confirmed_at__lte=digest.published_at)
            .select_related("contact")
            .order_by("pk")[:limit]
        )
        for row in rows:
            signature, said = signed(row), digest.content[row.language]
            participation.enqueue_letter(
                row.contact,
                subject=said["subject"],
                body=said["body"].replace(LEAVE, letters.leaving(row.language, signature)),
                unsubscribe=letters.one_click(row.language, signature),
            )
            keep(row, now)
        if rows:
            digest.lettered_up_to = rows[-1].pk
            digest.lettered += len(rows)
        if len(rows) < limit:
            digest.lettered_at = now
            journal.record(SYSTEM, "digest.sent", digest, n=digest.lettered)
        digest.save(update_fields=["lettered_up_to", "lettered", "lettered_at"])
        written += len(rows)
    return written
