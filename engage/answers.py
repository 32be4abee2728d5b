"""What commands share: one JSON object or plain lines, refusals in one form, exit codes."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.management.base import BaseCommand

from engage.errors import Refused
from engage.pages.messages import refusal_message

REFUSED, WRONG_CALL = 1, 2


class AnsweringCommand(BaseCommand):
    """A command that prints one answer and ends: 0 done, 1 refused or mismatching, 2 wrong call.

    With --json one JSON object goes to standard output and nothing else.
    """

    requires_system_checks: list[str] = []
    as_json = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Every such command speaks JSON when asked."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what `answer` prints; a refusal is an answer too."""
        self.as_json = options["json"]
        try:
            self.answer(options)
        except Refused as refusal:
            self.refuse(refusal)

    def answer(self, options: Mapping[str, Any]) -> None:
        """Do the work; subclasses end by calling `say`, and `refuse` where they need another exit code than 1."""
        raise NotImplementedError

    def say(self, answer: Mapping[str, Any] | Sequence[Any], lines: Iterable[str], *, code: int = 0) -> None:
        """Print the answer as JSON or as lines for a person, and end with the code."""
        if self.as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(line)
        if code:
            sys.exit(code)

    def refuse(self, refusal: Refused, *, code: int = REFUSED, **where: Any) -> None:
        """End with a refusal, and where it is. For a person it goes to standard error."""
        entry = refusal_entry(refusal, **where)
        if not self.as_json:
            self.stderr.write(entry["message"])
        self.say({"errors": [entry]}, (), code=code)


def refusal_entry(refusal: Refused, **where: Any) -> dict[str, Any]:
    """Return a refusal as every command prints it: code, sentence in the active language, and where."""
    if "line" in refusal.values:
        where = {"line": refusal.values["line"], **where}
    if "column" in refusal.values:
        where = {**where, "column": refusal.values["column"]}
    return {"code": refusal.code, "message": refusal_message(refusal), "where": where}
