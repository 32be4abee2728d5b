"""Prints what is understood of mails in files. Writes nothing, fetches nothing."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engage.answers import WRONG_CALL, AnsweringCommand
from engage.errors import Refused
from mailbox.post.reading import Mail, read_mail


class Command(AnsweringCommand):
    """Read each file as one mail."""

    help = "Reads mails from files and prints what is understood: sender, words, files, bounces. Writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files."""
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Exit 0 with a list, one entry for each file in order; 2 when a file cannot be opened."""
        found = []
        for path in options["files"]:
            try:
                raw = path.read_bytes()
            except OSError:
                return self.refuse(Refused("mail_unread"), code=WRONG_CALL, part=str(path))
            found.append(_entry(path, read_mail(raw)))
        return self.say(found, _lines(found))


def _entry(path: Path, mail: Mail) -> dict[str, Any]:
    return {
        "file": str(path),
        "from": f"{mail.name} <{mail.sender}>" if mail.name and mail.sender else mail.sender or mail.name,
        "to": list(mail.to),
        "subject": mail.subject,
        "date": mail.date.isoformat() if mail.date else None,
        "message_id": mail.message_id,
        "references": list(mail.references),
        "text": mail.text,
        "quoted": mail.quoted,
        "attachments": [{"name": one.name, "type": one.type, "size": one.size} for one in mail.attachments],
        "auto_reply": mail.auto_reply,
        "bounce": [
            {"recipient": one.recipient, "dsn": one.dsn, "reason": one.reason, "hard": one.hard} for one in mail.bounces
        ],
        "charset_trouble": mail.charset_trouble,
        "error": mail.errors[0] if mail.errors else None,
    }


def _lines(found: list[dict[str, Any]]) -> list[str]:
    lines = []
    for one in found:
        lines += [f"{one['file']}", f"  {one['from']} -> {', '.join(one['to'])}", f"  {one['subject']}"]
        lines += [f"  {bounce['recipient']}: {bounce['reason']}" for bounce in one["bounce"]]
        lines += [f"  {file['name']} ({file['type']}, {file['size']})" for file in one["attachments"]]
    return lines
