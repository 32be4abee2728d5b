"""Writes docs/dispositions.md from the table of dispositions."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from surveys.dispositions import FILE, document


class Command(BaseCommand):
    """Needs no database."""

    help = "Write docs/dispositions.md from the table of dispositions; with --check only compare."

    def add_arguments(self, parser: CommandParser) -> None:
        """`--check` compares and ends with 1 when the file is not what the table says."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        wanted = document()
        if options["check"]:
            sys.exit(0 if FILE.read_text(encoding="utf-8") == wanted else 1)
        FILE.write_text(wanted, encoding="utf-8")
