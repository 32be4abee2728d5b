"""The outcome as a PDF (A4, tagged, fonts of our own): what the page says, without the single comments."""

import json
from collections.abc import Iterator
from pathlib import Path

import typst
from django.utils.translation import gettext as _

from consultations.outcomes.exports.about import About, cell_text, masking_note
from consultations.outcomes.exports.columns import ExportRow
from engage import fonts
from engage.spreadsheets import printable

_FOLDER = Path(__file__).parent


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file; the rows are not part of it. What people wrote is data, never markup."""
    data = json.dumps(_data(about), ensure_ascii=False).encode("utf-8", "replace").decode()
    typst.compile(
        str(_FOLDER / "outcome.typ"),
        output=str(path),
        root=str(_FOLDER),
        font_paths=[str(fonts.FOLDER)],
        sys_inputs={"data": printable(data)},
        format="pdf",
    )


def _data(about: About) -> dict[str, object]:
    shown = about.shown
    return {
        "family": fonts.CJK_FAMILY,
        "lang": about.language[:2],
        "heading": about.heading,
        "published": _("Published on %(day)s. %(url)s") % {"day": about.published, "url": about.url},
        "figures_label": _("In figures"),
        "figures": [[label, str(n)] for _code, label, n in about.totals],
        "texts": {
            "summary": [_("Summary"), shown.texts.get("summary", "")],
            "method": [_("How it was done and its limits"), shown.texts.get("method", "")],
            "next": [_("What happens next"), shown.texts.get("next_steps", "")],
        },
        "took_part_label": _("Who took part"),
        "took_part": [
            {
                "label": table.label,
                "cells": [[cell.label, str(cell_text(cell.count, cell.mark))] for cell in table.cells]
                or [[_("withheld: too few people"), ""]],
            }
            for table in shown.took_part
        ],
        "note": masking_note(shown.took_part),
        "clauses_label": _("Clause by clause"),
        "removed": _("This clause was taken out."),
        "alone": _("Points that stand alone"),
        "clauses": [
            {
                "title": row.full_title,
                "pieces": row.pieces,
                "removed": row.removed,
                "said": [
                    [said.name, str(decision.points), decision.label, decision.reason or row.reason]
                    for said in row.said
                    for decision in said.decisions
                ],
                "quotes": [quote.text for quote in row.quotes],
                "reason": row.reason,
            }
            for row in shown.rows
        ],
    }
