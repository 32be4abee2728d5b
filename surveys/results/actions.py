"""What is written about results: the columns of large questionnaires, files that the worker makes, and in the journal
who took answers out."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, F, Q

from engage import schedule
from engage.accounts.actors import SYSTEM, Actor, Role, has_role, roles_of
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from surveys.models import AnswerFile, Export, ExportQuerySet, Questionnaire
from surveys.results import access, queries
from surveys.results.layout import WAVE

log = logging.getLogger(__name__)
# So many files of one person wait or are made at a time.
OPEN_MOST = 5
# A worker that died leaves its file running and silent for so long; then it is made anew, until so many died with it.
SILENT = timedelta(minutes=10)
LOST_MOST = 3
# Names of files as `surveys.answering.files` draws them. An address may hold a NUL, which no text of PostgreSQL can.
STORED_NAME = re.compile(r"[0-9a-f]{32}\.[0-9a-z]{1,8}")


def keep_columns() -> int:
    """Refresh the columns of every questionnaire with more than DIRECT_MOST responses; returns how many were looked at.

    One that fails is logged with its trace, and the others are still done.
    """
    # Brings pyarrow, which a process that keeps no columns does without.
    from surveys.results import columns

    large = Questionnaire.objects.annotate(n=Count("responses")).filter(n__gt=columns.DIRECT_MOST).order_by("pk")
    done = 0
    for questionnaire in large:
        if schedule.stopping.is_set():
            break
        try:
            columns.refresh(questionnaire)
        except (OSError, ValueError):
            log.exception("columns of questionnaire %s", questionnaire.pk)
        done += 1
    return done


@transaction.atomic
def record_export(questionnaire: Questionnaire, code: str, *, actor: Actor, filtered: bool = False) -> None:
    """Write down that somebody takes answers in a format of `access.FORMATS`, all or those that filters leave.

    Raises Refused("survey_results_forbidden") for whoever may not.
    """
    _check_may_take(code, actor)
    more = {"filtered": True} if filtered else {}
    journal.record(actor, "survey.results_taken", questionnaire, format=code, personal=code in access.PERSONAL, **more)


@transaction.atomic
def take_file(questionnaire: Questionnaire, stored: str, *, actor: Actor) -> AnswerFile:
    """Write down that somebody takes a file that was given with answers; returns it.

    Raises Refused("survey_results_forbidden") for whoever may not, and AnswerFile.DoesNotExist.
    """
    _check_may_take(access.FILES, actor)
    if not STORED_NAME.fullmatch(stored):
        raise AnswerFile.DoesNotExist
    found = AnswerFile.objects.visible_to(actor).select_related("attachment")
    file = found.get(response__questionnaire=questionnaire, response__submission__state="active", stored=stored)
    journal.record(actor, "survey.file_taken", questionnaire, stored=stored)
    return file


def check_filters(questionnaire: Questionnaire, filters: Mapping[str, Sequence[str]]) -> None:
    """Refuse what would write into a file what files of anonymous questionnaires leave out.

    Raises Refused("survey_results_no_question", question).
    """
    if questionnaire.anonymous and WAVE in filters:
        raise Refused("survey_results_no_question", question=WAVE)


def _check_may_take(code: str, actor: Actor) -> None:
    if not access.may_take(roles_of(actor), code):
        raise Refused("survey_results_forbidden")


# --- files that the worker makes ------------------------------------------------------------------------------------


@transaction.atomic
def order_export(
    questionnaire: Questionnaire,
    kind: str,
    *,
    language: str,
    filters: Mapping[str, Sequence[str]],
    actor: User,
    now: datetime,
) -> Export:
    """Order a file of the answers that filters leave; the same order again returns the first while it is unfinished.

    Raises Refused: survey_results_forbidden, survey_export_unknown (no such kind or language), survey_export_enough
    (most), survey_results_not_ready (filters before the columns are kept), and as `Answers.where` does.
    """
    if kind not in Export.Kind.values or language not in dict(settings.LANGUAGES):
        raise Refused("survey_export_unknown")
    _check_may_take(kind, actor)
    check_filters(questionnaire, filters)
    wanted = {key: sorted(values) for key, values in filters.items()}
    if wanted:
        source = queries.open_answers(questionnaire, public=False)
        if source is None:
            raise Refused("survey_results_not_ready")
        source.answers.where(wanted)
    # Orders for one questionnaire come one after the other, so that two of the same moment are one.
    Questionnaire.objects.select_for_update(no_key=True).get(pk=questionnaire.pk)
    own = list(Export.objects.unfinished().filter(ordered_by=actor))
    for export in own:
        if (export.questionnaire_id, export.kind, export.language, export.filters) == (
            questionnaire.pk, kind, language, wanted,
        ):  # fmt: skip
            return export
    if len(own) >= OPEN_MOST:
        raise Refused("survey_export_enough", most=OPEN_MOST)
    export = Export.objects.create(
        questionnaire=questionnaire, kind=kind, language=language, filters=wanted, ordered_by=actor,
        ordered_at=now, moved_at=now,
    )  # fmt: skip
    journal.record(
        actor, "survey.export_ordered", export,
        survey=questionnaire.key, format=kind, personal=export.is_personal, filtered=bool(wanted),
    )  # fmt: skip
    return export


def _own(export_id: int, actor: Actor) -> Export:
    """Lock a file that the actor ordered; administrators have everybody's."""
    export = Export.objects.visible_to(actor).select_for_update().get(pk=export_id)
    if export.ordered_by_id != actor.pk and not has_role(actor, Role.ADMINISTRATOR):
        raise Refused("survey_export_not_own")
    return export


@transaction.atomic
def cancel_export(export_id: int, *, actor: Actor, now: datetime) -> Export:
    """Stop a file that waits or is being made; one that is finished stays.

    Raises Export.DoesNotExist, Refused("survey_export_not_own").
    """
    export = _own(export_id, actor)
    if export.is_open:
        _end(export, Export.State.CANCELLED, now)
        journal.record(actor, "survey.export_cancelled", export, format=export.kind)
    return export


@transaction.atomic
def remove_export(export_id: int, *, actor: Actor) -> None:
    """Delete a finished file before its time; one that is not finished stays.

    Raises Export.DoesNotExist, Refused("survey_export_not_own").
    """
    export = _own(export_id, actor)
    if not export.is_open:
        _remove(export, actor)


@transaction.atomic
def take_export_out(export_id: int, *, actor: Actor, now: datetime) -> Export:
    """Write down that somebody fetches a file, and return it. Who may not any more finds none.

    Raises Export.DoesNotExist for one that is not ready, is over or is not for the actor.
    """
    ready = Export.objects.visible_to(actor).filter(state=Export.State.READY, expires_at__gt=now)
    export = ready.select_related("questionnaire").get(pk=export_id)
    record_export(export.questionnaire, export.kind, actor=actor, filtered=bool(export.filters))
    return export


@transaction.atomic
def take_up_export(*, now: datetime) -> Export | None:
    """Give a worker the next file to make: one that waits, or one whose worker has been silent; None for none.

    One with which LOST_MOST workers died has failed.
    """
    silent = Q(state=Export.State.RUNNING, moved_at__lt=now - SILENT)
    for export in Export.objects.filter(Q(state=Export.State.WAITING) | silent).order_by("pk"):
        lost = export.lost + (export.state == Export.State.RUNNING)
        # Another worker may look at the same row: the one whose update finds it as it was has it.
        mine = Export.objects.filter(pk=export.pk, take=export.take, state=export.state, moved_at=export.moved_at)
        if not mine.update(state=Export.State.RUNNING, take=F("take") + 1, lost=lost, done=0, moved_at=now):
            continue
        export.refresh_from_db()
        if lost < LOST_MOST:
            return export
        fail_export(export, now=now)
    return None


def tell_export(export: Export, *, done: int, total: int, now: datetime) -> bool:
    """Say how far a file is; False where it was cancelled or given to another worker."""
    return _mine(export).update(done=done, total=total, moved_at=now) == 1


def release_export(export: Export, *, now: datetime) -> None:
    """Give a file back that cannot be finished now; the next worker begins it anew."""
    _mine(export).update(state=Export.State.WAITING, done=0, moved_at=now)


@transaction.atomic
def finish_export(export: Export, name: str, *, size: int, now: datetime) -> bool:
    """Say that a file is ready under a name of the private storage; False where nobody wants it any more.

    `size` is in bytes.
    """
    if not (locked := _mine(export).select_for_update().first()):
        return False
    locked.file, locked.size = name, size
    _end(locked, Export.State.READY, now)
    journal.record(SYSTEM, "survey.export_made", locked, format=locked.kind, rows=locked.done)
    return True


@transaction.atomic
def fail_export(export: Export, *, now: datetime) -> None:
    """Say that a file could not be made."""
    if locked := _mine(export).select_for_update().first():
        _end(locked, Export.State.FAILED, now)
        journal.record(SYSTEM, "survey.export_failed", locked, format=locked.kind)


@transaction.atomic
def remove_expired_exports(*, now: datetime) -> int:
    """Delete the files and orders whose time is over; returns how many."""
    over = list(Export.objects.select_for_update().filter(expires_at__lte=now))
    for export in over:
        _remove(export, SYSTEM)
    return len(over)


def _mine(export: Export) -> ExportQuerySet:
    return Export.objects.filter(pk=export.pk, take=export.take, state=Export.State.RUNNING)


def _end(export: Export, state: Export.State, now: datetime) -> None:
    export.state, export.moved_at, export.expires_at = state, now, now + access.kept_for(export.kind)
    export.save(update_fields=["state", "moved_at", "expires_at", "file", "size"])


def _remove(export: Export, actor: Actor) -> None:
    """Delete row and file; the file when the transaction is through, so that no row ever lacks its file."""
    if name := export.file.name:
        storage = export.file.storage
        transaction.on_commit(lambda: storage.delete(name))
        journal.record(actor, "survey.export_removed", export, format=export.kind)
    export.delete()
