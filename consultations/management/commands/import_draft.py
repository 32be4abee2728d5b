"""`manage.py import_draft FILE`: read a draft into a clause tree, show it, and keep it unless this is a dry run."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from consultations.drafts import Doubt, ParsedDraft, parse_file
from consultations.drafts.changes import ACCEPT, CHOICES
from consultations.drafts.messages import REFUSALS, doubt_message, refusal_message
from consultations.drafts.reader import known_language
from consultations.management.refusing import REFUSED, WRONG_CALL, DraftCommand
from engage.accounts.actors import SYSTEM
from engage.errors import Refused


class Command(DraftCommand):
    help = "Reads a draft (txt, md, docx, odt, html, Akoma Ntoso) into a tree of clauses, kept as a new version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the draft to read")
        parser.add_argument("--language", help="zh-hans or en; told from the text when not given")
        parser.add_argument(
            "--changes",
            choices=CHOICES,
            default=ACCEPT,
            help="what to do with tracked changes (accept)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        parser.add_argument("--dry-run", action="store_true", help="read and show only; keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options["json"]
        try:
            language = known_language(options["language"])
        except ValueError as fault:
            raise self._failure("unknown_language", str(fault), {}, as_json, WRONG_CALL) from fault
        try:
            parsed = parse_file(options["file"], language=language, changes=options["changes"])
        except OSError as fault:
            raise self._failure("cannot_open", str(fault), {}, as_json, WRONG_CALL) from fault
        except Refused as refused:
            message = refusal_message(refused.code, refused.values, _)
            raise self._failure(refused.code, message, _where(refused), as_json, REFUSED) from refused
        if not options["dry_run"]:
            self._keep(parsed, Path(options["file"]).name, as_json)
        self._show(parsed, as_json)

    def _keep(self, parsed: ParsedDraft, name: str, as_json: bool) -> None:
        # Imported here: a dry run touches no table, so it works before the first migration.
        from consultations.actions import store_draft

        try:
            store_draft(parsed, source_name=name, actor=SYSTEM)
        except Refused as refused:
            message = refusal_message(refused.code, refused.values, _) if refused.code in REFUSALS else refused.code
            raise self._failure(refused.code, message, _where(refused), as_json, REFUSED) from refused

    def _show(self, parsed: ParsedDraft, as_json: bool) -> None:
        if as_json:
            self._print(parsed.as_json(_worded))
            return
        self.stdout.write(parsed.title or _("(no title)"))
        for level, count in parsed.counts.items():
            self.stdout.write(f"  {level:<10} {count:>6}")
        for doubt in parsed.doubts:
            self.stdout.write(_("line %(line)s: %(message)s") % {"line": doubt.line, "message": _worded(doubt)})


def _worded(doubt: Doubt) -> str:
    return doubt_message(doubt.code, doubt.values, _)


def _where(refused: Refused) -> dict[str, Any]:
    return {"line": refused.values["line"]} if "line" in refused.values else {}
