"""Giving numbers out: interviewers who ask in the same moment are served in one transaction.

One who asks alone costs as many statements as fifty do who ask at once. On SQLite, and inside somebody's transaction,
each is served by itself, by the same lines.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.models import Q

from engage import rows
from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.group_commit import Group
from engage.journal import actions as journal
from engage.rows import Reading
from surveys.telephone.access import check_interviewer
from surveys.telephone.actions.calling import HOLD
from surveys.telephone.models import SampleNumber, Seat, TelephoneStudy
from surveys.telephone.planning import silenced_among, write_plan
from surveys.telephone.queue import Field
from surveys.telephone.rules import Reason

Rank = SampleNumber.Rank
Offer = tuple[SampleNumber, Reason]
People = Mapping[int, User]


class Ask(NamedTuple):
    """Somebody asks a study for the next number."""

    study: int
    interviewer: User
    now: datetime


def claim(study_id: int, *, actor: Actor, now: datetime) -> Offer | None:
    """Give an interviewer the next number, the one in hand where there is one; None when none is due.

    Raises Refused: not_allowed, telephone_field_closed, telephone_paused; TelephoneStudy.DoesNotExist.
    """
    ask = Ask(study_id, check_interviewer(actor), now)
    if rows.are_one_statement():
        # Whoever carries out what waits has a connection then, and none waits for those of the pool that others hold.
        connection.ensure_connection()
        found = _asking.submit(ask)
    else:
        (found,) = _serve([ask])
    if isinstance(found, Exception):
        raise found
    return found


def _together(asks: Sequence[Ask]) -> Sequence[Offer | Exception | None]:
    """Serve them; where the database refuses several, each goes alone and hears only of its own."""
    try:
        return _serve(asks)
    except DatabaseError:
        if len(asks) == 1:
            raise
    return [_alone(ask) for ask in asks]


def _alone(ask: Ask) -> Offer | Exception | None:
    try:
        return _serve([ask])[0]
    except DatabaseError as fault:
        return fault


_asking: Group[Ask, Offer | Exception | None] = Group(_together)


@transaction.atomic
def _serve(asks: Sequence[Ask]) -> list[Offer | Exception | None]:
    """Give each a number, or why there is none; who asks twice at once is given one."""
    # Interviewers all see the same studies.
    studies = TelephoneStudy.objects.visible_to(asks[0].interviewer).in_bulk({ask.study for ask in asks})
    found: dict[tuple[int, int], Offer | Exception | None] = {}
    for pk, study in sorted(studies.items()):
        those = [ask for ask in asks if ask.study == pk]
        people = {ask.interviewer.pk: ask.interviewer for ask in those}
        served = _serve_study(study, people, max(ask.now for ask in those))
        found |= {(pk, person): served.get(person) for person in people}
    missing = TelephoneStudy.DoesNotExist("No such study.")
    return [found.get((ask.study, ask.interviewer.pk), missing if ask.study not in studies else None) for ask in asks]


def _serve_study(study: TelephoneStudy, people: People, now: datetime) -> dict[int, Offer | Exception]:
    if now < study.opens_at or (study.closes_at is not None and now >= study.closes_at):
        return {pk: Refused("telephone_field_closed") for pk in people}
    found: dict[int, Offer | Exception] = {
        pk: Refused("telephone_paused") for pk in _paused_at_their_seats(study, people, now)
    }
    found |= _in_hand(study, [pk for pk in people if pk not in found], now)

    def without() -> list[User]:
        return [person for pk, person in people.items() if pk not in found]

    if not without():
        return found
    field = Field.of(study, now)
    if field.has_due(Rank.APPOINTMENT):
        for person in without():
            if number := _next(field, Rank.APPOINTMENT, person):
                own = number.reserved_for_id == person.pk
                found[person.pk] = number, Reason.OWN_APPOINTMENT if own else Reason.APPOINTMENT
    while without() and (fresh := field.lock_fresh(len(without()))):
        pairs = list(zip(_called(study, fresh), without(), strict=False))
        _hold(pairs, now)
        found |= {person.pk: (number, Reason.FRESH) for number, person in pairs}
    for person in without():
        if number := _next(field, Rank.RETRY, person):
            found[person.pk] = number, Reason.RETRY
    return found


# What is asked for each call is put together once. A list of keys cannot stand in such a query, their places can.
_BREAKS = Reading(
    lambda study, *people: Seat.objects.filter(
        _any("interviewer", people), study=study, paused_at__isnull=False
    ).order_by()
)
_HELD = Reading(lambda study, *people: SampleNumber.objects.filter(_any("held_by", people), study=study).order_by())


def _any(name: str, values: Iterable[Any]) -> Q:
    return Q(*((name, value) for value in values), _connector=Q.OR)


def _paused_at_their_seats(study: TelephoneStudy, people: People, now: datetime) -> Iterable[int]:
    """Lock the seats of people, in the order of their keys: two requests of one person wait for one another.

    Returns who takes a break.
    """
    seats = [Seat(study=study, interviewer=people[pk], seen_at=now) for pk in sorted(people)]
    Seat.objects.bulk_create(
        seats, update_conflicts=True, unique_fields=["study", "interviewer"], update_fields=["seen_at"]
    )
    return [seat.interviewer_id for seat in _BREAKS.all(study.pk, *people)]


def _in_hand(study: TelephoneStudy, people: Sequence[int], now: datetime) -> dict[int, Offer]:
    """Return what people hold; holds that have ended are taken from them."""
    held, ended = {}, []
    for number in _HELD.all(study.pk, *people) if people else ():
        if number.held_until is not None and number.held_until > now:
            assert number.held_by_id is not None
            held[number.held_by_id] = number, Reason.IN_HAND
        else:
            ended.append(number.pk)
    if ended:
        # Locked in the order of their keys, as all that lock many do.
        theirs = SampleNumber.objects.filter(pk__in=ended, held_by__in=people).order_by("pk").select_for_update()
        still = [number.pk for number in theirs]
        SampleNumber.objects.filter(pk__in=still).update(held_by=None, held_until=None, hold=None)
    return held


def _next(field: Field, rank: Rank, person: User) -> SampleNumber | None:
    """Give somebody the next promise or call-back."""
    while number := field.lock_next(rank, person):
        if _called(field.study, [number]):
            _hold([(number, person)], field.now)
            return number
    return None


def _called(study: TelephoneStudy, numbers: Sequence[SampleNumber]) -> list[SampleNumber]:
    """Return those that may be called; the plan of a silenced one is written anew.

    Its sample and the list came in at the same moment, and neither saw the other.
    """
    silent = silenced_among(study, [number.index for number in numbers])
    for number in numbers:
        if number.index in silent:
            write_plan(number, study)
    return [number for number in numbers if number.index not in silent]


def _hold(pairs: Sequence[tuple[SampleNumber, User]], now: datetime) -> None:
    until = now + HOLD
    with rows.together({}):
        for number, person in pairs:
            number.held_by, number.hold = person, uuid.uuid4()
            number.held_until = number.due_at = until
            rows.change(SampleNumber, number.pk, held_by=person.pk, hold=number.hold, held_until=until, due_at=until)
        for number, person in pairs:
            journal.record(person, "telephone.number_given", number)
