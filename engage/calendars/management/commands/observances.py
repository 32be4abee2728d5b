"""Prints the fifteen observances of a year or of several."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import get_language

from engage.answers import AnsweringCommand
from engage.calendars.observances import OBSERVANCES, observances_of
from engage.errors import Refused


class Command(AnsweringCommand):
    """Needs no database."""

    help = "Print the dates of the observances a campaign can be planned around."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One year, or the first and the last of several."""
        super().add_arguments(parser)
        parser.add_argument("year", type=int)
        parser.add_argument("--to", type=int, metavar="YEAR", help="the last year, itself included")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Compute and print."""
        first, last = options["year"], options["to"] if options["to"] is not None else options["year"]
        if last < first:
            raise Refused("calendar_years_reversed", first=first, last=last)
        # The ends first: a wrong year is refused before anything is computed.
        observances_of(last)
        days = {
            str(year): {key: day.isoformat() for key, day in observances_of(year).items()}
            for year in range(first, last + 1)
        }
        self.say(days, _as_lines(days))


def _as_lines(days: dict[str, dict[str, str]]) -> Iterator[str]:
    english = (get_language() or "").startswith("en")
    names = {observance.key: observance.name_en if english else observance.name_zh for observance in OBSERVANCES}
    for of_year in days.values():
        for key, day in sorted(of_year.items(), key=lambda entry: entry[1]):
            yield f"{day}  {names[key]}"
