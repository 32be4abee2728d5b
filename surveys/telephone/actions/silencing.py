"""The do-not-call list: who asked not to be called is not, whatever the sample says. It is never shown whole."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.tables import RowFault
from surveys.telephone.access import check_supervisor
from surveys.telephone.models import DoNotCall, SampleNumber, TelephoneStudy, number_index
from surveys.telephone.planning import AT_ONCE, write_plans
from surveys.telephone.rules import normal_number, read_numbers
from surveys.telephone.tables import read_table


@transaction.atomic
def look_up(study_id: int, number: str, *, actor: Actor) -> tuple[str, list[DoNotCall]]:
    """Return a number in E.164 and its entries on the list: that of the study and that of all studies.

    Raises Refused: not_allowed, what `normal_number` raises.
    """
    check_supervisor(actor)
    study = TelephoneStudy.objects.visible_to(actor).get(pk=study_id)
    e164 = normal_number(number, study.country).e164
    journal.record(actor, "telephone.do_not_call_looked_up", study)
    entries = DoNotCall.objects.visible_to(actor).filter(Q(study=study) | Q(study=None), index=number_index(e164))
    return e164, list(entries.select_related("by"))


@transaction.atomic
def silence(
    study: TelephoneStudy,
    number: str,
    *,
    everywhere: bool,
    reason: str = DoNotCall.Reason.ASKED,
    actor: Actor,
    now: datetime,
) -> bool:
    """Put a number on the do-not-call list, of this study or of all: it is not called again, whoever asked.

    Returns whether it was not there before. Raises Refused: not_allowed, do_not_call_reason, what `normal_number`
    raises.
    """
    check_supervisor(actor)
    _check_reason(reason, DoNotCall.Reason)
    index = number_index(normal_number(number, study.country).e164)
    return silence_index(study, index, everywhere=everywhere, reason=reason, actor=actor, now=now)


def silence_index(
    study: TelephoneStudy,
    index: str,
    *,
    everywhere: bool,
    reason: str = DoNotCall.Reason.ASKED,
    actor: Actor,
    now: datetime,
) -> bool:
    """The list itself, inside the caller's transaction: the entry, and the plan of every number it concerns."""
    _entry, is_new = DoNotCall.objects.get_or_create(
        index=index, study=None if everywhere else study, defaults={"since": now, "by": _who(actor), "reason": reason}
    )
    write_plans(_concerned(study, everywhere).filter(index=index))
    journal.record(actor, "telephone.not_to_be_called", study, everywhere=everywhere, reason=str(reason))
    return is_new


@transaction.atomic
def lift(study: TelephoneStudy, number: str, *, everywhere: bool, reason: str, actor: Actor) -> bool:
    """Take a number off the list of this study or of all, so that it is called again where its rules allow it.

    Returns whether it was there. Raises Refused: not_allowed, do_not_call_reason, what `normal_number` raises.
    """
    check_supervisor(actor)
    _check_reason(reason, DoNotCall.Lifted)
    index = number_index(normal_number(number, study.country).e164)
    entries = DoNotCall.objects.visible_to(actor).filter(index=index, study=None if everywhere else study)
    if not entries.delete()[0]:
        return False
    write_plans(_concerned(study, everywhere).filter(index=index))
    journal.record(actor, "telephone.may_be_called_again", study, everywhere=everywhere, reason=str(reason))
    return True


@transaction.atomic
def import_silenced(
    study_id: int, content: bytes, *, everywhere: bool, reason: str, actor: Actor, now: datetime
) -> tuple[int, int, list[RowFault]]:
    """Put the numbers of a file on the list; returns how many came, how many were there, and what is wrong by row.

    With one fault nothing is taken. Raises Refused: not_allowed, do_not_call_reason, what `read_table` raises.
    """
    check_supervisor(actor)
    _check_reason(reason, DoNotCall.Reason)
    study = TelephoneStudy.objects.visible_to(actor).get(pk=study_id)
    numbers, faults = read_numbers(read_table(content), country=study.country)
    if faults:
        return 0, 0, faults
    where, by = None if everywhere else study, _who(actor)
    indexes = sorted(number_index(number) for number in numbers)
    added = 0
    for start in range(0, len(indexes), AT_ONCE):
        part = indexes[start : start + AT_ONCE]
        there = set(DoNotCall.objects.filter(study=where, index__in=part).values_list("index", flat=True))
        fresh = [index for index in part if index not in there]
        # Somebody may put the same number there at this moment: then it is there.
        DoNotCall.objects.bulk_create(
            [DoNotCall(index=index, study=where, reason=reason, since=now, by=by) for index in fresh],
            ignore_conflicts=True,
        )
        write_plans(_concerned(study, everywhere).filter(index__in=fresh))
        added += len(fresh)
    journal.record(
        actor, "telephone.do_not_call_imported", study, numbers=added, everywhere=everywhere, reason=str(reason)
    )
    return added, len(indexes) - added, []


def _concerned(study: TelephoneStudy, everywhere: bool) -> QuerySet[SampleNumber]:
    return SampleNumber.objects.all() if everywhere else SampleNumber.objects.filter(study=study)


def _who(actor: Actor) -> User | None:
    return actor if isinstance(actor, User) else None


def _check_reason(reason: str, known: type[DoNotCall.Reason] | type[DoNotCall.Lifted]) -> None:
    if reason not in known.values:
        raise Refused("do_not_call_reason")
