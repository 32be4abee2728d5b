"""The append-only story of one submission, told in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise

from engage import rows

if TYPE_CHECKING:
    from engage.participation.models import Submission, TimelineEntry

_sentences: dict[str, Promise | str] = {}


def register(sentences: dict[str, Promise | str]) -> None:
    """Add a room's timeline codes with their (lazy) sentences; placeholders are the entry's params."""
    _sentences.update(sentences)


def add(submission: Submission, code: str, *, at: datetime | None = None, **params: Any) -> TimelineEntry:
    """Append one entry inside the caller's transaction; KeyError for a code without a sentence."""
    from engage.participation.models import TimelineEntry

    _sentences[code]
    entry = rows.new(TimelineEntry, submission_id=submission.pk, code=code, params=params, at=at or timezone.now())
    rows.write(entry)
    return entry


def add_many(submission_ids: Iterable[int], code: str, *, at: datetime) -> None:
    """Append the same entry to many submissions inside the caller's transaction; KeyError as in `add`."""
    from engage.participation.models import TimelineEntry

    _sentences[code]
    TimelineEntry.objects.bulk_create(TimelineEntry(submission_id=pk, code=code, at=at) for pk in submission_ids)


def sentence(entry: TimelineEntry) -> str:
    """Return the entry in the active language.

    A param is a plain value, a text in both languages ({"zh": ..., "en": ...}) or a day ({"day": "2026-12-03"}).
    """
    text = str(_sentences[entry.code])
    return text % {name: _said(value) for name, value in entry.params.items()} if entry.params else text


def _said(value: Any) -> Any:
    from engage.departments.models import in_active_language

    if not isinstance(value, dict):
        return value
    if "day" in value:
        return date_format(date.fromisoformat(value["day"]), "DATE_FORMAT")
    return in_active_language(value["zh"], value["en"])
