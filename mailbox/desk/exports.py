"""A view of the queue as a table: all its rows, whatever the number, written one by one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engage.accounts.models import User
from engage.desk.queries import screen_filters
from engage.journal import actions as journal
from engage.participation.words import channel_name
from engage.spreadsheets import SHEET_ROWS, add_row, add_sheet, csv_stream, new_book
from mailbox.desk.queue import CASES, found
from mailbox.desk.words import language_name
from mailbox.models import Case, CaseQuerySet

AT_ONCE = 2_000


def headings() -> list[str]:
    """Name the columns in the active language."""
    return [
        _("Reference"),
        pgettext("case", "Title"),
        pgettext("case", "Kind"),
        pgettext("case", "State"),
        pgettext("case", "With"),
        _("Officer"),
        pgettext("case", "Received"),
        pgettext("case", "Due"),
        _("Came"),
        _("Reads"),
        pgettext("case", "Number of people"),
    ]


def _line(case: Case) -> list[Any]:
    return [
        case.reference,
        case.title,
        str(case.machine.label),
        str(case.state_of.label),
        str(case.desk or ""),
        str(case.owner or ""),
        localtime(case.received_at).date().isoformat(),
        case.due.isoformat() if case.due else "",
        channel_name(case.submission.channel),
        language_name(case.submission.language),
        case.people,
    ]


@transaction.atomic
def cases_for(actor: User, asked: Mapping[str, str], form: str) -> CaseQuerySet:
    """Return the cases of a view as its address asks for them; the journal keeps who took them along and as what."""
    view, filters = screen_filters(actor, CASES, asked)
    journal.record(actor, "cases.exported", "mailbox.case", view=view, form=form, filters=sorted(filters))
    return found(actor, view, filters, timezone.localdate()).select_related("submission", "desk", "owner")


def as_csv(cases: CaseQuerySet) -> Iterator[bytes]:
    """Write the table piece by piece."""
    return csv_stream(headings(), (_line(case) for case in cases.iterator(chunk_size=AT_ONCE)))


def as_xlsx(cases: CaseQuerySet) -> IO[bytes]:
    """Write the table as a workbook into a file that is gone when it is closed; text stays text."""
    book = new_book()
    widths = (20, 60, 16, 22, 24, 20, 12, 12, 16, 12, 10)
    sheet = add_sheet(book, str(CASES.label), widths=widths, heads=[headings()])
    for case in cases[: SHEET_ROWS - 1].iterator(chunk_size=AT_ONCE):
        add_row(sheet, _line(case))
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response that sends it closes it
    book.save(file)
    file.seek(0)
    return file
