"""Every write of paper answers: a table checked and kept, taken in sheet by sheet, undone; one sheet by hand."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from engage.accounts.actors import SYSTEM, Actor, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import timeline
from engage.participation.models import Submission
from engage.participation.queries import about_options
from surveys import queries
from surveys.answering import actions as answering
from surveys.answering import codes
from surveys.answering.sheets import Filled, Sheet
from surveys.definition import paper as printed
from surveys.models import (
    PAPER_ROLES,
    PaperBatch,
    PaperSheet,
    Questionnaire,
    QuotaSlot,
    Response,
    SavedResponse,
    Version,
)
from surveys.paper.reading import Asked, Found, Paper, folded_number, read_cells, read_papers

log = logging.getLogger(__name__)
# So many sheets are taken in at a time: one transaction, one sign of progress.
AT_ONCE = 40
# What was checked and not taken in waits so long.
CHECKED_KEPT = timedelta(days=1)
State = PaperBatch.State


def check_may(actor: Actor) -> None:
    """Raise Refused("not_allowed") for who does not take in paper."""
    if not has_role(actor, *PAPER_ROLES):
        raise Refused("not_allowed")


def on_paper(questionnaire: Questionnaire, *, actor: Actor, now: datetime) -> queries.Shown:
    """Return the published version that sheets answer.

    Raises Refused: paper_not_published, paper_not_asked (nothing of it is for paper), paper_ballots (paper draws no
    arm of a split ballot, so nobody could tell which was answered).
    """
    shown = queries.published(questionnaire.key, language="", actor=actor, now=now)
    if shown is None:
        raise Refused("paper_not_published")
    if not printed.numbers(shown.definition):
        raise Refused("paper_not_asked")
    if shown.definition.ballots:
        raise Refused("paper_ballots")
    return shown


def sheet_of(version: Version, paper: Paper) -> Sheet:
    """Return the sheet that answers on paper would have been filled into; it is stored nowhere."""
    code = codes.new_code()
    saved = SavedResponse(
        code_digest=codes.digest_of(code),
        version=version,
        seed=secrets.token_hex(8),
        language=paper.language,
        mode=Response.Mode.PAPER,
        started_at=paper.at,
        expires_at=paper.at,
    )
    shown = queries.shown(version, language=paper.language, now=paper.at)
    return Sheet(code, saved, shown, Filled(answers=paper.answers))


def read(shown: queries.Shown, head: Sequence[str], rows: Sequence[tuple[int, Sequence[str]]], now: datetime) -> Found:
    """Read rows against a version and what was taken in before; nothing is written."""

    def known(numbers: Sequence[str]) -> set[str]:
        found: set[str] = set()
        wanted = [folded_number(number) for number in numbers]
        for start in range(0, len(wanted), 500):
            part = PaperSheet.objects.filter(questionnaire=shown.questionnaire, number__in=wanted[start : start + 500])
            found.update(part.values_list("number", flat=True))
        return found

    asked = Asked(
        definition=shown.definition,
        period=queries.period_of(shown.questionnaire),
        now=now,
        course=lambda paper: sheet_of(shown.version, paper).course(paper.at),
        known=known,
        regions=about_options("region"),
    )
    return read_papers(head, rows, asked)


@transaction.atomic
def check_table(
    questionnaire: Questionnaire, content: bytes, *, actor: Actor, now: datetime
) -> tuple[PaperBatch | None, Found]:
    """Read a table whole; without a fault it is kept, to be taken in by `start`. Nothing counts yet.

    Raises Refused: not_allowed, and what `on_paper` and `read_cells` raise.
    """
    check_may(actor)
    shown = on_paper(questionnaire, actor=actor, now=now)
    found = read(shown, *read_cells(content), now)
    if found.faults:
        return None, found
    batch = PaperBatch.objects.create(
        questionnaire=questionnaire,
        version=shown.version,
        by=actor if isinstance(actor, User) else None,
        made_at=now,
        sheets=len(found.papers),
        skipped=found.skipped,
        sealed=json.dumps([_plain(paper) for paper in found.papers], ensure_ascii=False),
    )
    journal.record(actor, "survey.paper_checked", batch, questionnaire=questionnaire.key, sheets=batch.sheets)
    return batch, found


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a refusal as JSON keeps them; `queries` reads moments back."""
    return {
        name: {"moment": value.isoformat()} if isinstance(value, datetime) else value
        if isinstance(value, int | float | str) else str(value)
        for name, value in values.items()
    }  # fmt: skip


def _plain(paper: Paper) -> list[Any]:
    return [paper.line, paper.number, paper.at.isoformat(), paper.language, paper.answers]


def _locked(batch_id: int, *, actor: Actor) -> PaperBatch:
    batches = PaperBatch.objects.visible_to(actor).select_related("questionnaire", "version__questionnaire__department")
    return batches.select_for_update(of=("self",)).get(pk=batch_id)


@transaction.atomic
def start(batch_id: int, *, actor: Actor) -> None:
    """Let the worker take in a table that was checked. Twice is once. Raises Refused("not_allowed")."""
    check_may(actor)
    batch = _locked(batch_id, actor=actor)
    if batch.state != State.CHECKED:
        return
    batch.state = State.WAITING
    batch.save(update_fields=["state"])
    journal.record(actor, "survey.paper_started", batch, sheets=batch.sheets)


@transaction.atomic
def take_some(batch_id: int, *, now: datetime) -> bool:
    """Take in the next sheets of a batch; returns whether some are left.

    What is refused at this moment (the questionnaire taken down, a quota full, a number taken in meanwhile) is written
    down with its row; the others are taken in. Run again after a crash it goes on where it was.
    """
    batch = _locked(batch_id, actor=SYSTEM)
    if batch.state != State.WAITING:
        return False
    # Places of several people at once would be taken in another order than theirs.
    at_once = 1 if queries.ready(batch.version).runtime.definition.quotas else AT_ONCE
    rows = json.loads(batch.sealed)[batch.done : batch.done + at_once]
    for line, number, at, language, answers in rows:
        paper = Paper(line, number, datetime.fromisoformat(at), language, answers)
        try:
            with transaction.atomic():
                _take(batch, paper, actor=SYSTEM)
        except Refused as refusal:
            batch.failed.append([line, number, refusal.code, storable(refusal.values)])
    batch.done += len(rows)
    changed = ["done", "failed"]
    if batch.done >= batch.sheets:
        batch.state, batch.sealed = State.DONE, ""
        changed += ["state", "sealed"]
        journal.record(SYSTEM, "survey.paper_taken", batch, taken=batch.taken, refused=len(batch.failed))
    batch.save(update_fields=changed)
    return batch.state == State.WAITING


def _take(batch: PaperBatch, paper: Paper, *, actor: Actor) -> None:
    """Make a response of one sheet. Raises Refused: paper_sheet_known, and what `answering.submit` raises."""
    number = folded_number(paper.number)
    if PaperSheet.objects.filter(questionnaire=batch.questionnaire, number=number).exists():
        raise Refused("paper_sheet_known", number=paper.number)
    sheet = sheet_of(batch.version, paper)
    # The answer keeps the language of the sheet.
    submission = answering.submit(sheet, language=queries.page_language(paper.language), now=paper.at, actor=actor)
    try:
        with transaction.atomic():
            PaperSheet.objects.create(
                questionnaire=batch.questionnaire, number=number, batch=batch, response_id=submission.pk
            )
    except IntegrityError:
        # Somebody took it in at this moment.
        raise Refused("paper_sheet_known", number=paper.number) from None


@transaction.atomic
def key_in(
    questionnaire: Questionnaire, head: Sequence[str], row: Sequence[str], *, actor: Actor, now: datetime
) -> Found:
    """Take in one sheet that was keyed in by hand, unless something is wrong in it; returns what was found.

    The sheets of one person and day are one batch, which can be undone. Raises Refused: not_allowed, and what
    `on_paper` and `answering.submit` raise.
    """
    check_may(actor)
    shown = on_paper(questionnaire, actor=actor, now=now)
    found = read(shown, head, [(1, row)], now)
    if found.faults:
        return found
    by = actor if isinstance(actor, User) else None
    begun = now - timedelta(hours=12)
    open_ones = PaperBatch.objects.select_for_update(of=("self",)).filter(
        questionnaire=questionnaire, version=shown.version, by=by, by_hand=True, state=State.DONE, made_at__gt=begun
    )
    batch = open_ones.first()
    if batch is None:
        batch = PaperBatch.objects.create(
            questionnaire=questionnaire, version=shown.version, by=by, by_hand=True, state=State.DONE, made_at=now
        )
    _take(batch, found.papers[0], actor=actor)
    batch.sheets, batch.done, batch.skipped = batch.sheets + 1, batch.done + 1, batch.skipped + found.skipped
    batch.save(update_fields=["sheets", "done", "skipped"])
    journal.record(actor, "survey.paper_keyed_in", batch, questionnaire=questionnaire.key)
    return found


@transaction.atomic
def undo(batch_id: int, *, actor: Actor, now: datetime) -> int:
    """Take a batch back, also one that is half taken in: its answers count no more, its numbers are free again.

    Places in quotas are given back. Returns how many answers it took back. Raises Refused("not_allowed").
    """
    check_may(actor)
    batch = _locked(batch_id, actor=actor)
    if batch.state == State.UNDONE:
        return 0
    responses = list(batch.papers.values_list("response_id", flat=True))
    for begin in range(0, len(responses), 500):
        part = responses[begin : begin + 500]
        Submission.objects.filter(pk__in=part).update(state=Submission.State.WITHDRAWN)
        QuotaSlot.objects.filter(response__in=part).update(response=None)
        timeline.add_many(part, "withdrawn", at=now)
    batch.papers.all().delete()
    batch.state, batch.sealed = State.UNDONE, ""
    batch.save(update_fields=["state", "sealed"])
    journal.record(actor, "survey.paper_undone", batch, answers=len(responses))
    return len(responses)


def take_in(*, stopping: Any, now: datetime) -> int:
    """Take in what waits, the oldest first; returns how many pieces were taken. For the worker.

    A batch that fails is logged with its trace and tried again at the next turn; those behind it do not wait for it.
    """
    pieces, failed = 0, set[int]()
    while not stopping.is_set():
        waiting = PaperBatch.objects.filter(state=State.WAITING).exclude(pk__in=failed).order_by("made_at", "pk")
        batch_id = waiting.values_list("pk", flat=True).first()
        if batch_id is None:
            break
        try:
            take_some(batch_id, now=now)
        except Exception:
            log.exception("paper answers of batch %s", batch_id)
            failed.add(batch_id)
        pieces += 1
    return pieces


@transaction.atomic
def delete_unstarted(*, now: datetime) -> int:
    """Delete tables that were checked and never taken in; returns how many. What is started meanwhile stays."""
    over = PaperBatch.objects.filter(state=State.CHECKED, made_at__lte=now - CHECKED_KEPT)
    locked = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return PaperBatch.objects.filter(pk__in=locked).delete()[0]
