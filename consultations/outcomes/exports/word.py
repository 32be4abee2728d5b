"""The outcome as a Word document: what the page says, without the single comments."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from consultations.outcomes.exports.about import About, cell_text, masking_note
from consultations.outcomes.exports.columns import ExportRow, printable

_INS, _DEL = RGBColor(0x14, 0x68, 0x3A), RGBColor(0xA3, 0x27, 0x1A)


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file; the rows are not part of it."""
    document = Document()
    document.core_properties.title = printable(about.heading)[:255]
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.language = "zh-CN" if about.language == "zh-hans" else "en-GB"
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    for name, font in (("Normal", "SimSun"), ("Title", "SimHei"), ("Heading 1", "SimHei"), ("Heading 2", "SimHei")):
        _east_asian(document.styles[name], font)
    document.add_heading(printable(about.heading), 0)
    document.add_paragraph(_("Published on %(day)s. %(url)s") % {"day": about.published, "url": about.url})
    _words(document, _("Summary"), about.shown.texts.get("summary", ""))
    _table(document, _("In figures"), [(label, n) for _code, label, n in about.totals])
    _words(document, _("How it was done and its limits"), about.shown.texts.get("method", ""))
    document.add_heading(_("Who took part"), 1)
    for table in about.shown.took_part:
        cells = [(cell.label, cell_text(cell.count, cell.mark)) for cell in table.cells]
        _table(document, table.label, cells or [(_("withheld: too few people"), "")], level=2)
    if note := masking_note(about.shown.took_part):
        document.add_paragraph(note)
    document.add_heading(_("Clause by clause"), 1)
    for row in about.shown.rows:
        _clause(document, row)
    _words(document, _("What happens next"), about.shown.texts.get("next_steps", ""))
    document.save(str(path))


def _east_asian(style: Any, font: str) -> None:
    style.font.name = "Times New Roman"
    fonts = style.element.rPr.rFonts
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), font)


def _words(document: Any, heading: str, text: str) -> None:
    document.add_heading(heading, 1)
    for line in text.splitlines():
        if line.strip():
            document.add_paragraph(printable(line))


def _table(document: Any, heading: str, rows: list[tuple[str, Any]], *, level: int = 1) -> None:
    document.add_heading(printable(heading), level)
    table = document.add_table(rows=0, cols=2, style="Light Grid Accent 1")
    for label, value in rows:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = printable(label), printable(str(value))


def _clause(document: Any, row: Any) -> None:
    document.add_heading(printable(row.title), 2)
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
