"""Takes mail in: files, a folder, a mailbox on a server, or a listener that runs until it is told to end."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engage.errors import Refused
from engage.pages.messages import refusal_message
from mailbox.post import actions, ways
from mailbox.post.models import InMail


class Command(BaseCommand):
    """Keep mails as they came; the worker reads them."""

    help = "Takes mail in from files, --drop FOLDER, --imap URL, or listens with --listen HOST:PORT (--lmtp)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, or one way."""
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
        parser.add_argument("--listen", metavar="HOST:PORT", help="listen for SMTP")
        parser.add_argument("--lmtp", action="store_true", help="speak LMTP at --listen")
        parser.add_argument("--imap", nargs="?", const="", metavar="URL", help="fetch once; without URL as configured")
        parser.add_argument("--drop", nargs="?", const="", metavar="FOLDER", help="take a folder; or as configured")
        parser.add_argument("--read", action="store_true", help="also read at once what was taken in")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 0 when all was kept, 1 when something was refused, 2 for a wrong call."""
        from django.conf import settings

        now = timezone.now()
        if options["listen"]:
            self._listen(options["listen"], lmtp=options["lmtp"])
            return
        if options["imap"] is not None and (url := options["imap"] or settings.MAIL_IMAP_URL):
            taken = ways.take_from_imap(url, now=now)
        elif options["drop"] is not None and (folder := options["drop"] or settings.MAIL_DROP_DIR):
            taken = ways.take_from_folder(folder, now=now)
        elif options["files"]:
            taken = sum(self._file(path) for path in options["files"])
        else:
            raise CommandError(refusal_message(Refused("mail_no_way")), returncode=2)
        self.stdout.write(str(taken))
        while options["read"] and actions.read_new(now=timezone.now()):
            pass

    def _file(self, path: Path) -> int:
        try:
            actions.take_in(path.read_bytes(), way=InMail.Way.FILE, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{path}: {refusal_message(Refused('mail_unread'))}", returncode=2) from error
        except Refused as refusal:
            raise CommandError(f"{path}: {refusal_message(refusal)}", returncode=1) from refusal
        return 1

    def _listen(self, address: str, *, lmtp: bool) -> None:
        host, _colon, port = address.rpartition(":")
        if not port.isascii() or not port.isdigit() or int(port) > 65_535:
            raise CommandError(refusal_message(Refused("mail_bad_address")), returncode=2)
        over = threading.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, lambda _signal, _frame: over.set())
        listener = ways.Listener(host.strip("[]") or "127.0.0.1", int(port), lmtp=lmtp)
        try:
            listener.start()
        except OSError as error:
            raise CommandError(str(error), returncode=1) from error
        self.stdout.write(f"listening at {address}")
        self.stdout.flush()
        over.wait()
        listener.stop()
