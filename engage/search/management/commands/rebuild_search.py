"""`manage.py rebuild_search`: make the search index again from everything public."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from engage.search import actions


class Command(BaseCommand):
    """Runs while the site is in use. With --json: {"entries": {kind: count}, "removed": count}."""

    help = "Make the search index again from everything public, while the site is in use."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild and print what was done."""
        rebuilt = actions.rebuild()
        if options["json"]:
            self.stdout.write(json.dumps({"entries": rebuilt.entries, "removed": rebuilt.removed}))
            return
        for kind, count in rebuilt.entries.items():
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(f"removed: {rebuilt.removed}")
