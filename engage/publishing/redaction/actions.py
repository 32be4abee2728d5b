"""Every write of redaction: begin, mark, make, confirm, replace, read the original, delete it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.db import transaction
from django.utils import timezone
from wagtail.documents.models import Document
from wagtail.images.models import Image

from engage.accounts.actors import SYSTEM, Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation.attachments.naming import ending, safe_name
from engage.publishing.redaction import access, engine, queries, rules
from engage.publishing.redaction import marks as marking
from engage.publishing.redaction.marks import BOX, PICTURE, Mark
from engage.publishing.redaction.models import Basis, Redaction, RedactionMark
from engage.publishing.redaction.texts import redact_text

MAX_BYTES = 20 * 1024 * 1024
NOTE_MOST = 200


def begin(
    content: bytes,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    document: Document | None = None,
    image: Image | None = None,
) -> Redaction:
    """Take a file in, look through it, and keep it in private storage.

    Raises Refused("not_allowed"), "file_too_large" (most), and what `engine.find` raises.
    """
    access.check(actor)
    if len(content) > MAX_BYTES:
        raise Refused("file_too_large", most=MAX_BYTES // (1024 * 1024))
    survey = engine.find(content, name, [])
    kept_name = safe_name(name, ending(name) or "txt")
    with transaction.atomic():
        redaction = Redaction(
            name=kept_name,
            kind=survey.kind,
            created_at=now,
            created_by=actor if isinstance(actor, User) else None,
            original_sha256=hashlib.sha256(content).hexdigest(),
            original_bytes=len(content),
            survey=asdict(survey),
            title=survey.title[:200],
            source_document=document,
            source_image=image,
        )
        redaction.original.save(f"original.{ending(kept_name)}", ContentFile(content), save=False)
        redaction.save()
        journal.record(
            actor, "redaction.begun", redaction, sha256=redaction.original_sha256, kind=survey.kind, bytes=len(content)
        )
    return redaction


def begin_with_document(pk: int, *, actor: Actor, now: datetime) -> Redaction:
    """Begin with a document of the Studio. Raises Refused("file_gone") for one the actor may not choose."""
    document = queries.documents(actor).filter(pk=pk).first()
    if document is None:
        raise Refused("file_gone")
    with document.open_file() as opened:
        return begin(opened.read(), document.filename, actor=actor, now=now, document=document)


def begin_with_image(pk: int, *, actor: Actor, now: datetime) -> Redaction:
    """Begin with an image of the Studio. Raises Refused("file_gone") for one the actor may not choose."""
    image = queries.images(actor).filter(pk=pk).first()
    if image is None:
        raise Refused("file_gone")
    with image.open_file() as opened:
        return begin(opened.read(), image.filename, actor=actor, now=now, image=image)


# --- marking --------------------------------------------------------------------------------------------------------


def add_marks(redaction_id: int, marks: Sequence[Mark], *, revision: int, actor: Actor) -> Redaction:
    """Add marks; each needs an offered basis, and its words where the basis asks for them.

    Raises Refused: "basis_missing", "note_missing_for_basis", "note_too_long" (most), "mark_known",
    "redaction_changed", "redaction_closed", "box_page", "nothing_found", and what `marks.check` and `engine.find`
    raise.
    """
    redaction = queries.one(redaction_id, actor)
    _check_open(redaction, revision)
    bases = {basis.code: basis for basis in Basis.objects.filter(is_active=True)}
    marking.check(marks)
    for mark in marks:
        _check_basis(mark, bases)
        if mark.kind == BOX and mark.page > len(redaction.survey["sheets"]):
            raise Refused("box_page", most=len(redaction.survey["sheets"]))
        if mark.kind == PICTURE and mark.value not in redaction.survey["pictures"]:
            raise Refused("mark_unknown")
    known = {_identity(mark) for mark in queries.marks_of(redaction)}
    new = [mark for mark in marks if _identity(mark) not in known]
    if not new:
        raise Refused("mark_known")
    kept = queries.marks_of(redaction)
    survey = engine.find(queries.original_of(redaction), redaction.name, [*kept, *new])
    # A word that is nowhere is told on the page by its absence, not kept as a mark without places.
    found = {place.mark for place in survey.places}
    absent = {len(kept) + number for number in range(len(new))} - found
    if len(absent) == len(new):
        raise Refused("nothing_found")
    with transaction.atomic():
        redaction = _editable(redaction_id, revision, actor)
        for number, mark in enumerate(new, start=len(kept)):
            if number not in absent:
                _keep(redaction, mark, bases[mark.basis])
        redaction.survey = _without(asdict(survey), absent)
        redaction.save(update_fields=["survey"])
        _changed(redaction, actor, "redaction.marked", n_marks=len(new), kinds=sorted({mark.kind for mark in new}))
    return redaction


def _without(survey: dict[str, Any], gone: set[int]) -> dict[str, Any]:
    """Return a survey without the places of some marks; the others move up."""
    places = [
        place | {"mark": place["mark"] - sum(number < place["mark"] for number in gone)}
        for place in survey["places"]
        if place["mark"] not in gone
    ]
    return survey | {"places": places}


def _check_basis(mark: Mark, bases: dict[str, Basis]) -> None:
    basis = bases.get(mark.basis)
    if basis is None:
        raise Refused("basis_missing")
    if basis.needs_note and not mark.note.strip():
        raise Refused("note_missing_for_basis")
    if len(mark.note) > NOTE_MOST:
        raise Refused("note_too_long", most=NOTE_MOST)


def _identity(mark: Mark) -> tuple[Any, ...]:
    words = marking.normal(mark.value).text if mark.kind == marking.WORD else mark.value
    return (mark.kind, words, mark.whole, mark.page, mark.start, mark.end, mark.x, mark.y, mark.width, mark.height)


def _keep(redaction: Redaction, mark: Mark, basis: Basis) -> None:
    names = ("page", "start", "end", "x", "y", "width", "height")
    place = {name: getattr(mark, name) for name in names if getattr(mark, name)}
    RedactionMark.objects.create(
        redaction=redaction,
        kind=mark.kind,
        value=mark.value,
        whole=mark.whole,
        basis=basis,
        note=mark.note.strip(),
        place=place,
    )


def remove_mark(redaction_id: int, mark_id: int, *, revision: int, actor: Actor) -> Redaction:
    """Take a mark back. Raises Refused: "redaction_changed", "redaction_closed"."""
    with transaction.atomic():
        redaction = _editable(redaction_id, revision, actor)
        numbers = list(redaction.marks.values_list("pk", flat=True))
        if mark_id in numbers:
            redaction.marks.filter(pk=mark_id).delete()
            redaction.survey = _without(redaction.survey, {numbers.index(mark_id)})
            redaction.save(update_fields=["survey"])
            _changed(redaction, actor, "redaction.unmarked", mark=mark_id)
    return redaction


def _locked(redaction_id: int, actor: Actor) -> Redaction:
    access.check(actor)
    redaction = Redaction.objects.visible_to(actor).select_for_update().filter(pk=redaction_id).first()
    if redaction is None:
        raise Refused("redaction_gone")
    return redaction


def _editable(redaction_id: int, revision: int, actor: Actor) -> Redaction:
    redaction = _locked(redaction_id, actor)
    _check_open(redaction, revision)
    return redaction


def _check_open(redaction: Redaction, revision: int) -> None:
    if redaction.state != Redaction.State.OPEN or not redaction.original:
        raise Refused("redaction_closed")
    if redaction.revision != revision:
        raise Refused("redaction_changed")


def _changed(redaction: Redaction, actor: Actor, verb: str, **data: Any) -> None:
    redaction.revision += 1
    redaction.save(update_fields=["revision"])
    journal.record(actor, verb, redaction, **data)


# --- the result -----------------------------------------------------------------------------------------------------


def make(redaction_id: int, *, title: str, language: str, revision: int, actor: Actor, now: datetime) -> Redaction:
    """Take everything marked out and prove it; the result waits to be looked at.

    Raises Refused: "redaction_changed", "redaction_closed", and what `engine.redact` raises.
    """
    redaction = queries.one(redaction_id, actor)
    _check_open(redaction, revision)
    made = engine.redact(
        queries.original_of(redaction), redaction.name, queries.marks_of(redaction), title=title, language=language
    )
    with transaction.atomic():
        redaction = _editable(redaction_id, revision, actor)
        redaction.result.save(f"redacted.{ending(made.name)}", ContentFile(made.content), save=False)
        redaction.result_name, redaction.title, redaction.language = made.name, title[:200], language
        redaction.proof = made.proof | {"made_at": now.isoformat(), "made_by": _who(actor)}
        redaction.state = Redaction.State.MADE
        redaction.revision += 1
        redaction.save()
        journal.record(
            actor,
            "redaction.made",
            redaction,
            before=made.proof["before"]["sha256"],
            after=made.proof["after"]["sha256"],
            places=made.proof["places"],
            checks=[check["code"] for check in made.proof["checks"]],
            bases=sorted({mark["basis"] for mark in made.proof["marks"]}),
        )
    return redaction


def _who(actor: Actor) -> str:
    return str(actor) if isinstance(actor, User) else "system"


@transaction.atomic
def reopen(redaction_id: int, *, revision: int, actor: Actor) -> Redaction:
    """Go back to marking; the result is thrown away. Raises Refused: "redaction_changed", "redaction_closed"."""
    redaction = _locked(redaction_id, actor)
    if redaction.state != Redaction.State.MADE:
        raise Refused("redaction_closed")
    if redaction.revision != revision:
        raise Refused("redaction_changed")
    _throw_away(redaction.result)
    redaction.result, redaction.result_name, redaction.proof = "", "", None
    redaction.state = Redaction.State.OPEN
    redaction.save()
    _changed(redaction, actor, "redaction.reopened")
    return redaction


@transaction.atomic
def confirm(redaction_id: int, *, keep_days: int, revision: int, actor: Actor, now: datetime) -> Redaction:
    """Let the result stand; from now on it does not change, and the original is deleted on its date.

    Raises Refused: "redaction_changed", "redaction_closed", "keep_days" (least, most), "result_differs".
    """
    redaction = _locked(redaction_id, actor)
    if redaction.state != Redaction.State.MADE or redaction.proof is None:
        raise Refused("redaction_closed")
    if redaction.revision != revision:
        raise Refused("redaction_changed")
    if not rules.KEEP_DAYS_LEAST <= keep_days <= rules.KEEP_DAYS_MOST:
        raise Refused("keep_days", least=rules.KEEP_DAYS_LEAST, most=rules.KEEP_DAYS_MOST)
    check_result(redaction)
    redaction.state, redaction.confirmed_at = Redaction.State.DONE, now
    redaction.confirmed_by = actor if isinstance(actor, User) else None
    redaction.delete_original_on = rules.deletion_day(timezone.localdate(now), keep_days)
    redaction.proof |= {"confirmed_at": now.isoformat(), "confirmed_by": _who(actor)}
    redaction.save()
    _changed(
        redaction,
        actor,
        "redaction.confirmed",
        after=redaction.proof["after"]["sha256"],
        delete_original_on=redaction.delete_original_on.isoformat(),
    )
    return redaction


def check_result(redaction: Redaction) -> bytes:
    """Return the bytes of the result. Raises Refused("result_differs") when they are not those of the proof."""
    with redaction.result.open("rb") as opened:
        content = opened.read()
    if redaction.proof is None or hashlib.sha256(content).hexdigest() != redaction.proof["after"]["sha256"]:
        raise Refused("result_differs")
    return content


@transaction.atomic
def replace(redaction_id: int, *, actor: Actor, now: datetime) -> Redaction:
    """Put the result into the Studio as a new document or image, and delete the one it was made of.

    The original goes on lying in private storage only. What is new is public nowhere until it is released.

    Raises Refused: "redaction_closed", "replaced_already", "file_gone", "not_allowed", "result_differs".
    """
    redaction = _locked(redaction_id, actor)
    if redaction.state != Redaction.State.DONE:
        raise Refused("redaction_closed")
    if redaction.new_document_id or redaction.new_image_id:
        raise Refused("replaced_already")
    content = check_result(redaction)
    is_image = redaction.kind in queries.IMAGE_KINDS and redaction.source_document_id is None
    old: Document | Image | None = redaction.source_image if is_image else redaction.source_document
    if not queries.may_replace(actor, old, is_image=is_image):
        raise Refused("not_allowed")
    if is_image:
        redaction.new_image = _new_image(redaction, content, old, actor)
    else:
        redaction.new_document = _new_document(redaction, content, old, actor)
    redaction.save(update_fields=["new_document", "new_image"])
    journal.record(
        actor,
        "redaction.replaced",
        redaction,
        old=old.pk if old else None,
        new=redaction.new_image_id or redaction.new_document_id,
        after=hashlib.sha256(content).hexdigest(),
    )
    if old is not None:
        # Wagtail's own deletion of files waits for the worker, and for it to run.
        renditions = [rendition.file for rendition in old.renditions.all()] if isinstance(old, Image) else []
        for file in (old.file, *renditions):
            _throw_away(file)
        old.delete()
        redaction.refresh_from_db()
    return redaction


def _new_title(redaction: Redaction, old: Document | Image | None) -> str:
    title = redaction.title or (old.title if old else "") or redaction.result_name.rpartition(".")[0]
    marks = [mark for mark in queries.marks_of(redaction) if mark.kind in {marking.WORD, marking.PATTERN}]
    return redact_text(title, marks).text[:255]


def _new_document(redaction: Redaction, content: bytes, old: Any, actor: Actor) -> Document:
    document = Document(title=_new_title(redaction, old))
    if old is not None:
        document.collection = old.collection
    document.uploaded_by_user = actor if isinstance(actor, User) else None
    document.file.save(redaction.result_name, ContentFile(content), save=False)
    document._set_document_file_metadata()
    document.save()
    return document


def _new_image(redaction: Redaction, content: bytes, old: Any, actor: Actor) -> Image:
    image = Image(title=_new_title(redaction, old), file=ImageFile(io.BytesIO(content), name=redaction.result_name))
    if old is not None:
        image.collection = old.collection
    image.uploaded_by_user = actor if isinstance(actor, User) else None
    image._set_image_file_metadata()
    image.save()
    return image


# --- the original ---------------------------------------------------------------------------------------------------


@transaction.atomic
def read_original(redaction_id: int, *, actor: Actor) -> tuple[str, bytes]:
    """Return name and bytes of the original; that it was read stands in the journal. Raises Refused("file_gone")."""
    redaction = _locked(redaction_id, actor)
    if not redaction.original:
        raise Refused("file_gone")
    journal.record(actor, "redaction.original_read", redaction, sha256=redaction.original_sha256)
    return redaction.name, queries.original_of(redaction)


@transaction.atomic
def discard(redaction_id: int, *, revision: int, actor: Actor) -> None:
    """Delete a redaction that was never confirmed, with its files. Raises Refused as `reopen`."""
    redaction = _locked(redaction_id, actor)
    if redaction.state == Redaction.State.DONE:
        raise Refused("redaction_closed")
    if redaction.revision != revision:
        raise Refused("redaction_changed")
    journal.record(actor, "redaction.discarded", redaction, sha256=redaction.original_sha256)
    _throw_away(redaction.original)
    _throw_away(redaction.result)
    redaction.delete()


def delete_due_originals(*, now: datetime) -> int:
    """Delete originals, and the words of their marks, whose date has come; return how many."""
    due = Redaction.objects.filter(delete_original_on__lte=timezone.localdate(now)).exclude(original="")
    count = 0
    for pk in list(due.values_list("pk", flat=True)):
        count += _delete_original(pk)
    return count


@transaction.atomic
def _delete_original(redaction_id: int) -> bool:
    redaction = Redaction.objects.select_for_update().get(pk=redaction_id)
    if not redaction.original:
        return False
    _throw_away(redaction.original)
    redaction.original = ""
    redaction.survey = {}
    redaction.save(update_fields=["original", "survey"])
    redaction.marks.update(value="")
    journal.record(SYSTEM, "redaction.original_deleted", redaction, sha256=redaction.original_sha256)
    return True


def _throw_away(file: Any) -> None:
    """Delete a stored file once the transaction stands."""
    if file:
        storage, name = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(name))


# --- bases ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_basis(code: str, values: dict[str, Any], *, actor: Actor) -> Basis:
    """Add a legal basis or change one. Raises Refused("not_allowed")."""
    if not access.may_edit_bases(actor):
        raise Refused("not_allowed")
    basis, is_new = Basis.objects.update_or_create(code=code, defaults=values)
    journal.record(actor, "redaction.basis_saved", basis, code=code, is_new=is_new, is_active=basis.is_active)
    return basis
