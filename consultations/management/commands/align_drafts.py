"""`manage.py align_drafts A B`: what became of each article of one draft in another. Keeps nothing."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from consultations.alignment import Alignment, align
from consultations.alignment.messages import REFUSALS, reason_message, refusal_message
from consultations.drafts import ParsedDraft, parse_file
from consultations.drafts.messages import refusal_message as draft_refusal_message
from consultations.management.refusing import REFUSED, WRONG_CALL, DraftCommand
from engage.errors import Refused


class Command(DraftCommand):
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


def _worded(refused: Refused) -> str:
    word = refusal_message if refused.code in REFUSALS else draft_refusal_message
    return word(refused.code, refused.values, _)
