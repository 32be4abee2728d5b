"""The evidence of a call as CSV, XLSX and DOCX, made when asked for: a few dozen lines, all from one `Study`."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, fields

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from consultations.outcomes.exports import MEDIA_TYPES
from consultations.outcomes.exports.about import cell_text
from consultations.outcomes.models import Export
from consultations.study.queries import ShownSource, Study
from engage.spreadsheets import add_row, add_sheet, book_bytes, csv_stream, new_book


@dataclass(frozen=True)
class Line:
    """One line of the tables. `section` and `code` stay the same in every language; hidden numbers are words."""

    section: str
    group: str
    code: str
    label: str
    number: int | str | None = None
    first: str = ""
    last: str = ""
    note: str = ""


def headings() -> list[str]:
    """Return the headings of a line's fields, in the active language."""
    words = {
        "section": _("Section (code)"),
        "group": _("Group"),
        "code": _("Code"),
        "label": _("What"),
        "number": pgettext("how many", "Number"),
        "first": _("First received"),
        "last": _("Last received"),
        "note": _("How it was collected, or a note"),
    }
    return [words[field.name] for field in fields(Line)]


def figures(study: Study) -> list[tuple[str, str, int]]:
    """Return (code, label, number) of what was counted altogether."""
    labels = {
        "comments": _("Comments counted"),
        "people": _("People and organisations"),
        "organisations": _("Organisations among them"),
        "confidential": _("Confidential comments: counted, not shown"),
        "private": _("Counted and not shown, confidential ones included"),
    }
    return [(code, label, study.figures[code]) for code, label in labels.items()]


def lines(study: Study) -> list[Line]:
    """Return all that the page says, a line a fact."""
    found = [Line("figure", "", code, label, n) for code, label, n in figures(study)]
    for source in study.sources:
        found += _source_lines(source)
    found += [Line("left_out", row.source, row.code, row.label, cell_text(row.n, row.mark)) for row in study.left_out]
    for table in study.took_part:
        cells = [(cell.label, cell_text(cell.count, cell.mark)) for cell in table.cells]
        found += [
            Line("took_part", table.label, table.code, label, n)
            for label, n in cells or [(_("withheld: too few people"), None)]
        ]
    if study.note:
        found += [Line("method", "", name, heading, note=words) for name, heading, words in study.note.parts]
    return found


def _source_lines(source: ShownSource) -> list[Line]:
    section = "apart" if source.apart else "input"
    whole = Line(
        section, source.label, f"{source.code}.total", _("Altogether"), source.total, _day(source.first),
        _day(source.last), source.nothing or (_("By way: not shown, too few") if source.withheld else ""),
    )  # fmt: skip
    ways = [
        Line(
            section, source.label, f"{source.code}.{row.mode}", row.label, cell_text(row.n, row.mark),
            _day(row.first), _day(row.last), row.method,
        )
        for row in source.inputs
    ]  # fmt: skip
    return [whole, *ways]


def _day(day) -> str:
    return day.isoformat() if day else ""


def _values(line: Line) -> list[int | str | None]:
    return [getattr(line, field.name) for field in fields(Line)]


def heading(study: Study) -> str:
    """Return the title of every file."""
    return _("%(title)s: what this rests on") % {"title": study.call.page.title}


def _source_of_file(study: Study) -> str:
    address = settings.PUBLIC_URL + reverse("evidence", args=[study.call.consultation.slug])
    moment = date_format(timezone.localtime(study.as_of), "DATETIME_FORMAT")
    return _("Counted on %(moment)s. %(url)s") % {"moment": moment, "url": address}


def as_csv(study: Study, language: str) -> bytes:
    """Write the lines as UTF-8 with a mark that spreadsheets recognise; nothing in it that they would calculate."""
    return b"".join(csv_stream(headings(), (_values(line) for line in lines(study))))


def as_workbook(study: Study, language: str) -> bytes:
    """Write the lines on one sheet and who took part on another."""
    from consultations.outcomes.exports.sheet import took_part

    book = new_book(heading(study))
    sheet = add_sheet(book, _("Evidence"), widths=(14, 26, 26, 44, 12, 14, 14, 70))
    add_row(sheet, [heading(study)], bold=True)
    add_row(sheet, [_source_of_file(study)])
    add_row(sheet, [])
    add_row(sheet, headings(), bold=True)
    for line in lines(study):
        add_row(sheet, _values(line))
    took_part(book, study.took_part)
    return book_bytes(book)


def as_document(study: Study, language: str) -> bytes:
    """Write a report that reads as the page does."""
    from consultations.outcomes.exports.word import took_part
    from engage.documents import add_table, add_words, new_document

    document = new_document(heading(study), language)
    document.add_paragraph(_source_of_file(study))
    add_table(document, _("In figures"), [(label, n) for _code, label, n in figures(study)])
    for title, sources in ((_("What came in, by way"), study.inputs), (_("Counted apart"), study.apart)):
        document.add_heading(title, 1)
        for source in sources:
            found = _source_lines(source)
            rows = [(line.label, line.number, line.first, line.last, line.note) for line in found]
            add_table(
                document,
                source.label,
                [(_("Way"), pgettext("how many", "Number"), _("First received"), _("Last received"), _("How")), *rows],
                level=2,
            )
    if study.left_out:
        rows = [(row.label, cell_text(row.n, row.mark)) for row in study.left_out]
        add_table(document, _("What is left out"), rows)
    took_part(document, study.took_part)
    for _name, title, words in study.note.parts if study.note else ():
        add_words(document, title, words)
    if study.note is None:
        add_words(document, _("How it was done"), _("Nobody has written yet how this call was made known."))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@dataclass(frozen=True)
class File:
    """One format of the evidence."""

    media_type: str
    make: Callable[[Study, str], bytes]


FILES = {
    "xlsx": File(MEDIA_TYPES[Export.Kind.XLSX], as_workbook),
    "csv": File(MEDIA_TYPES[Export.Kind.CSV], as_csv),
    "docx": File(MEDIA_TYPES[Export.Kind.DOCX], as_document),
}
