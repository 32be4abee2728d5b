"""The outcome as a Word document: what the page says, without the single comments."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from docx.shared import RGBColor

from consultations.outcomes.exports.about import About, cell_text, masking_note
from consultations.outcomes.exports.columns import ExportRow
from consultations.outcomes.queries import Breakdown
from engage.documents import add_table, add_words, new_document
from engage.spreadsheets import printable

_INS, _DEL = RGBColor(0x14, 0x68, 0x3A), RGBColor(0xA3, 0x27, 0x1A)


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file; the rows are not part of it."""
    document = new_document(about.heading, about.language)
    document.add_paragraph(_("Published on %(day)s. %(url)s") % {"day": about.published, "url": about.url})
    add_words(document, _("Summary"), about.shown.texts.get("summary", ""))
    add_table(document, _("In figures"), [(label, n) for _code, label, n in about.totals])
    add_words(document, _("How it was done and its limits"), about.shown.texts.get("method", ""))
    took_part(document, about.shown.took_part)
    document.add_heading(_("Clause by clause"), 1)
    for row in about.shown.rows:
        _clause(document, row)
    add_words(document, _("What happens next"), about.shown.texts.get("next_steps", ""))
    document.save(str(path))


def took_part(document: Any, tables: Sequence[Breakdown]) -> None:
    """Write who took part, hidden counts as such, and how they were hidden."""
    document.add_heading(_("Who took part"), 1)
    for table in tables:
        cells = [(cell.label, cell_text(cell.count, cell.mark)) for cell in table.cells]
        add_table(document, table.label, cells or [(_("withheld: too few people"), "")], level=2)
    if note := masking_note(tables):
        document.add_paragraph(note)


def _clause(document: Any, row: Any) -> None:
    document.add_heading(printable(row.full_title), 2)
    paragraph = document.add_paragraph()
    for op, words in row.pieces:
        run = paragraph.add_run(printable(words))
        if op == "ins":
            run.underline, run.font.color.rgb = True, _INS
        elif op == "del":
            run.font.strike, run.font.color.rgb = True, _DEL
    if row.removed:
        document.add_paragraph(_("This clause was taken out."))
    for said in row.said:
        for decision in said.decisions:
            line = document.add_paragraph(style="List Bullet")
            line.add_run(printable(said.name or _("Points that stand alone")))
            line.add_run(f" ({decision.points}): ")
            line.add_run(printable(decision.label)).bold = True
            if reason := decision.reason or row.reason:
                line.add_run(". " + printable(reason))
    for quote in row.quotes:
        document.add_paragraph(printable(quote.text), style="Intense Quote")
    if row.reason:
        document.add_paragraph(printable(row.reason))
