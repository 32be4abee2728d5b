"""`manage.py import_departments FILE.csv`: make and change departments from a table, all or nothing."""

from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from engage.accounts.actors import SYSTEM
from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand, refusal_entry
from engage.departments.actions import import_table
from engage.departments.rules import RowFault
from engage.errors import Refused


class Command(AnsweringCommand):
    """The table has the columns code, parent, name_zh, name_en, duties_zh and duties_en; ; or ； part duties."""

    help = "Make and change departments from a CSV table; nothing is kept when one row has an error."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The table, and whether to keep what it makes."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the table (CSV, UTF-8 or GB18030)")
        parser.add_argument("--dry-run", action="store_true", help="check the table and keep nothing")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Import and print what was made, or every row that is wrong."""
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError:
            return self.refuse(Refused("departments_file_not_found", file=str(path)), code=WRONG_CALL)
        try:
            done = import_table(content, actor=SYSTEM, dry_run=options["dry_run"])
        except Refused as refusal:
            if "faults" not in refusal.values:
                raise
            return self._refuse_rows(refusal.values["faults"])
        answer = {
            "rows": done.rows,
            "created": done.created,
            "changed": done.changed,
            "unchanged": done.unchanged,
            "dry_run": options["dry_run"],
        }
        counts = {"created": len(done.created), "changed": len(done.changed), "unchanged": len(done.unchanged)}
        return self.say(answer, [_("%(created)d created, %(changed)d changed, %(unchanged)d unchanged") % counts])

    def _refuse_rows(self, faults: Iterable[RowFault]) -> None:
        entries = [_entry(fault) for fault in faults]
        if not self.as_json:
            for entry in entries:
                where = entry["where"] | {"message": entry["message"]}
                told = (
                    _("Line %(line)d, column %(column)s: %(message)s")
                    if "column" in where
                    else _("Line %(line)d: %(message)s")
                )
                self.stderr.write(told % where)
        self.say({"errors": entries}, (), code=REFUSED)


def _entry(fault: RowFault) -> dict[str, Any]:
    where: dict[str, Any] = {"line": fault.line} | ({"column": fault.column} if fault.column else {})
    return refusal_entry(Refused(fault.code, **fault.values), **where)
