"""Small workbooks for tests, written as tables."""

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

YES_NO = [("list_name", "name", "label"), ("yn", "yes", "Yes"), ("yn", "no", "No")]
HEAD = ("type", "name", "label")


def workbook(survey: Sequence[Sequence[Any]], **sheets: Sequence[Sequence[Any]]) -> bytes:
    """Return an .xlsx of these sheets, each a list of rows with its headings first; None leaves a cell empty."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in {"survey": survey, **sheets}.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([None if cell == "" else cell for cell in row])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
