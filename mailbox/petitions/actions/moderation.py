"""Every write of moderation; one verb, one transaction. What is told leaves by the outbox and the signers' letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from engage.accounts.actors import SYSTEM, Actor, has_role
from engage.accounts.models import User
from engage.calendars.arithmetic import add_months, start_of_day
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import timeline
from engage.search import actions as search
from engage.search.terms import storable
from mailbox.petitions.actions import letters as signers
from mailbox.petitions.models import (
    MODERATORS,
    QUEUE_STATES,
    Petition,
    PetitionEvent,
    PetitionNote,
    PetitionTag,
    RejectionReason,
    Signature,
    State,
    Wording,
)
from mailbox.petitions.moderating import letters, rules
from mailbox.petitions.queries.moderation import unpublished
from mailbox.petitions.queries.settings import rules as rules_in_force
from mailbox.petitions.queries.starting import starter_has_confirmed

DUPLICATE = "duplicate"
LENGTHS = {"title": 80, "action": 300, "background": 300, "details": 800}
NOTE_MOST = rules.NOTE_LENGTH
STOPPED_AT_ONCE = 200
# So long a petition may look for sponsors. Then it ends, so that whoever signed it is forgotten in time.
GATHER_MONTHS = 6


# --- what every act does first and last -----------------------------------------------------------------------------


def _petition(petition_id: int, act: str, actor: Actor, revision: int | None) -> Petition:
    """Lock a petition for an act. Raises Refused("not_allowed"), Petition.DoesNotExist, Refused("petition_moved"),
    Refused("petition_act_not_now").
    """
    if not has_role(actor, *MODERATORS):
        raise Refused("not_allowed")
    petition = Petition.objects.visible_to(actor).select_for_update().get(pk=petition_id)
    if revision is not None and revision != petition.revision:
        raise Refused("petition_moved")
    if act:
        _check(petition, act)
    return petition


def _check(petition: Petition, act: str) -> None:
    asked, was_open = petition.hide_asked_at is not None, petition.opened_at is not None
    if not rules.may(act, petition.state, was_open=was_open, asked=asked):
        raise Refused("petition_act_not_now")


def _person(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def _two_person(actor: Actor) -> User:
    """Return who takes part in what needs two persons; the platform alone is nobody."""
    if not isinstance(actor, User):
        raise Refused("not_allowed")
    return actor


def _keep(petition: Petition, *fields: str) -> None:
    petition.revision += 1
    petition.save(update_fields=[*fields, "revision"])
    search.index(petition)


def _decide(petition: Petition, state: str, actor: Actor, now: datetime, *fields: str) -> None:
    """Write the state that a decision leads to."""
    petition.state = state
    petition.decided_at = now
    petition.decided_by = _person(actor)
    if state != State.OPEN:
        petition.ended_at = now
    _keep(petition, "state", "decided_at", "decided_by", "ended_at", *fields)


def _write_to_starter(petition: Petition, compose: Callable[[], tuple[str, str]]) -> None:
    """Put a letter to the starter into the outbox, in the starter's language."""
    with translation.override(petition.submission.language):
        subject, body = compose()
    participation.enqueue_mail(petition.submission, subject=subject, body=body)


def _write_to_sponsors(petition: Petition, kind: str, about: int) -> None:
    """Order a letter to each sponsor who confirmed; the worker composes and sends it, once."""
    sponsors = Signature.objects.filter(
        petition=petition, part=Signature.Part.SPONSOR, state=Signature.State.CONFIRMED, email__isnull=False
    )
    signers.write(list(sponsors.values_list("pk", flat=True)), kind, about=about)


def _note(text: str, most: int = NOTE_MOST) -> str:
    """Return what was typed; Refused("petition_note_long") for more than is kept."""
    words = storable(text).replace("\r\n", "\n").strip()
    if len(words) > most:
        raise Refused("petition_note_long", most=most)
    return words


def _reason(code: str, *, hides: bool) -> RejectionReason:
    reason = RejectionReason.objects.filter(code=code, active=True).first()
    if reason is None:
        raise Refused("petition_reason_missing")
    if reason.hides is not hides:
        raise Refused("petition_reason_shown" if hides else "petition_reason_hides")
    return reason


def _said(reason: RejectionReason) -> dict[str, str]:
    return {"zh": reason.title_zh, "en": reason.title_en}


# --- publishing and turning down ------------------------------------------------------------------------------------


@transaction.atomic
def open_petition(petition_id: int, *, actor: Actor, now: datetime, revision: int | None = None) -> Petition:
    """Publish a petition: everybody may sign it until the same second, so many months on.

    Starter and sponsors are told once. Raises Refused("petition_starter_unconfirmed") and what `_petition` raises.
    """
    petition = _petition(petition_id, "open", actor, revision)
    starters = Signature.objects.filter(petition=petition, part=Signature.Part.STARTER, state=Signature.State.CONFIRMED)
    if not starters.exists():
        raise Refused("petition_starter_unconfirmed")
    petition.opened_at = now
    petition.closes_at = rules.closing_moment(now, rules_in_force().months_open, ZoneInfo(settings.TIME_ZONE))
    # The link for sponsors is of no more use: from now on everybody signs at the petition.
    petition.sponsor_digest = ""
    _decide(petition, State.OPEN, actor, now, "opened_at", "closes_at", "sponsor_digest")
    event = PetitionEvent.objects.create(petition=petition, code="opened", at=now)
    last = petition.closes_at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    timeline.add(petition.submission, "petition_opened", at=now, day={"day": last.isoformat()})
    journal.record(actor, "petition.opened", petition, closes_at=petition.closes_at.isoformat())
    _write_to_starter(petition, lambda: letters.opened(petition, as_starter=True))
    _write_to_sponsors(petition, "opened", event.pk)
    return petition


@transaction.atomic
def reject_petition(
    petition_id: int, code: str, *, note: str = "", actor: Actor, now: datetime, revision: int | None = None
) -> Petition:
    """Turn a petition down for a reason that everybody may read, with what its starter can do about it.

    Raises Refused("petition_reason_missing"), Refused("petition_reason_hides") for a reason that two persons decide
    about, Refused("petition_note_long"), and what `_petition` raises.
    """
    petition = _petition(petition_id, "reject", actor, revision)
    petition.reason, petition.reason_note = _reason(code, hides=False), _note(note)
    petition.sponsor_digest = ""
    _decide(petition, State.REJECTED, actor, now, "reason", "reason_note", "sponsor_digest")
    event = PetitionEvent.objects.create(petition=petition, code="rejected", at=now, params={"reason": code})
    timeline.add(petition.submission, "petition_rejected", at=now, reason=_said(petition.reason))
    journal.record(actor, "petition.rejected", petition, reason=code)
    _write_to_starter(petition, lambda: letters.rejected(petition, as_starter=True))
    _write_to_sponsors(petition, "rejected", event.pk)
    return petition


def _open_one(other_id: int, petition: Petition) -> Petition:
    if other_id == petition.pk:
        raise Refused("petition_other_itself")
    other = Petition.objects.filter(pk=other_id, state=State.OPEN).first()
    if other is None:
        raise Refused("petition_other_unknown")
    return other


@transaction.atomic
def merge_petition(
    petition_id: int, *, into: int, note: str = "", actor: Actor, now: datetime, revision: int | None = None
) -> Petition:
    """Turn a petition down as a duplicate of an open one; starter and sponsors are led to that.

    Raises Refused("petition_other_unknown"), Refused("petition_other_itself"), and what `reject_petition` raises.
    """
    petition = _petition(petition_id, "merge", actor, revision)
    other = _open_one(into, petition)
    petition.reason, petition.reason_note = _reason(DUPLICATE, hides=False), _note(note)
    petition.merged_into, petition.sponsor_digest = other, ""
    _decide(petition, State.REJECTED, actor, now, "reason", "reason_note", "merged_into", "sponsor_digest")
    event = PetitionEvent.objects.create(petition=petition, code="merged", at=now, params={"into": other.pk})
    timeline.add(petition.submission, "petition_merged", at=now, reference=other.reference)
    journal.record(actor, "petition.merged", petition, into=other.pk)
    _write_to_starter(petition, lambda: letters.merged(petition, other, as_starter=True))
    _write_to_sponsors(petition, "merged", event.pk)
    return petition


@transaction.atomic
def tell_of_petition(
    petition_id: int, other_id: int, *, actor: Actor, now: datetime, revision: int | None = None
) -> Petition:
    """Tell starter and sponsors of an open petition that asks for the same; theirs goes on.

    Raises Refused("petition_other_unknown"), Refused("petition_other_itself"), and what `_petition` raises.
    """
    petition = _petition(petition_id, "tell", actor, revision)
    other = _open_one(other_id, petition)
    _keep(petition)
    timeline.add(petition.submission, "petition_told_of", at=now, reference=other.reference)
    journal.record(actor, "petition.told_of", petition, other=other.pk)
    _write_to_starter(petition, lambda: letters.told_of(petition, other, as_starter=True))
    _write_to_sponsors(petition, "told_of", other.pk)
    return petition


# --- what two persons decide ----------------------------------------------------------------------------------------


@transaction.atomic
def ask_to_hide(
    petition_id: int, code: str, *, note: str, actor: Actor, now: datetime, revision: int | None = None
) -> Petition:
    """Ask a second person not to show a petition: one that waits is turned down as unlawful, one that was open taken
    down.

    Raises Refused("petition_reason_missing"), Refused("petition_reason_shown") for a reason that is told in public,
    Refused("petition_note_missing"), Refused("petition_note_long"), and what `_petition` raises.
    """
    person = _two_person(actor)
    petition = _petition(petition_id, "", actor, revision)
    _check(petition, "ask_hide" if petition.state in QUEUE_STATES else "ask_remove")
    petition.hide_reason, petition.hide_note = _reason(code, hides=True), _note(note)
    if not petition.hide_note:
        raise Refused("petition_note_missing")
    petition.hide_asked_at, petition.hide_asked_by = now, person
    _keep(petition, "hide_reason", "hide_note", "hide_asked_at", "hide_asked_by")
    journal.record(actor, "petition.hide_asked", petition, reason=code)
    return petition


@transaction.atomic
def decide_hiding(
    petition_id: int, *, agree: bool, note: str = "", actor: Actor, now: datetime, revision: int | None = None
) -> Petition:
    """Decide as the second person whether a petition is not shown. Whoever declines lets it go on as it was.

    Raises Refused("petition_second_person") for who asked (who may take the request back: decline it), and what
    `_petition` raises.
    """
    person = _two_person(actor)
    petition = _petition(petition_id, "agree" if agree else "decline", actor, revision)
    if agree and petition.hide_asked_by_id == person.pk:
        raise Refused("petition_second_person")
    reason, words = petition.hide_reason, _note(note)
    if words:
        PetitionNote.objects.create(petition=petition, text=words, by=person, at=now)
    if not agree:
        petition.hide_asked_at = petition.hide_asked_by = petition.hide_reason = None
        petition.hide_note = ""
        _keep(petition, "hide_asked_at", "hide_asked_by", "hide_reason", "hide_note")
        journal.record(actor, "petition.hide_declined", petition)
        return petition
    assert reason is not None  # kept with the request
    was_public = petition.state not in QUEUE_STATES
    petition.reason, petition.reason_note = reason, ""
    petition.sponsor_digest = ""
    # The request itself is over; who asked stays, and the database sees to it that it was somebody else.
    petition.hide_asked_at = None
    state = State.REMOVED if was_public else State.HIDDEN
    _decide(petition, state, actor, now, "reason", "reason_note", "sponsor_digest", "hide_asked_at")
    code = "removed" if was_public else "hidden"
    timeline.add(petition.submission, f"petition_{code}", at=now, reason=_said(reason))
    journal.record(actor, f"petition.{code}", petition, reason=reason.code, asked_by=petition.hide_asked_by_id)
    _write_to_starter(petition, lambda: letters.hidden(petition, as_starter=True))
    if not was_public:
        _write_to_sponsors(petition, "hidden", 0)
    return petition


# --- parking --------------------------------------------------------------------------------------------------------


@transaction.atomic
def park_petition(
    petition_id: int, act: str, *, actor: Actor, now: datetime, revision: int | None = None
) -> tuple[Petition, str]:
    """Set a petition aside ("flag"), let it rest ("dormant"), or bring it back to the queue ("back").

    Returns it with the act that undoes this one. Its clock goes on all the while; what nobody brings back within
    rules.PARKED_MONTHS is stopped (`stop_parked`). Raises what `_petition` raises.
    """
    petition = _petition(petition_id, act, actor, revision)
    before = next(one for one, state in rules.PARKED.items() if state == petition.state)
    petition.state, petition.parked_since = rules.PARKED[act], None if act == "back" else now
    _keep(petition, "state", "parked_since")
    journal.record(actor, f"petition.{'flagged' if act == 'flag' else act}", petition)
    return petition, before


# --- words ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def edit_words(
    petition_id: int,
    words: dict[str, str],
    *,
    note: str = "",
    shown: bool = True,
    actor: Actor,
    now: datetime,
    revision: int | None = None,
) -> Petition:
    """Change the words of a petition before it is published. Both texts stay; the starter is told.

    `words` are title, action, background and details. `shown`: everybody may read the earlier words beside the new
    ones; not so where a private name or something unlawful was taken out. Raises Refused("petition_words_same"),
    Refused("petition_words_missing"), Refused("petition_words_long"), and what `_petition` raises.
    """
    petition = _petition(petition_id, "edit", actor, revision)
    new = {name: storable(words.get(name, "")).replace("\r\n", "\n").strip() for name in LENGTHS}
    before = {name: getattr(petition, name) for name in LENGTHS}
    if not (new["title"] and new["action"] and new["background"]):
        raise Refused("petition_words_missing")
    if any(len(text) > LENGTHS[name] for name, text in new.items()):
        raise Refused("petition_words_long")
    if new == before:
        raise Refused("petition_words_same")
    newest = petition.wordings.order_by("-pk").first()
    if newest is None or {name: getattr(newest, name) for name in LENGTHS} != before:
        newest = Wording.objects.create(petition=petition, at=petition.created_at, **before)
    if not shown:
        # What may not be read may not be read in any earlier text either.
        petition.wordings.update(shown=False)
    said = _note(note, 300)
    Wording.objects.create(petition=petition, by=_person(actor), at=now, note=said, **new)
    for name, text in new.items():
        setattr(petition, name, text)
    _keep(petition, *LENGTHS)
    PetitionEvent.objects.create(petition=petition, code="edited", at=now)
    timeline.add(petition.submission, "petition_edited", at=now)
    changed = sorted(name for name, text in new.items() if text != before[name])
    journal.record(actor, "petition.edited", petition, changed=changed, earlier_shown=shown)
    _write_to_starter(petition, lambda: letters.edited(petition, before, said))
    return petition


# --- among colleagues -----------------------------------------------------------------------------------------------


@transaction.atomic
def write_note(petition_id: int, text: str, *, actor: Actor, now: datetime) -> PetitionNote:
    """Say something to colleagues about a petition.

    Raises Refused("petition_note_missing"), Refused("petition_note_long"), and what `_petition` raises.
    """
    petition = _petition(petition_id, "", actor, None)
    words = _note(text)
    if not words:
        raise Refused("petition_note_missing")
    note = PetitionNote.objects.create(petition=petition, text=words, by=_person(actor), at=now)
    journal.record(actor, "petition.noted", petition, length=len(words))
    return note


@transaction.atomic
def tag_petition(petition_id: int, word: str, *, actor: Actor) -> bool:
    """Put a tag on a petition; tells whether it is new there. Raises Refused("petition_tag_missing")."""
    petition = _petition(petition_id, "", actor, None)
    cleaned = rules.clean_tag(storable(word))
    if not cleaned:
        raise Refused("petition_tag_missing")
    _tag, made = PetitionTag.objects.get_or_create(petition=petition, word=cleaned)
    if made:
        journal.record(actor, "petition.tagged", petition, tag=cleaned)
    return made


@transaction.atomic
def untag_petition(petition_id: int, word: str, *, actor: Actor) -> bool:
    """Take a tag off a petition; tells whether it was there."""
    petition = _petition(petition_id, "", actor, None)
    cleaned = rules.clean_tag(storable(word))
    gone = PetitionTag.objects.filter(petition=petition, word=cleaned).delete()[0]
    if gone:
        journal.record(actor, "petition.untagged", petition, tag=cleaned)
    return bool(gone)


# --- ends that nobody decides one by one ----------------------------------------------------------------------------


def close_due(*, now: datetime, limit: int = 200) -> int:
    """Write down that petitions are closed whose second has come; returns how many.

    `now` is the database's time. Nobody can sign after that second, whether this has run or not.
    """
    due = Petition.objects.filter(state=State.OPEN, closes_at__lte=now).order_by("closes_at")
    return sum(_close(pk, now) for pk in list(due.values_list("pk", flat=True)[:limit]))


@transaction.atomic
def _close(petition_id: int, now: datetime) -> int:
    found = Petition.objects.select_for_update().filter(pk=petition_id, state=State.OPEN, closes_at__lte=now)
    petition = found.first()
    if petition is None or petition.closes_at is None:
        return 0
    petition.state, petition.ended_at = State.CLOSED, petition.closes_at
    _keep(petition, "state", "ended_at")
    PetitionEvent.objects.create(petition=petition, code="closed", at=petition.closes_at)
    timeline.add(petition.submission, "petition_closed", at=petition.closes_at)
    journal.record(SYSTEM, "petition.closed", petition)
    return 1


def stop_unsupported(*, now: datetime, limit: int = STOPPED_AT_ONCE) -> int:
    """Stop petitions that did not find their sponsors in time; returns how many. What two persons decide about waits.

    A starter who confirmed the address is told.
    """
    keys = _unsupported(now).order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(_stop_unsupported(key, now) for key in list(keys))


def _months_before(now: datetime, months: int) -> datetime:
    """Return the beginning of the day so many calendar months ago."""
    return start_of_day(add_months(timezone.localdate(now), -months), timezone.get_default_timezone())


def _unsupported(now: datetime) -> QuerySet[Petition]:
    since = _months_before(now, GATHER_MONTHS)
    return Petition.objects.filter(state=State.COLLECTING, hide_asked_at=None, created_at__lt=since)


@transaction.atomic
def _stop_unsupported(petition_id: int, now: datetime) -> int:
    petition = _unsupported(now).select_for_update().filter(pk=petition_id).first()
    if petition is None:
        return 0
    _end(petition, now, "sponsors")
    timeline.add(petition.submission, "petition_unsupported", at=now, months=GATHER_MONTHS)
    if starter_has_confirmed(petition):
        _write_to_starter(petition, lambda: letters.unsupported(petition, GATHER_MONTHS))
    return 1


def _end(petition: Petition, now: datetime, why: str) -> None:
    """Stop a petition whose time is over; nobody in particular decided it."""
    petition.state, petition.ended_at, petition.sponsor_digest = State.STOPPED, now, ""
    _keep(petition, "state", "ended_at", "sponsor_digest")
    journal.record(SYSTEM, "petition.stopped", petition, why=why)


def stop_parked(*, now: datetime, limit: int = STOPPED_AT_ONCE) -> int:
    """Stop petitions that nobody brought back in time from where they were set aside or at rest; returns how many.

    Until then whoever put one there can take it back. What two persons decide about waits. The starter is told.
    """
    keys = _left_aside(now).order_by("pk").values_list("pk", flat=True)[:limit]
    return sum(_stop_parked(key, now) for key in list(keys))


def _left_aside(now: datetime) -> QuerySet[Petition]:
    since = _months_before(now, rules.PARKED_MONTHS)
    parked = Petition.objects.filter(state__in=[State.FLAGGED, State.DORMANT], hide_asked_at=None)
    return parked.filter(parked_since__lt=since)


@transaction.atomic
def _stop_parked(petition_id: int, now: datetime) -> int:
    petition = _left_aside(now).select_for_update().filter(pk=petition_id).first()
    if petition is None:
        return 0
    _end(petition, now, "parked")
    timeline.add(petition.submission, "petition_left_aside", at=now, months=rules.PARKED_MONTHS)
    _write_to_starter(petition, lambda: letters.left_aside(petition, rules.PARKED_MONTHS))
    return 1


def stop_unpublished(*, actor: Actor, now: datetime) -> int:
    """Stop every petition that was not published: the body that would answer them is dissolved. Returns how many.

    Each in its own transaction, so that a kill half way leaves what was done done and a second run does the rest.
    Raises Refused("not_allowed") for who is not an administrator.
    """
    if not has_role(actor):
        raise Refused("not_allowed")
    waiting = unpublished().order_by("pk")
    stopped = 0
    while keys := list(waiting.values_list("pk", flat=True)[:STOPPED_AT_ONCE]):
        stopped += sum(_stop(key, actor, now) for key in keys)
    return stopped


@transaction.atomic
def _stop(petition_id: int, actor: Actor, now: datetime) -> int:
    petition = unpublished().select_for_update().filter(pk=petition_id).first()
    if petition is None:
        return 0
    petition.hide_asked_at = None
    petition.sponsor_digest = ""
    was_confirmed = petition.state != State.PENDING
    _decide(petition, State.STOPPED, actor, now, "hide_asked_at", "sponsor_digest")
    timeline.add(petition.submission, "petition_stopped", at=now)
    journal.record(actor, "petition.stopped", petition)
    # Who never confirmed the address gets no letter there.
    if was_confirmed:
        _write_to_starter(petition, lambda: letters.stopped(petition))
    return 1
