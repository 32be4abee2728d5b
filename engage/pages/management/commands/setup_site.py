"""Make the page tree's skeleton on a new installation."""

from typing import Any

from django.core.management.base import BaseCommand

from engage.pages.structure import ensure_structure


class Command(BaseCommand):
    """Idempotent: what is there stays as it is."""

    help = "Creates the two languages, their home pages and each room's index pages, where they are missing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Plant what is missing."""
        homes = ensure_structure()
        self.stdout.write(f"home pages: {', '.join(sorted(homes))}")
