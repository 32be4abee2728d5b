"""The files of a published outcome: five formats, all from the same content and the same rows.

`make(export)` writes one into a temporary file and hands it to the private storage; it tells how far it is after every
few hundred rows and stops as soon as its order was cancelled or renewed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from django.core.files import File
from django.db import transaction
from django.utils import timezone, translation

from consultations.outcomes import queries
from consultations.outcomes.exports.about import About, about
from consultations.outcomes.exports.columns import ExportRow
from consultations.outcomes.models import Export

PROGRESS_ROWS = 500
Rows = Iterator[ExportRow]

MEDIA_TYPES = {
    Export.Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Export.Kind.CSV: "text/csv; charset=utf-8",
    Export.Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Export.Kind.PDF: "application/pdf",
    Export.Kind.JSON: "application/json",
}


class Stopped(Exception):
    """The order was cancelled or renewed while the file was being made."""


def make(export: Export) -> Export.State:
    """Make one file and return what became of it: ready, or the state somebody else put it in meanwhile."""
    outcome = export.outcome
    total = queries.count_rows(outcome)
    if not _moved(export, state=Export.State.RUNNING, done=0, total=total):
        return Export.State(Export.objects.values_list("state", flat=True).get(pk=export.pk))
    with tempfile.TemporaryDirectory(prefix="engage-export-") as folder, translation.override(export.language):
        path = Path(folder) / f"outcome.{export.kind}"
        try:
            _writer(export.kind)(path, about(outcome, export.language), _watched(export))
        except Stopped:
            return Export.State(Export.objects.values_list("state", flat=True).get(pk=export.pk))
        return _keep(export, path, total)


def _writer(kind: str) -> Callable[[Path, About, Rows], None]:
    # Each library costs every start a moment; only who makes such a file needs it.
    if kind == Export.Kind.XLSX:
        from consultations.outcomes.exports.sheet import write
    elif kind == Export.Kind.CSV:
        from consultations.outcomes.exports.table import write
    elif kind == Export.Kind.DOCX:
        from consultations.outcomes.exports.word import write
    elif kind == Export.Kind.PDF:
        from consultations.outcomes.exports.paper import write
    else:
        from consultations.outcomes.exports.plain import write
    return write


def _watched(export: Export) -> Rows:
    """Give the rows, tell how far they are, and stop when nobody wants them any more."""
    for done, row in enumerate(queries.export_rows(export.outcome, export.language), 1):
        yield row
        if done % PROGRESS_ROWS == 0 and not _moved(export, done=done):
            raise Stopped


def _moved(export: Export, **values: object) -> bool:
    """Write how far it is; False when the order is no longer this one."""
    mine = Export.objects.filter(pk=export.pk, order=export.order)
    return mine.update(moved_at=timezone.now(), **values) == 1


def _keep(export: Export, path: Path, total: int) -> Export.State:
    with path.open("rb") as content:
        name = export.file.storage.save(
            f"outcomes/{timezone.now():%Y/%m}/{export.outcome.consultation.slug}-{export.language}.{export.kind}",
            File(content),
        )
    with transaction.atomic():
        kept = _moved(export, state=Export.State.READY, done=total, file=name, size=path.stat().st_size)
    if not kept:
        export.file.storage.delete(name)
    return Export.State(Export.objects.values_list("state", flat=True).get(pk=export.pk))
