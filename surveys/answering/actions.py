"""Every write of answering: beginning, keeping a page, putting aside for good, sending, taking back."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from engage import rows
from engage.accounts.actors import ANYONE, Actor
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation.models import Submission
from surveys import queries, quotas
from surveys.answering import codes, files, links, rules
from surveys.answering.private import apart, private_names
from surveys.answering.sheets import ANSWERABLE, Sheet, asked_as
from surveys.definition.runtime import Course
from surveys.models import Invitation, Questionnaire, Response, SavedResponse

KIND = "survey_response"
PARAMETERS_MOST = 40
# A wave of fewer people would say too much about who is in it.
WAVE_LEAST = 10

log = logging.getLogger(__name__)


def begin(
    shown: queries.Shown,
    *,
    language: str,
    secret: str = "",
    parameters: Mapping[str, str] | None = None,
    mode: str = Response.Mode.WEB,
    now: datetime,
) -> str:
    """Open a sheet on the published version; returns its code, which is stored nowhere.

    `parameters` came with the address: those that hidden questions ask for are kept. Raises
    Refused("survey_other_way") for a mode that the questionnaire is not asked in, Refused("survey_closed"),
    Refused("survey_not_open"), Refused("survey_by_invitation"), Refused("survey_link_unknown"),
    Refused("survey_link_used").
    """
    questionnaire = shown.questionnaire
    if not shown.definition.is_asked(asked_as(mode)):
        raise Refused("survey_other_way")
    rules.check_open(queries.period_of(questionnaire), now)
    if secret:
        check_link(questionnaire, secret)
    elif questionnaire.access == Questionnaire.Access.INVITED:
        raise Refused("survey_by_invitation")
    wanted = {q.parameter or q.name for q in shown.definition.questions if q.type == "hidden"}
    given = {name: value[:1_000] for name, value in (parameters or {}).items() if name in wanted}
    state: dict[str, Any] = {"parameters": dict(list(given.items())[:PARAMETERS_MOST])} if given else {}
    if secret:
        state["link"] = secret
    code = codes.new_code()
    SavedResponse.objects.create(
        code_digest=codes.digest_of(code),
        version=shown.version,
        sealed=codes.seal(state, code) if state else "",
        seed=secrets.token_hex(8),
        language=language,
        mode=mode,
        started_at=now,
        expires_at=now + _kept_for(mode),
    )
    return code


def check_link(questionnaire: Questionnaire, secret: str) -> Invitation:
    """Return the invitation that a link belongs to.

    Raises Refused("survey_link_unknown"), and Refused("survey_link_used") for one that was used.
    """
    invitation = None
    if len(secret) <= links.SECRET_MOST:
        invitation = questionnaire.invitations.filter(digest=links.invited_digest(secret)).first()
    if invitation is None:
        raise Refused("survey_link_unknown")
    used = Response.objects.filter(questionnaire=questionnaire)
    if questionnaire.anonymous:
        used = used.filter(nullifier=links.nullifier(secret))
    else:
        used = used.filter(invitation=invitation)
    if used.exists():
        raise Refused("survey_link_used")
    return invitation


def keep(sheet: Sheet, course: Course, *, page: int, language: str, now: datetime) -> None:
    """Keep what is filled in; from now on it waits as long as from the beginning once more.

    Raises Refused("survey_too_much", most=...) for more words than a sheet holds.
    """
    sheet.filled.calculated = dict(course.calculated)
    gone = files.let_go(sheet)
    state = sheet.filled.as_state()
    if len(json.dumps(state, ensure_ascii=False)) > codes.SEALED_MOST:
        raise Refused("survey_too_much", most=codes.SEALED_MOST)
    sheet.saved.page = page
    with transaction.atomic() if gone else nullcontext():
        files.delete(sheet, gone)
        SavedResponse.objects.filter(pk=sheet.saved.pk).update(
            sealed=codes.seal(state, sheet.code),
            page=page,
            language=language,
            expires_at=now + _kept_for(sheet.saved.mode),
        )


def _kept_for(mode: str) -> timedelta:
    return rules.KEPT_AT_KIOSK if mode == Response.Mode.KIOSK else rules.KEPT


@transaction.atomic
def discard(sheet: Sheet) -> None:
    """Delete what was put aside, for good, with its files."""
    files.discard(sheet)
    sheet.saved.delete()


def delete_expired(*, now: datetime) -> int:
    """Delete sheets whose time is over, with their files; returns how many sheets. Nobody has read them."""
    gone = SavedResponse.objects.filter(expires_at__lte=now).delete()[0]
    while files.sweep():
        pass
    return gone


def sent_before(code: str) -> Submission | None:
    """Return the submission that was sent from a sheet; None when there is none."""
    return Submission.objects.filter(token_digest=codes.token_digest_of(code), kind=KIND).first()


def submit(
    sheet: Sheet, *, language: str, flagged: bool = False, now: datetime, actor: Actor, course: Course | None = None
) -> Submission:
    """Send a sheet: response, places in quotas and receipt in one transaction, and the sheet is gone.

    `course`: as it was settled for just this moment. A repeated call returns the first submission. Whether the version
    still stands was read with the sheet: what is taken down in the same moment may get one answer more. Raises
    Refused("survey_closed"), Refused("survey_not_open"), Refused("survey_taken_down"), Refused("survey_incomplete",
    missing=number of faults), Refused("survey_link_used"), Refused("survey_link_unknown"), Refused("survey_quota_full",
    cell=...), Refused("survey_file_lost"); then the sheet is as it was.
    """
    questionnaire = sheet.shown.questionnaire
    envelope = participation.Envelope(
        token=codes.token_of(sheet.code),
        language=language,
        received_at=now,
        channel="web" if sheet.saved.mode == Response.Mode.WEB else sheet.saved.mode,
        flagged=flagged,
    )
    # Who is signed in must not stand in the journal beside an anonymous answer.
    sender = ANYONE if questionnaire.anonymous else actor

    course = course or sheet.course(now)
    written: list[str] = []
    whole = False

    def create() -> Submission:
        nonlocal whole
        made = _create(sheet, course, envelope, now=now, actor=sender)
        if sheet.filled.files:
            files.take_along(sheet, course, made, written, actor=sender)
        whole = True
        return made

    # A place in a quota and a link are looked for in the same transaction; files belong to rows that stand there.
    together = not sheet.filled.files
    alone = together and not course.quotas and not sheet.filled.link
    try:
        submission = participation.once(envelope, create, together=together, alone=alone)
    except Submission.DoesNotExist:
        # Not this token stood in the way but another unique column: the link was used at the same moment.
        if sheet.filled.link:
            check_link(questionnaire, sheet.filled.link)
        raise
    finally:
        if not whole:
            files.remove_written(written)
    if sheet.filled.link and questionnaire.anonymous:
        digest = links.invited_digest(sheet.filled.link)
        transaction.on_commit(lambda: links.spent.add(questionnaire.pk, digest))
    return submission


def _create(
    sheet: Sheet, course: Course, envelope: participation.Envelope, *, now: datetime, actor: Actor
) -> Submission:
    questionnaire = sheet.shown.questionnaire
    rules.check_open(queries.period_of(questionnaire), now)
    if sheet.shown.version.state not in ANSWERABLE:
        raise Refused("survey_taken_down")
    if course.faults:
        raise Refused("survey_incomplete", missing=len(course.faults))
    invitation = check_link(questionnaire, sheet.filled.link) if sheet.filled.link else None
    # A sheet of paper is the invitation: the office handed it out.
    by_link = questionnaire.access == Questionnaire.Access.INVITED and sheet.saved.mode != Response.Mode.PAPER
    if invitation is None and by_link:
        raise Refused("survey_by_invitation")
    for dropped in course.dropped:
        # The names of questions, never an answer.
        log.info("answer dropped: questionnaire=%s %s", questionnaire.pk, dropped.reason)
    submission = participation.open_submission(KIND, envelope, actor=actor, department_id=questionnaire.department_id)
    response = _response(sheet, course, submission, invitation, now)
    rows.write(response)
    quotas.claim(questionnaire.pk, course.quotas, submission.pk)
    rows.remove(SavedResponse, sheet.saved.pk)
    return submission


def _response(
    sheet: Sheet, course: Course, submission: Submission, invitation: Invitation | None, now: datetime
) -> Response:
    shown, link = sheet.shown, sheet.filled.link
    names = private_names(shown.definition)
    answers, private = apart(joined_values(course) | (files.counts(course) if sheet.filled.files else {}), names)
    named = invitation is not None and not shown.questionnaire.anonymous
    # How long somebody sat over a sheet of paper is not known.
    timed = shown.definition.settings.timing and sheet.saved.mode != Response.Mode.PAPER
    return rows.new(
        Response,
        submission_id=submission.pk,
        questionnaire_id=shown.questionnaire.pk,
        version_id=shown.version.pk,
        mode=sheet.saved.mode,
        language=shown.language,
        answers=answers,
        private=json.dumps(private, ensure_ascii=False) if private else "",
        seed=sheet.saved.seed,
        ballots=dict(course.ballots),
        seconds=max(0, int((now - sheet.saved.started_at) / timedelta(seconds=1))) if timed else None,
        nullifier=links.nullifier(link) if link and not named else None,
        invitation_id=invitation.pk if invitation is not None and named else None,
        wave=_wave(invitation),
    )


def joined_values(course: Course) -> dict[str, Any]:
    """Return answers and calculated values in one shape: no name stands in both."""
    return _merged(course.kept, course.calculated)


def _merged(kept: Mapping[str, Any], calculated: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(kept)
    for name, value in calculated.items():
        own = merged.get(name)
        if isinstance(own, list) and isinstance(value, list):
            merged[name] = [_merged(row, more) for row, more in zip(own, value, strict=True)]
        else:
            merged[name] = value
    return merged


def _wave(invitation: Invitation | None) -> int | None:
    if invitation is None:
        return None
    together = Invitation.objects.filter(questionnaire=invitation.questionnaire_id, wave=invitation.wave)
    return invitation.wave if together[:WAVE_LEAST].count() >= WAVE_LEAST else None


@transaction.atomic
def withdraw(submission_id: int, actor: Actor) -> None:
    """Withdraw a response for its sender: it counts no more, its files go, its places in quotas are free again."""
    participation.withdraw(submission_id, actor=actor)
    files.remove(submission_id)
    quotas.give_back(submission_id)
