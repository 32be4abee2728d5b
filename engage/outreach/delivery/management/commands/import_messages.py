"""Open a case for each message of a table: `manage.py import_messages FILE --channel NAME`."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from engage.accounts.actors import SYSTEM
from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand, refusal_entry
from engage.errors import Refused
from engage.outreach.delivery import actions, inbound
from engage.tables import RowFault


class Command(AnsweringCommand):
    """All or nothing: one wrong row, and nothing is taken in."""

    help = "Opens a case for each message of a CSV table (id, text, author, time, url); known ids are left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the table and the channel it comes from."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="CSV in UTF-8, UTF-16 or GB18030")
        parser.add_argument("--channel", required=True, help="short name of the channel, kept as import:<name>")
        parser.add_argument("--dry-run", action="store_true", help="check the table, write nothing")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Check, take in, tell how many."""
        try:
            data = options["file"].read_bytes()
        except OSError:
            return self.refuse(Refused("message_file_missing", file=str(options["file"])), code=WRONG_CALL)
        channel = actions.channel_name(options["channel"])
        checked = inbound.check(data, channel=channel, now=timezone.now(), actor=SYSTEM)
        answer: dict[str, Any] = {
            "channel": channel,
            "messages": len(checked.messages),
            "known": checked.known,
            "opened": 0,
            "references": [],
            "dry_run": options["dry_run"],
            "errors": [_entry(fault) for fault in checked.faults],
        }
        if checked.faults:
            lines = [f"{entry['where']['line']}: {entry['message']}" for entry in answer["errors"]]
            return self.say(answer, lines, code=REFUSED)
        if not options["dry_run"]:
            taken = actions.import_messages(checked.messages, channel=channel, actor=SYSTEM)
            answer["opened"] = len(taken.submissions)
            answer["references"] = [submission.reference for submission in taken.submissions]
        return self.say(answer, [f"{channel}: {answer['messages']} / {answer['opened']} / {answer['known']}"])


def _entry(fault: RowFault) -> dict[str, Any]:
    where = {"column": fault.column} if fault.column else {}
    return refusal_entry(Refused(fault.code, **fault.values), line=fault.line, **where)
