"""`manage.py align_drafts A B`: what became of each article of one draft in another. Keeps nothing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from consultations.alignment import Alignment, align
from consultations.alignment.messages import REFUSALS, reason_message, refusal_message
from consultations.drafts import ParsedDraft, parse_file
from consultations.drafts.messages import refusal_message as draft_refusal_message
from engage.errors import Refused

REFUSED, WRONG_CALL = 1, 2


class Command(BaseCommand):
    help = "Aligns two versions of a draft, article by article: same, reworded, renumbered, moved, split, merged …"
    requires_system_checks: list[str] = []  # it touches no table and no address

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("old", help="the earlier version (.txt, .md or .docx)")
        parser.add_argument("new", help="the later version")
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"]
        old, new = (self._read(options[side], as_json) for side in ("old", "new"))
        try:
            alignment = align(old, new)
        except Refused as refused:
            raise self._failure(refused.code, _worded(refused), {"part": options["new"]}, as_json, REFUSED) from refused
        if as_json:
            self._print(alignment.as_json())
        else:
            self._show(alignment)

    def _read(self, name: str, as_json: bool) -> ParsedDraft:
        try:
            return parse_file(name)
        except OSError as fault:
            raise self._failure("cannot_open", str(fault), {"part": name}, as_json, WRONG_CALL) from fault
        except Refused as refused:
            raise self._failure(refused.code, _worded(refused), {"part": name}, as_json, REFUSED) from refused

    def _show(self, alignment: Alignment) -> None:
        """Print the links for a person: a line each, the reasons for a doubt below."""
        for link in alignment.links:
            names = [", ".join(item.name for item in side) or "–" for side in (link.old, link.new)]
            self.stdout.write(f"{names[0]} → {names[1]}  {link.relation}  {link.similarity:.2f}")
            for reason in link.reasons:
                self.stdout.write("    " + reason_message(reason.code, reason.values, _))

    def _failure(self, code: str, message: str, where: dict[str, Any], as_json: bool, status: int) -> CommandError:
        """Print the refusal where a script reads it and return the exception that ends the command with `status`."""
        if as_json:
            self._print({"errors": [{"code": code, "message": message, "where": where}]})
        return CommandError(message, returncode=status)

    def _print(self, result: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(result, ensure_ascii=False))


def _worded(refused: Refused) -> str:
    word = refusal_message if refused.code in REFUSALS else draft_refusal_message
    return word(refused.code, refused.values, _)
