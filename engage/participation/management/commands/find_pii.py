"""Finds personal data in a file: a CSV with the columns id and text, or plain text."""

import csv
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from engage.errors import Refused
from engage.participation.attachments.plain_text import decode
from engage.participation.personal_data import find
from engage.tables import reader_of

REFUSED, WRONG_CALL = 1, 2


class Command(BaseCommand):
    """Print kind and place of each finding, never the personal data itself."""

    help = "Finds personal data in a CSV with the columns id and text, or in plain text line by line. Writes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One file; --json for pipelines."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 with the findings, 1 when the file is refused, 2 when it cannot be opened."""
        path, as_json = options["file"], options["json"]
        try:
            content = path.read_bytes()
        except OSError as error:
            self._refuse([_fault("no_file")], as_json, WRONG_CALL, error)
        try:
            texts = list(_texts(decode(content), is_table=path.suffix.lower() == ".csv"))
        except Refused as refused:
            self._refuse(refused.values.get("faults") or [_fault("not_text")], as_json, REFUSED, refused)
        findings = [{"id": id_, **found._asdict()} for id_, text in texts for found in find(text)]
        if as_json:
            self.stdout.write(json.dumps({"findings": findings}, ensure_ascii=False))
            return
        for finding in findings:
            self.stdout.write("{id}\t{kind}\t{start}\t{end}".format_map(finding))

    def _refuse(self, faults: list[dict[str, Any]], as_json: bool, status: int, cause: Exception) -> None:
        """Raises CommandError, which ends the command with `status`."""
        if as_json:
            self.stdout.write(json.dumps({"errors": faults}, ensure_ascii=False))
        raise CommandError("\n".join(_line(fault) for fault in faults), returncode=status) from cause


def _messages() -> dict[str, str]:
    return {
        "no_file": _("This file cannot be opened."),
        "not_text": _("This file is not plain text in an encoding we know."),
        "no_columns": _("The first line of a table must name the columns id and text."),
        "row_shape": _("This row does not have as many columns as the first line."),
        "bad_quotes": _("A quotation mark is opened and not closed, or stands inside a column."),
    }


def _fault(code: str, line: int | None = None) -> dict[str, Any]:
    return {"code": code, "message": _messages()[code], "where": {} if line is None else {"line": line}}


def _line(fault: dict[str, Any]) -> str:
    if not fault["where"]:
        return fault["message"]
    return _("Line %(line)d: %(message)s") % {"line": fault["where"]["line"], "message": fault["message"]}


def _texts(text: str, *, is_table: bool) -> Iterator[tuple[str | int, str]]:
    """Yield (id, text): rows when the first line names the columns, else lines with their number from 1.

    Raises Refused("bad_rows", faults=[...]) with every row that cannot be read.
    """
    names = [name.strip().lower() for name in text.partition("\n")[0].split(",")]
    if {"id", "text"} <= set(names):
        yield from _rows(text, names)
    elif is_table:
        raise Refused("bad_rows", faults=[_fault("no_columns", 1)])
    else:
        yield from ((number, line.rstrip("\r")) for number, line in enumerate(text.split("\n"), start=1))


def _rows(text: str, names: list[str]) -> list[tuple[str | int, str]]:
    id_column, text_column = names.index("id"), names.index("text")
    rows: list[tuple[str | int, str]] = []
    faults = []
    reader = reader_of(text)
    try:
        next(reader)
        for row in reader:
            if len(row) == len(names):
                rows.append((row[id_column], row[text_column]))
            elif row:
                faults.append(_fault("row_shape", reader.line_num))
    except csv.Error:
        faults.append(_fault("bad_quotes", reader.line_num))
    if faults:
        raise Refused("bad_rows", faults=faults)
    return rows
