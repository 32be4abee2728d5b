"""Takes in a letter that came back, as a mail server hands it over: `| manage.py bounce` (RFC 3464)."""

from __future__ import annotations

import email
import email.policy
import sys
from argparse import ArgumentParser
from email.message import EmailMessage
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from engage.outreach.follows.actions.bounces import bounced_letter

# A report is a few kilobytes; a letter that somebody sends here is not read further.
MOST = 1024 * 1024


class Command(BaseCommand):
    """Read one report of delivery from standard input."""

    help = "Reads one bounced letter (RFC 3464) from standard input and remembers it at its follower."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Nothing to choose."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 when it was one of our letters, 1 when it was not."""
        report = email.message_from_bytes(sys.stdin.buffer.read(MOST), policy=email.policy.default)
        kind, name = kind_of(report), letter_of(report)
        if not kind or not bounced_letter(name, kind, now=timezone.now()):
            raise CommandError(_("This is no report about one of our letters."))
        self.stdout.write(kind)


def kind_of(report: EmailMessage) -> str:
    """Return "hard", "soft" or, when nothing bounced, an empty text."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():
            action, status = str(block.get("Action", "")).lower(), str(block.get("Status", ""))
            if action == "failed":
                return "hard" if status.startswith("5.1.") else "soft"
    return ""


def letter_of(report: EmailMessage) -> str:
    """Return the name of the letter that came back."""
    for part in report.walk():
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            content = part.get_payload()
            inner = content[0] if isinstance(content, list) else email.message_from_string(str(content))
            return str(inner.get("Message-ID", ""))
    return ""
