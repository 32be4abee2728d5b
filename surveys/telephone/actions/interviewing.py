"""The interview: the same questionnaire as on the web, read out and filled in for who answers."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from statistics import median
from typing import Any

from django.db import transaction
from django.db.models import F

from engage.accounts.actors import Actor
from engage.errors import Refused
from surveys import queries
from surveys.answering import actions as answering
from surveys.answering.sheets import Sheet, find
from surveys.definition.answers import MISSING, missing_reason
from surveys.definition.model import Question
from surveys.definition.runtime import Course
from surveys.models import Response
from surveys.telephone import rules
from surveys.telephone.access import check_interviewer
from surveys.telephone.actions.calling import INTERVIEWS, Outcome, Ticket, finish_call, prolong
from surveys.telephone.models import CallAttempt, SampleNumber
from surveys.telephone.rules import Limits

# With fewer interviews before it nobody can tell what is fast.
LEAST_INTERVIEWS = 5


@transaction.atomic
def begin_interview(number_id: int, *, actor: Actor, now: datetime) -> Sheet:
    """Open the sheet of a number in hand: the one where the line broke, else a new one on the published version.

    Raises Refused: not_allowed, telephone_ticket_invalid (not in this hand), telephone_nothing_to_ask, and what
    `answering.begin` raises.
    """
    interviewer = check_interviewer(actor)
    number = (
        SampleNumber.objects.select_for_update(of=("self",))
        .select_related("study__questionnaire")
        .filter(pk=number_id, held_by=interviewer)
        .first()
    )
    if number is None:
        raise Refused("telephone_ticket_invalid")
    if sheet := find(number.sheet, language=number.language, now=now):
        return sheet
    key = number.study.questionnaire.key
    shown = queries.published(key, language=number.language, actor=actor, now=now)
    if shown is None:
        raise Refused("telephone_nothing_to_ask")
    number.sheet = answering.begin(shown, language=shown.language, mode=Response.Mode.PHONE, now=now)
    number.save(update_fields=["sheet"])
    found = find(number.sheet, language=number.language, now=now)
    assert found is not None
    return found


def keep_answer(sheet: Sheet, course: Course, ticket: Ticket, *, page: int, actor: Actor, now: datetime) -> None:
    """Keep what is filled in, and hold the number on. Raises what `answering.keep` and `prolong` raise."""
    answering.keep(sheet, course, page=page, language=sheet.saved.language, now=now)
    prolong(ticket, actor=actor, now=now)


@transaction.atomic
def complete_interview(
    attempt_id: uuid.UUID, ticket: Ticket, *, note: str = "", actor: Actor, now: datetime
) -> CallAttempt:
    """Send the answers as a response of mode phone and put the call down as complete, both or neither.

    The same id again returns the first. Raises what `answering.submit` and `finish_call` raise (survey_quota_full
    among them), and telephone_interview_begun when no interview was begun.
    """
    interviewer = check_interviewer(actor)
    number = SampleNumber.objects.select_related("study").filter(key=ticket.number).first()
    if number is None or ticket.interviewer != interviewer.pk:
        raise Refused("telephone_ticket_invalid")
    outcome = Outcome("1.1", note)
    if known := CallAttempt.objects.filter(pk=attempt_id).first():
        return finish_call(attempt_id, ticket, outcome, response=known.response, actor=actor, now=now)
    sheet = find(number.sheet, language=number.language, now=now)
    if sheet is None:
        raise Refused("telephone_interview_begun")
    course = sheet.course(now)
    submission = answering.submit(sheet, language=queries.page_language(number.language), now=now, actor=actor)
    response = Response.objects.get(pk=submission.pk)
    response.flags = sorted(_flags(course, number, (now - ticket.began_at).total_seconds()))
    response.save(update_fields=["flags"])
    return finish_call(attempt_id, ticket, outcome, response=response, actor=actor, now=now)


def _flags(course: Course, number: SampleNumber, seconds: float) -> frozenset[str]:
    """What asks for a second look. The pace is that of the whole call, against the interviews before it."""
    before = CallAttempt.objects.filter(number__study=number.study_id, code__in=INTERVIEWS)
    lengths = [taken.total_seconds() for taken in before.values_list(F("ended_at") - F("began_at"), flat=True)]
    answers = dict(_answers(course))
    return rules.interview_flags(
        times={"call": seconds},
        medians={"call": median(lengths)} if len(lengths) >= LEAST_INTERVIEWS else {},
        matrices=[list(answer.values()) for answer in answers.values() if _is_matrix(answer)],
        answers={key: missing_reason(answer) for key, answer in answers.items()},
        dont_know={MISSING[0]},
        limits=Limits(questions=1),
    )


def _answers(course: Course) -> Iterator[tuple[str, Any]]:
    for shown in course.shown():
        if isinstance(shown.item, Question) and shown.item.asked and shown.answer is not None:
            is_matrix = shown.item.type == "matrix"
            yield shown.key, shown.answer if is_matrix or missing_reason(shown.answer) else str(shown.answer)


def _is_matrix(answer: Any) -> bool:
    return isinstance(answer, Mapping) and not missing_reason(answer)
