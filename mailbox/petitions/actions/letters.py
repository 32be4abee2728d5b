"""Letters to signers: written as rows, looked at by limits and lists, composed and sent by the worker, at most once.

A letter waits until `sift` has asked whether its signature is to be held; then it is ready. A turn takes a few ready
letters in its hand (committed), composes and sends them over one connection, and writes the outcomes and the next few
in one transaction. What a killed worker held is listed as uncertain when its time is over, and not sent again blindly.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from engage import schedule
from engage.accounts.actors import SYSTEM
from engage.errors import Refused
from engage.journal import actions as journal
from engage.outreach.follows import rules as following
from engage.outreach.follows.carriers import Away, Outcome
from engage.outreach.follows.carriers import State as Came
from engage.outreach.follows.carriers.mail import MailCarrier
from mailbox.petitions.models import Petition, Signature, SignatureLetter, letters_due
from mailbox.petitions.signing import links

log = logging.getLogger(__name__)

SIFTED_AT_ONCE = 1_000
CHUNK = 20
TURN_SECONDS = 5.0
_AWAY = "signature-mail-away"
_AWAY_SECONDS = 15
State = SignatureLetter.State
_STATES = {Came.SENT: State.SENT, Came.FAILED: State.FAILED, Came.UNCERTAIN: State.UNCERTAIN, Came.GONE: State.STOPPED}


@dataclass(frozen=True)
class Letter:
    """One letter to be composed. `standing` of the address and person: "new", "signed" (counts already), "full".

    `other` is the signature that counts already, where there is one.
    """

    row: SignatureLetter
    signature: Signature
    petition: Petition
    standing: str = "new"
    other: int | None = None


@dataclass(frozen=True)
class Words:
    """What a letter says."""

    subject: str
    body: str


Compose = Callable[[Letter], Words | None]


@dataclass(frozen=True)
class Kind:
    """A kind of letter. `is_news`: only for those who asked for news, with the way off the list in head and foot."""

    compose: Compose
    is_news: bool = False
    is_sifted: bool = False


_kinds: dict[str, Kind] = {}


def register(kind: str, compose: Compose, *, is_news: bool = False, is_sifted: bool = False) -> None:
    """Say how letters of a kind are composed, in the signer's language, which is active.

    `compose` returns None when there is nothing to say any more. `is_sifted`: limits and lists are asked before.
    """
    _kinds[kind] = Kind(compose, is_news, is_sifted)


def write(signature_ids: Iterable[int], kind: str, *, about: int = 0) -> int:
    """Write letters of a kind in the caller's transaction, each signer's once for one `about`; returns how many."""
    rows = [SignatureLetter(signature_id=key, kind=kind, about=about) for key in signature_ids]
    before = SignatureLetter.objects.filter(kind=kind, about=about, signature__in=[row.signature_id for row in rows])
    known = set(before.values_list("signature_id", flat=True))
    fresh = [row for row in rows if row.signature_id not in known]
    SignatureLetter.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    return len(fresh)


def release(signature_ids: Sequence[int]) -> int:
    """Let the letters of signatures that were held go out after all; returns how many."""
    stopped = SignatureLetter.objects.filter(signature__in=signature_ids, state=State.STOPPED, said="held")
    return stopped.update(state=State.READY, said="", next_try_at=timezone.now())


# --- looked at -----------------------------------------------------------------------------------------------------


def sift(*, now: datetime, limit: int = SIFTED_AT_ONCE) -> int:
    """Ask limits and lists about the letters that wait, in the order they came; returns how many were looked at.

    Held signatures get no letter, and nobody is told. One row of the journal says which requests came in.
    """
    from mailbox.petitions.actions import guarding

    with transaction.atomic():
        waiting = SignatureLetter.objects.select_for_update(skip_locked=True).filter(
            letters_due(), state=State.WAITING, next_try_at__lte=now
        )
        rows = list(waiting.order_by("next_try_at", "pk").values_list("pk", "signature_id", "kind", "about")[:limit])
        if not rows:
            return 0
        # A letter that is sent again is no new request.
        asking = [key for _pk, key, kind, about in rows if not about and kind in _kinds and _kinds[kind].is_sifted]
        signatures = list(Signature.objects.filter(pk__in=asking).defer("name", "email"))
        held = guarding.hold(signatures, now) if signatures else {}
        for why in set(held.values()):
            keys = [key for key, code in held.items() if code == why]
            Signature.objects.filter(pk__in=keys, state=Signature.State.PENDING).update(
                state=Signature.State.HELD, why=why
            )
        stopped = [pk for pk, key, _kind, _about in rows if key in held]
        SignatureLetter.objects.filter(pk__in=stopped).update(state=State.STOPPED, said="held")
        ready = [pk for pk, key, _kind, _about in rows if key not in held]
        SignatureLetter.objects.filter(pk__in=ready).update(state=State.READY)
        if signatures:
            _record(signatures, len(held))
    return len(rows)


def _record(signatures: Sequence[Signature], held: int) -> None:
    digest = sha256()
    keys = sorted((signature.pk, signature.token_digest) for signature in signatures)
    for key, token in keys:
        digest.update(f"{key}:{token}\n".encode())
    journal.record(
        SYSTEM,
        "petition.signatures_asked",
        "petitions.signature",
        first=keys[0][0],
        last=keys[-1][0],
        n=len(keys),
        held=held,
        digest=digest.hexdigest(),
    )


# --- sent ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Job:
    """What the carrier hands over."""

    recipient_id: int
    letter: EmailMessage
    tries: int


class _Carrier(MailCarrier):
    """The mail line of followers with letters of our own."""

    def written(self, job: _Job) -> EmailMessage:  # type: ignore[override]
        """Return the letter of a job."""
        return job.letter


def carry(*, clock: Callable[[], datetime] = timezone.now, seconds: float = TURN_SECONDS) -> int:
    """Look at what waits, then send for a while; returns how many letters went out."""
    # Twice a second there is nothing to do: one read instead of three transactions that write.
    if not SignatureLetter.objects.filter(letters_due(), next_try_at__lte=clock()).exists():
        return 0
    expire(now=clock())
    ends = time.monotonic() + seconds
    while sift(now=clock()) and time.monotonic() < ends:
        continue
    if cache.get(_AWAY):
        return 0
    sent = 0
    jobs = _exchange([], clock(), more=True)
    if not jobs:
        return 0
    try:
        with _Carrier() as carrier:
            while jobs:
                until = time.monotonic() + settings.MAILING_LEASE_SECONDS / 2
                outcomes = carrier.deliver(jobs, until=until)  # type: ignore[arg-type]
                sent += sum(outcome.state == Came.SENT for outcome in outcomes)
                goes_on = time.monotonic() < ends and not schedule.stopping.is_set() and not carrier.away
                jobs = _exchange(outcomes, clock(), more=goes_on)
            if carrier.away:
                cache.set(_AWAY, carrier.away, _AWAY_SECONDS)
    except Away as away:
        _exchange([Outcome(job.recipient_id, Came.QUEUED) for job in jobs], clock(), more=False)
        cache.set(_AWAY, str(away), _AWAY_SECONDS)
    return sent


def expire(*, now: datetime) -> int:
    """List as uncertain what a worker held that did not come back in time."""
    lost = SignatureLetter.objects.filter(letters_due(), state=State.CLAIMED, next_try_at__lte=now)
    return lost.update(state=State.UNCERTAIN, said="cut_off")


def _exchange(outcomes: list[Outcome], now: datetime, *, more: bool) -> list[_Job]:
    """Write down what came of the last few and take the next few, in one transaction; then compose those."""
    while True:
        with transaction.atomic():
            _write(outcomes, now)
            rows = _take(now) if more else []
        outcomes, jobs = [], []
        for letter in _letters(rows):
            made = letter if isinstance(letter, Outcome) else _job(letter)
            if isinstance(made, Outcome):
                outcomes.append(made)
            else:
                jobs.append(made)
        if outcomes:
            with transaction.atomic():
                _write(outcomes, now)
            outcomes = []
        if jobs or not rows:
            return jobs


def _write(outcomes: list[Outcome], now: datetime) -> None:
    groups: dict[tuple[Came, str, int, bool], list[int]] = {}
    for one in outcomes:
        groups.setdefault((one.state, one.error, one.wait, one.tried), []).append(one.recipient_id)
    for (came, error, wait, tried), keys in groups.items():
        # Listed as uncertain meanwhile: we know better.
        held = SignatureLetter.objects.filter(pk__in=keys, state__in=[State.CLAIMED, State.UNCERTAIN])
        if came == Came.QUEUED:
            for pk, tries in list(held.values_list("pk", "tries")):
                over = tried and tries + 1 >= following.TRIES
                SignatureLetter.objects.filter(pk=pk).update(
                    state=State.FAILED if over else State.READY,
                    tries=tries + int(tried),
                    next_try_at=now + timedelta(seconds=wait),
                    said=error[:200],
                )
            continue
        held.update(state=_STATES[came], said=error[:200], sent_at=now if came == Came.SENT else None)


def _take(now: datetime) -> list[SignatureLetter]:
    ready = SignatureLetter.objects.select_for_update(skip_locked=True).filter(
        letters_due(), state=State.READY, next_try_at__lte=now
    )
    rows = list(ready.order_by("next_try_at", "pk")[:CHUNK])
    lease = now + timedelta(seconds=settings.MAILING_LEASE_SECONDS)
    SignatureLetter.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.CLAIMED, next_try_at=lease)
    return rows


def _letters(rows: Sequence[SignatureLetter]) -> list[Letter | Outcome]:
    """Read what is needed to compose letters: in two queries for all of them."""
    try:
        signatures = _signatures([row.signature_id for row in rows])
    except Refused as refused:  # the key of one address is gone: the others go out
        if len(rows) == 1:
            return [Outcome(rows[0].pk, Came.FAILED, refused.code)]
        return [letter for row in rows for letter in _letters([row])]
    counted = Signature.objects.counted().filter(
        petition__in={one.petition_id for one in signatures.values()},
        address__in={one.address for one in signatures.values() if one.address},
    )
    persons: dict[tuple[int, str | None], dict[str | None, int]] = {}
    for petition_id, address, person, pk in counted.values_list("petition_id", "address", "person", "pk"):
        persons.setdefault((petition_id, address), {})[person] = pk
    letters: list[Letter | Outcome] = []
    for row in rows:
        signature = signatures[row.signature_id]
        there = persons.get((signature.petition_id, signature.address), {})
        other = there.get(signature.person)
        standing = "signed" if other else "full" if len(there) >= 2 else "new"
        letters.append(Letter(row, signature, signature.petition, standing, other))
    return letters


def _signatures(keys: Sequence[int]) -> dict[int, Signature]:
    return {one.pk: one for one in Signature.objects.filter(pk__in=keys).select_related("petition__submission")}


def _job(letter: Letter) -> _Job | Outcome:
    """Compose a letter; an outcome instead when there is nothing to say any more, or nobody to say it to."""
    pk, signature = letter.row.pk, letter.signature
    kind = _kinds.get(letter.row.kind)
    if kind is None:
        return Outcome(pk, Came.FAILED, "unknown_kind")
    if not signature.email or (kind.is_news and not signature.wants_news):
        return Outcome(pk, Came.GONE, "nothing_to_say")
    with translation.override(signature.language):
        try:
            words = kind.compose(letter)
        except Exception as exc:  # one letter at which the program fails holds none up; the list shows it
            log.exception("letter %s cannot be composed", pk)
            return Outcome(pk, Came.FAILED, type(exc).__name__)
        if words is None:
            return Outcome(pk, Came.GONE, "nothing_to_say")
        headers = {"Message-ID": links.message_id(pk), "Auto-Submitted": "auto-generated"}
        body = words.body
        if kind.is_news:
            leave = links.leaving(signature.pk, signature.language)
            headers |= {
                "List-Unsubscribe": f"<{leave}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Precedence": "bulk",
            }
            foot = _("You signed this petition and asked for letters about it. To end them:\n%(url)s") % {"url": leave}
            body = f"{body}\n\n--\n{foot}\n"
    subject = " ".join(words.subject.split())
    return _Job(pk, EmailMessage(subject, body, to=[signature.email], headers=headers), letter.row.tries)
