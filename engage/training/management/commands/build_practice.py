"""Fill the database of a practice site; `engage.training.places` runs this in a process of its own."""

import sqlite3
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from engage.training import registry, twins


class Command(BaseCommand):
    """Refuses any database but the one of a practice site that is being built."""

    help = "Builds a practice site (internal: the site calls this itself)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make tables, page tree and demo content, and what the tour needs to find."""
        database = Path(settings.DATABASES["default"]["NAME"])
        if connection.vendor != "sqlite" or not database.parent.name.startswith("building-"):
            raise CommandError("This builds practice sites only; enter practice on the help page of the desk.")
        call_command("migrate", interactive=False, verbosity=0)
        call_command("setup_site", verbosity=0, stdout=self.stderr)
        call_command("demo_site", verbosity=0, stdout=self.stderr)
        for load in registry.seeds():
            load()
        twins.catch_up()
        connection.close()
        with sqlite3.connect(database) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        for name in ("secrets.json", "push.json"):  # made for a site that has none; this one was given its keys
            Path(settings.VAR_DIR, name).unlink(missing_ok=True)
