"""Files that go along: as they are, or as the redaction bench makes them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.core.files.base import ContentFile
from django.db import transaction

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.participation.attachments.kinds import CLAIMED_BY_NAME
from engage.participation.attachments.naming import ending
from engage.participation.models import Attachment
from engage.publishing.documents import read_document
from engage.publishing.redaction import actions as bench
from engage.publishing.redaction.models import Redaction
from mailbox.publication import rules
from mailbox.publication.actions.preparing import editable, edited
from mailbox.publication.models import Publication, PublishedFile


@dataclass(frozen=True)
class NewFile:
    """A file as it was handed over, with what it is called by language."""

    content: bytes
    name: str
    titles: Mapping[str, str]
    attachment: Attachment | None = None


def attachment_file(
    publication: Publication, attachment_id: int, titles: Mapping[str, str], *, actor: Actor
) -> NewFile:
    """Return a file that the sender put in. Raises Refused("publication_file_gone")."""
    row = Attachment.objects.visible_to(actor).filter(submission=publication.case_id, pk=attachment_id).first()
    if row is None:
        raise Refused("publication_file_gone")
    with row.file.open("rb") as stored:
        return NewFile(stored.read(), row.name, titles, row)


def uploaded_file(upload: BinaryIO, name: str, titles: Mapping[str, str]) -> NewFile:
    """Return a file from a form, checked and cleaned of hidden data. Raises as `attachments.inspect`."""
    # Its image and PDF libraries cost every start a third of a second; only taking a file in needs them.
    from engage.participation.attachments import inspect, sanitise

    inspected = inspect(upload, name=name)
    return NewFile(sanitise(inspected, upload.read()), inspected.safe_name, titles)


def add_file(publication_id: int, new: NewFile, *, to_bench: bool, actor: Actor, now: datetime) -> PublishedFile:
    """Let a file go along: as it is, or by the redaction bench, from where its result is fetched.

    Raises Refused: "not_allowed", "publication_files_full" (most), "publication_file_twice",
    "publication_title_missing", and what `redaction.actions.begin` raises.
    """
    titles = {code: " ".join(new.titles.get(code, "").split())[: rules.TITLE_MOST] for code in rules.LANGUAGES}
    # Looking through a file takes a moment: nothing is locked meanwhile.
    redaction = bench.begin(new.content, new.name, actor=actor, now=now) if to_bench else None
    text = "" if to_bench else _read(new.content, new.name)
    with transaction.atomic():
        publication = editable(publication_id, None, actor)
        _check_file(publication, new, titles)
        row = PublishedFile(
            publication=publication,
            attachment=new.attachment,
            redaction=redaction,
            titles={code: title for code, title in titles.items() if title},
        )
        row.save()
        if redaction is None:
            _fill(row, new.content, ending(new.name), text)
        edited(publication, actor, now, "publication.file_added", file=row.pk, bench=to_bench)
    return row


def _check_file(publication: Publication, new: NewFile, titles: Mapping[str, str]) -> None:
    standing = publication.files.filter(removed_at=None)
    if standing.count() >= rules.FILES_MOST:
        raise Refused("publication_files_full", most=rules.FILES_MOST)
    if new.attachment is not None and standing.filter(attachment=new.attachment).exists():
        raise Refused("publication_file_twice")
    if not titles[publication.language]:
        raise Refused("publication_title_missing")


def _read(content: bytes, name: str) -> str:
    found = read_document(content, name)
    said = [found.text, *(f"{key}: {value}" for key, value in found.metadata.items())]
    return "\n".join([*said, *(f"{one.where} {one.excerpt}" for one in found.traces)])


def _fill(row: PublishedFile, content: bytes, kind: str, text: str) -> None:
    known = CLAIMED_BY_NAME.get(kind)
    # A table as text keeps the ending of text: a spreadsheet program would run the formulas in a .csv.
    row.name = f"file-{row.pk}.{known.extension if known else kind or 'bin'}"
    row.media_type = known.media_type if known else "application/octet-stream"
    row.size, row.sha256, row.text = len(content), hashlib.sha256(content).hexdigest(), text
    row.file.save(row.name, ContentFile(content), save=False)
    row.save()


def fetch_result(publication_id: int, file_id: int, *, actor: Actor, now: datetime) -> PublishedFile:
    """Take the confirmed result of the bench over, with its proof's count of places.

    Raises Refused: "not_allowed", "publication_file_gone", "publication_bench_open" while it is not confirmed,
    "result_differs".
    """
    row = PublishedFile.objects.select_related("redaction").filter(pk=file_id, publication=publication_id).first()
    if row is None or row.removed_at is not None or row.redaction is None:
        raise Refused("publication_file_gone")
    if row.redaction.state != Redaction.State.DONE or row.redaction.proof is None:
        raise Refused("publication_bench_open")
    content = bench.check_result(row.redaction)
    kind = ending(row.redaction.result_name)
    text = _read(content, row.redaction.result_name)
    with transaction.atomic():
        publication = editable(publication_id, None, actor)
        row.taken_out = _places(row.redaction.proof)
        _fill(row, content, kind, text)
        edited(publication, actor, now, "publication.file_fetched", file=row.pk, sha256=row.sha256)
    return row


def _places(proof: Mapping[str, Any]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for mark in proof["marks"]:
        counted[mark["basis"]] = counted.get(mark["basis"], 0) + int(mark.get("places", 1))
    return counted


@transaction.atomic
def remove_file(publication_id: int, file_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a file out again; what is public goes on carrying it until the next release."""
    publication = editable(publication_id, None, actor)
    if publication.files.filter(pk=file_id, removed_at=None).update(removed_at=now):
        edited(publication, actor, now, "publication.file_removed", file=file_id)
