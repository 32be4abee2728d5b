"""Between rows and rules: a number with its calls as `rules.Case`, and the plan of its next call as columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from engage.rows import Reading
from surveys.telephone import rules
from surveys.telephone.models import CallAppointment, CallAttempt, DoNotCall, SampleNumber, TelephoneStudy
from surveys.telephone.rules import Case, Reason

FRESH = SampleNumber.Rank.FRESH
AT_ONCE = 500
PLAN_FIELDS = ("due_at", "rank", "reserved_for_id", "anyone_from", "code", "final")


def who(pk: int | None) -> str:
    """Name an interviewer to the rules; an account that was deleted is nobody."""
    return "" if pk is None else str(pk)


def is_silenced(study: TelephoneStudy | int, index: str) -> bool:
    """Tell whether a number is on the do-not-call list of a study or of all."""
    return DoNotCall.objects.filter(Q(study=study) | Q(study=None), index=index).exists()


_LISTED = Reading(lambda study, *indexes: DoNotCall.objects.filter(Q(study=study) | Q(study=None), index__in=indexes))


def silenced_among(study: TelephoneStudy, indexes: Iterable[str]) -> set[str]:
    """Return those of some numbers that are on the do-not-call list of a study or of all."""
    return {entry.index for entry in _LISTED.all(study.pk, *indexes)}


def case_of(
    number: SampleNumber,
    attempts: Iterable[CallAttempt],
    appointment: CallAppointment | None,
    *,
    silenced: bool,
) -> Case:
    """Return what the rules read of a number; the number itself stays out of it."""
    made = sorted(attempts, key=lambda one: (one.ended_at, one.began_at, one.pk.hex))
    return Case(
        key=str(number.key),
        phone=number.index,
        zone=number.zone,
        stratum=number.stratum,
        order=number.place,
        attempts=tuple(rules.Attempt(one.ended_at, one.code, who(one.interviewer_id)) for one in made),
        appointment=rules.Appointment(appointment.at, who(appointment.interviewer_id)) if appointment else None,
        do_not_call=silenced,
    )


def read_case(number: SampleNumber) -> Case:
    """Return the case of one number, with three queries."""
    return case_of(
        number,
        number.attempts.all(),
        number.appointments.filter(is_open=True).first(),
        silenced=is_silenced(number.study_id, number.index),
    )


def plan_columns(case: Case, study: TelephoneStudy) -> dict[str, Any]:
    """Return the columns PLAN_FIELDS of a number: when it is due, why, whose it is, and what it counts as."""
    call_rules = study.call_rules
    found = rules.plan(case, call_rules)
    final = rules.final_code(case, call_rules)
    columns: dict[str, Any] = {
        "due_at": None,
        "rank": SampleNumber.Rank.RETRY if case.attempts else FRESH,
        "reserved_for_id": None,
        "anyone_from": None,
        "code": rules.present_code(case, call_rules),
        "final": final is not None,
    }
    if found is not None:
        columns |= {
            # A fresh number is due from the beginning of time, for the rules: here from the opening of the field.
            "due_at": study.opens_at if found.reason is Reason.FRESH else found.due,
            "rank": int(found.reason),
            "reserved_for_id": int(found.reserved_for) if found.reserved_for else None,
            "anyone_from": found.anyone_from,
        }
    return columns


def write_plan(number: SampleNumber, study: TelephoneStudy, *, not_before: datetime | None = None) -> None:
    """Write the plan of a number anew. `not_before`: somebody has it in hand until then."""
    columns = plan_columns(read_case(number), study)
    if not_before is not None and columns["due_at"] is not None:
        columns["due_at"] = max(columns["due_at"], not_before)
    for name, value in columns.items():
        setattr(number, name, value)
    number.save(update_fields=[name.removesuffix("_id") for name in PLAN_FIELDS])


def write_plans(numbers: QuerySet[SampleNumber]) -> None:
    """Write the plans of many numbers anew, inside the caller's transaction: five statements for each AT_ONCE.

    A number in somebody's hands stays there: it is not due before its hold ends, whatever the plan says.
    """
    last = 0
    while True:
        # Locked in the order of their keys, as all that lock many do.
        part = numbers.filter(pk__gt=last).order_by("pk").select_for_update(of=("self",)).select_related("study")
        found = list(
            part.prefetch_related(
                "attempts", Prefetch("appointments", CallAppointment.objects.filter(is_open=True), to_attr="promised")
            )[:AT_ONCE]
        )
        if not found:
            return
        last = found[-1].pk
        silenced = set(
            DoNotCall.objects.filter(index__in=[number.index for number in found]).values_list("index", "study")
        )
        for number in found:
            is_silent = (number.index, None) in silenced or (number.index, number.study_id) in silenced
            promise = next(iter(number.promised), None)
            columns = plan_columns(case_of(number, number.attempts.all(), promise, silenced=is_silent), number.study)
            if number.held_by_id is not None and number.held_until is not None and columns["due_at"] is not None:
                columns["due_at"] = max(columns["due_at"], number.held_until)
            for name, value in columns.items():
                setattr(number, name, value)
        SampleNumber.objects.bulk_update(found, [name.removesuffix("_id") for name in PLAN_FIELDS])
