"""Recomputes a table of worked examples of clocks (`vectors.compare`)."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand, refusal_entry
from engage.calendars.vectors import Comparison, compare
from engage.errors import Refused


class Command(AnsweringCommand):
    """Needs no database: profiles and calendars are the shipped ones."""

    help = "Recompute every due date of a CSV table of worked examples; ends with 1 when one does not agree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The table, with the columns id, profile, target, tz, start, events and due."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def answer(self, options: Mapping[str, Any]) -> None:
        """Compare and print."""
        path: Path = options["file"]
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except OSError:
            return self.refuse(Refused("clock_table_not_found", file=str(path)), code=WRONG_CALL)
        except UnicodeDecodeError:
            raise Refused("clock_table_not_utf8") from None
        found = compare(text)
        if found.outside_validity:
            rows = ", ".join(found.outside_validity)
            self.stderr.write(_("Received outside the dates of the profile: %(rows)s") % {"rows": rows})
        agrees = found.matching == found.rows
        return self.say(_as_json(found), _as_lines(found), code=0 if agrees else REFUSED)


def _as_json(found: Comparison) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "rows": found.rows,
        "matching": found.matching,
        "mismatches": [
            {
                "row": mismatch.row,
                "expected": mismatch.expected.isoformat() if mismatch.expected else None,
                "got": mismatch.got.isoformat() if mismatch.got else None,
            }
            for mismatch in found.mismatches
        ],
    }
    if found.errors:
        answer["errors"] = [refusal_entry(error.refusal, line=error.line) for error in found.errors]
    return answer


def _as_lines(found: Comparison) -> Iterator[str]:
    yield ngettext("%(matching)d of %(rows)d row agrees", "%(matching)d of %(rows)d rows agree", found.rows) % {
        "matching": found.matching,
        "rows": found.rows,
    }
    for mismatch in found.mismatches:
        yield _("%(row)s: expected %(expected)s, got %(got)s") % {
            "row": mismatch.row,
            "expected": mismatch.expected or _("no day"),
            "got": mismatch.got or _("no day"),
        }
    for error in found.errors:
        entry = refusal_entry(error.refusal)
        yield _("Line %(line)d: %(message)s") % {"line": error.line, "message": entry["message"]}
