"""`manage.py import_xlsform FILE`: read an XLSForm, count it, say what is wrong or left out. Writes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand, refusal_entry
from engage.errors import Refused
from surveys.definition.xlsform import Fault, Form, Unsupported, convert, read_form, read_table_form
from surveys.definition.xlsform.form import COUNTED
from surveys.xlsform_words import UNSUPPORTED


class Command(AnsweringCommand):
    """The answer has one shape, also for what is no form at all: title, counts, unsupported, errors."""

    help = (
        "Read an XLSForm (.xlsx, .xls, .csv): counts, what is not carried over, every error by sheet, row and column. "
        "Stores nothing and needs no database; forms are taken into the Studio there. "
        "Exit code 0: the form can be taken; 1: it cannot; 2: no such file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a file; a dry run is all there is."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read and show only, as is done in any case")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Read, count, print."""
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError:
            return self._unread(Refused("xlsform_not_found", file=str(path)), WRONG_CALL)
        try:
            form = read_table_form(content) if path.suffix.lower() == ".csv" else read_form(content)
        except Refused as refusal:
            return self._unread(refusal, REFUSED)
        found = described(form, path.stem)
        return self.say(found, _lines(found), code=REFUSED if found["errors"] else 0)

    def _unread(self, refusal: Refused, code: int) -> None:
        entry = refusal_entry(refusal)
        found = {"title": "", "counts": dict.fromkeys(COUNTED, 0), "unsupported": [], "errors": [entry]}
        self.say(found, [entry["message"]], code=code)


def described(form: Form, name: str) -> dict[str, Any]:
    """Return what the command prints of a form; `name` stands in where the form has no title.

    What is not carried over can be told only of a form without faults.
    """
    conversion = None if form.faults else convert(form)
    return {
        "title": form.title or name,
        "counts": form.counts(),
        "unsupported": [left_out_entry(one) for one in conversion.unsupported] if conversion else [],
        "errors": [fault_entry(fault) for fault in (conversion.faults if conversion else form.faults)],
    }


def left_out_entry(one: Unsupported) -> dict[str, Any]:
    """Return what is not carried over: its name in the form, why, and where."""
    message = UNSUPPORTED[one.code] % {"what": one.what}
    return {"what": one.what, "code": one.code, "message": message, "where": one.where.as_json()}


def fault_entry(fault: Fault) -> dict[str, Any]:
    """Return a fault as every command prints one: code, sentence in the active language, and where."""
    return refusal_entry(Refused(fault.code, **fault.values)) | {"where": fault.where.as_json()}


def _lines(found: Mapping[str, Any]) -> Iterator[str]:
    yield found["title"]
    for name, count in found["counts"].items():
        yield f"  {name:<10} {count:>6}"
    for entry in (*found["unsupported"], *found["errors"]):
        place = _("sheet %(sheet)s, cell %(column)s%(row)s") % entry["where"]
        yield f"{place}: {entry['message']}"
