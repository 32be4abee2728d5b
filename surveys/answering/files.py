"""Files given as answers: encrypted with the code of their sheet while it is filled in, handed over by sending it.

A file goes with its sheet (sent, deleted, over), with the answer that named it, and with the response it was sent with.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, OuterRef

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.participation import held
from engage.participation.file_faults import file_fault
from engage.participation.models import Attachment, Submission, private_storage
from surveys.answering import codes, posting
from surveys.answering.file_kinds import is_taken, kinds_said
from surveys.answering.sheets import Sheet
from surveys.definition.files import COUNT
from surveys.definition.model import FILE_TYPES, Question
from surveys.definition.runtime import Course, Fault, Shown, ShownPage
from surveys.models import AnswerFile, HeldFile, SavedResponse

# Of one sheet, whatever its questions take.
FILES_MOST, BYTES_MOST = 60, 200 * 1024 * 1024
# A file that waits lies under a name of its own: what is sent is written anew, readable.
SEALED = ".sealed"
NAME_SHOWN = 80


def questions(shown: Sequence[Shown]) -> Iterator[tuple[Shown, Question]]:
    """Yield what of a page is answered with files."""
    for one in posting.asked(shown):
        if isinstance(one.item, Question) and one.item.type in FILE_TYPES:
            yield one, one.item


def named_in(answers: Any, known: Collection[str]) -> set[str]:
    """Return those of some stored names that stand anywhere in raw answers."""
    if isinstance(answers, str):
        return {answers} & set(known)
    inner = answers.values() if isinstance(answers, Mapping) else answers if isinstance(answers, list | tuple) else ()
    return set().union(*(named_in(one, known) for one in inner))


def counts(course: Course) -> dict[str, int]:
    """How many files were given, by the name that stands beside the answer; of repeats nothing is counted."""
    found = {}
    for shown in course.shown():
        if isinstance(shown.item, Question) and shown.item.type in FILE_TYPES and shown.answer and not shown.path:
            found[shown.item.name + COUNT] = len(shown.answer)
    return found


# --- while it is filled in ------------------------------------------------------------------------------------------


Untaken = tuple[str, dict[str, Any]]
"""Why a file was not taken: a code of `fault_words`, and its values."""


@dataclass(frozen=True)
class _Given:
    """A file that may be held, for the question it was given to; `digest` is that of what was sent."""

    shown: Shown
    question: Question
    clean: held.Clean
    digest: str


def change(
    sheet: Sheet,
    here: ShownPage,
    *,
    drop: str = "",
    uploads: Mapping[str, Sequence[UploadedFile]] | None = None,
    stood: Collection[str] = (),
) -> list[Fault]:
    """Take in what was uploaded for the questions of a page, by their controls, and drop a file (`key:stored name`).

    `stood`: keys of the questions that stood on the form, where it says so; of others nothing is taken.
    What is taken in is kept at once, whatever else is wrong on the page; returns what was not taken, and why. Codes
    are those of `fault_words`: too_many (limit), files_full, file_too_large (name, size in bytes), file_refused (name,
    why), file_kind (name, kinds).
    """
    key, _, dropped = drop.rpartition(":")
    faults: list[Fault] = []
    given: list[_Given] = []
    asked = [one for one in questions(here.items) if not stood or one[0].key in stood]
    # Looked at before anything is locked: a file may take long.
    for shown, question in asked:
        gone = dropped if drop and shown.key == key else ""
        for upload in (uploads or {}).get(posting.control(shown.key), ()):
            untaken = _look_at(sheet, shown, question, upload, given, gone)
            if untaken is not None:
                faults.append(Fault(question.name, shown.path, here.number, *untaken))
    written: list[str] = []
    try:
        with transaction.atomic():
            changed = [_drop(sheet, shown, question, dropped) for shown, question in asked if drop and shown.key == key]
            for one in given:
                _hold(sheet, one, written)
            if given or any(changed):
                state = sheet.filled.as_state()
                SavedResponse.objects.filter(pk=sheet.saved.pk).update(sealed=codes.seal(state, sheet.code))
    except BaseException:
        remove_written(written)
        raise
    return list({(fault.key, fault.code, fault.values.get("name")): fault for fault in faults}.values())


def _drop(sheet: Sheet, shown: Shown, question: Question, stored: str) -> bool:
    there = _given(sheet, shown, question)
    if stored not in there:
        return False
    posting.put(sheet.filled.answers, shown.path, question.name, [one for one in there if one != stored])
    sheet.filled.files.pop(stored, None)
    delete(sheet, [stored])
    return True


def _given(sheet: Sheet, shown: Shown, question: Question) -> list[str]:
    raw = posting.raw_at(sheet.filled.answers, shown.path, question.name)
    return list(raw) if isinstance(raw, list) else []


def _look_at(
    sheet: Sheet, shown: Shown, question: Question, upload: UploadedFile, given: list[_Given], gone: str
) -> Untaken | None:
    """Put a file to what may be held; returns what is wrong with it, None for one that is right or there already."""
    there = [name for name in _given(sheet, shown, question) if name != gone]
    files = {name: one for name, one in sheet.filled.files.items() if name != gone}
    own = [one for one in given if one.shown.key == shown.key]
    digest = sha256(upload.read()).hexdigest()
    upload.seek(0)
    if digest in {files.get(name, {}).get("digest") for name in there} | {one.digest for one in own}:
        # The form was sent twice, or the file was chosen in two fields.
        return None
    if len(there) + len(own) >= question.max_files:
        return "too_many", {"limit": question.max_files}
    size = sum(one["size"] for one in files.values()) + sum(len(one.clean.content) for one in given)
    if len(files) + len(given) >= FILES_MOST or size + (upload.size or 0) > BYTES_MOST:
        return "files_full", {}
    name = upload.name or ""
    said = name if len(name) <= NAME_SHOWN else name[:NAME_SHOWN] + "…"
    try:
        clean = held.check(upload, name, max_bytes=question.max_bytes)  # type: ignore[arg-type]
    except Refused as refused:
        if refused.code == "too_large":
            return "file_too_large", {"name": said, "size": refused.values["max_bytes"]}
        return "file_refused", {"name": said, "why": file_fault(refused)}
    if not is_taken(question, clean.inspected.kind):
        return "file_kind", {"name": said, "kinds": kinds_said(question)}
    given.append(_Given(shown, question, clean, digest))
    return None


def _hold(sheet: Sheet, one: _Given, written: list[str]) -> None:
    """Hold one file with the sheet, in the caller's transaction."""
    shown, question, clean = one.shown, one.question, one.clean
    drawn = secrets.token_hex(16)
    stored = f"{drawn}.{clean.inspected.safe_name.rpartition('.')[2]}"
    sealed = codes.seal_bytes(clean.content, sheet.code)
    row = HeldFile(
        sheet=sheet.saved.pk,
        name=stored,
        media_type=clean.inspected.media_type,
        size=len(clean.content),
        sha256=sha256(sealed).hexdigest(),
    )
    row.file.save(drawn + SEALED, ContentFile(sealed), save=False)
    written.append(row.file.name or "")
    row.save()
    known = {"name": clean.inspected.safe_name, "size": len(clean.content), "digest": one.digest}
    sheet.filled.files[stored] = known
    posting.put(sheet.filled.answers, shown.path, question.name, [*_given(sheet, shown, question), stored])


def let_go(sheet: Sheet) -> set[str]:
    """Take files that no answer names any more out of what is filled in; returns their stored names, for `delete`."""
    known = sheet.filled.files
    gone = set(known) - named_in(sheet.filled.answers, known) if known else set()
    for stored in gone:
        del known[stored]
    return gone


def delete(sheet: Sheet, names: Collection[str]) -> None:
    """Delete files of a sheet by their stored names, in the caller's transaction; of no name without a query."""
    if names:
        held.delete(HeldFile.objects.filter(sheet=sheet.saved.pk, name__in=names))


def discard(sheet: Sheet) -> None:
    """Delete all files of a sheet, in the caller's transaction."""
    held.delete(HeldFile.objects.filter(sheet=sheet.saved.pk))


@transaction.atomic
def sweep() -> int:
    """Delete files whose sheet is gone; returns how many."""
    sheets = SavedResponse.objects.filter(pk=OuterRef("sheet"))
    keys = list(HeldFile.objects.filter(~Exists(sheets)).values_list("pk", flat=True)[:500])
    return held.delete(HeldFile.objects.filter(pk__in=keys))


def remove_written(names: Sequence[str]) -> None:
    """Delete files that were written for a transaction that came to nothing."""
    for name in names:
        private_storage().delete(name)


# --- when it is sent ------------------------------------------------------------------------------------------------


def take_along(sheet: Sheet, course: Course, submission: Submission, written: list[str], *, actor: Actor) -> None:
    """Make the files that the answers name those of a response, which stands in the database, and drop the others.

    In the caller's transaction; `written` gets what has to be deleted if that comes to nothing. Raises
    Refused("survey_file_lost") where one is not there any more.
    """
    wanted = {
        stored: (shown.key, question)
        for shown in course.shown()
        for question in [shown.item]
        if isinstance(question, Question) and question.type in FILE_TYPES
        for stored in shown.answer or ()
    }
    rows = {row.name: row for row in HeldFile.objects.select_for_update().filter(sheet=sheet.saved.pk)}
    for stored in wanted:
        if stored not in rows or not rows[stored].file.storage.exists(rows[stored].file.name or ""):
            raise Refused("survey_file_lost")
    anonymous = sheet.shown.questionnaire.anonymous
    ready = []
    for number, (stored, (_key, question)) in enumerate(wanted.items(), start=1):
        row = rows[stored]
        try:
            with row.file.open("rb") as sealed:
                content = codes.unseal_bytes(sealed.read(), sheet.code)
        except InvalidToken:
            # What lies there is not what was put there.
            raise Refused("survey_file_lost") from None
        own = HeldFile(media_type=row.media_type, size=len(content), sha256=sha256(content).hexdigest())
        # The name that a device gave may say who it belongs to.
        neutral = f"{question.name[:80]}-{number}.{stored.rpartition('.')[2]}"
        own.name = neutral if anonymous else sheet.filled.files.get(stored, {}).get("name", neutral)
        own.file.save(stored, ContentFile(content), save=False)
        written.append(own.file.name or "")
        ready.append(own)
    made = held.hand_over(ready, submission, actor=actor)
    AnswerFile.objects.bulk_create(
        AnswerFile(attachment=attachment, response_id=submission.pk, question=wanted[stored][0], stored=stored)
        for stored, attachment in zip(wanted, made, strict=True)
    )
    discard(sheet)


def names_of(submission: Submission) -> dict[str, str]:
    """Return the names under which its sender finds the files of a response, by those in its answers."""
    rows = AnswerFile.objects.filter(response_id=submission.pk)
    return dict(rows.values_list("stored", "attachment__name"))


def remove(submission_id: int) -> None:
    """Delete the files of a response, in the caller's transaction."""
    held.delete(Attachment.objects.filter(survey_answer__response_id=submission_id))
