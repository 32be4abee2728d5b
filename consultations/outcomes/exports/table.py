"""The rows as CSV: UTF-8 with a mark that spreadsheets recognise, nothing in it that they would calculate."""

from collections.abc import Iterator
from pathlib import Path

from consultations.outcomes.exports.about import About
from consultations.outcomes.exports.columns import ExportRow, columns
from engage.spreadsheets import csv_stream


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file."""
    shown = columns()
    head = [heading for _key, heading, _value in shown]
    with path.open("wb") as out:
        out.writelines(csv_stream(head, ([value(row) for _key, _heading, value in shown] for row in rows)))
