"""The rows as CSV: UTF-8 with a mark that spreadsheets recognise, nothing in it that they would calculate."""

import csv
from collections.abc import Iterator
from pathlib import Path

from consultations.outcomes.exports.about import About
from consultations.outcomes.exports.columns import ExportRow, columns
from engage.spreadsheets import harmless


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file."""
    shown = columns()
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(heading for _key, heading, _value in shown)
        writer.writerows([harmless(value(row)) for _key, _heading, value in shown] for row in rows)
