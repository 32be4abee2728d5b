"""Fills a year of a work calendar from the package `holidays`."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from engage.accounts.actors import System
from engage.answers import AnsweringCommand
from engage.calendars.actions import import_year
from engage.calendars.importing import SHIPPED_YEARS
from engage.calendars.queries import YearImport, planned_import


class Command(AnsweringCommand):
    """Days set by an editor stay as they are."""

    help = "Fill a year of a work calendar from the package holidays; days set by an editor stay as they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A year, a calendar, and whether to write."""
        super().add_arguments(parser)
        parser.add_argument("year", type=int)
        parser.add_argument("--calendar", required=True, choices=sorted(SHIPPED_YEARS))
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Import, or only compare, and print what changed."""
        code, year, dry_run = options["calendar"], options["year"], options["dry_run"]
        found = planned_import(code, year) if dry_run else import_year(System("import_calendar"), code, year)
        answer = {
            name: [day.isoformat() for day in value] if isinstance(value, tuple) else value
            for name, value in asdict(found).items()
        }
        self.say(answer | {"dry_run": dry_run}, _as_lines(found))


def _as_lines(found: YearImport) -> Iterator[str]:
    if not found.confirmed:
        yield _("The year %(year)d is not confirmed: its days are estimates.") % {"year": found.year}
    labels = {
        _("Added: %(days)s"): found.added,
        _("Changed: %(days)s"): found.changed,
        _("Removed: %(days)s"): found.removed,
        _("Set by an editor and kept: %(days)s"): found.kept,
    }
    for label, days in labels.items():
        yield label % {"days": _listed(days)}


def _listed(days: tuple[date, ...]) -> str:
    return " ".join(day.isoformat() for day in days) or _("none")
