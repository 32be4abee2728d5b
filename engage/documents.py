"""Word documents (.docx) with headings, words and tables, in both scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from engage.spreadsheets import printable


def new_document(heading: str, language: str) -> Any:
    """Begin a document: its properties, fonts for both scripts, its title."""
    document = Document()
    document.core_properties.title = printable(heading)[:255]
    document.core_properties.author = document.core_properties.comments = ""
    document.core_properties.language = "zh-CN" if language == "zh-hans" else "en-GB"
    normal = document.styles["Normal"]
    normal.font.size = Pt(11)
    for name, font in (("Normal", "SimSun"), ("Title", "SimHei"), ("Heading 1", "SimHei"), ("Heading 2", "SimHei")):
        _east_asian(document.styles[name], font)
    document.add_heading(printable(heading), 0)
    return document


def add_words(document: Any, heading: str, text: str) -> None:
    """Write a heading and its paragraphs."""
    document.add_heading(printable(heading), 1)
    for line in text.splitlines():
        if line.strip():
            document.add_paragraph(printable(line))


def add_table(document: Any, heading: str, rows: Sequence[Sequence[Any]], *, level: int = 1) -> None:
    """Write a heading and a table; every row has as many cells as the first."""
    document.add_heading(printable(heading), level)
    table = document.add_table(rows=0, cols=len(rows[0]), style="Light Grid Accent 1")
    for row in rows:
        for cell, value in zip(table.add_row().cells, row, strict=True):
            cell.text = printable(str(value))


def _east_asian(style: Any, font: str) -> None:
    style.font.name = "Times New Roman"
    fonts = style.element.rPr.rFonts
    for name in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(name), None)
    fonts.set(qn("w:eastAsia"), font)
