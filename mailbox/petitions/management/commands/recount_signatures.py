"""`manage.py recount_signatures [--verify]`: are the counts of signatures what the rows say."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any

from engage.answers import REFUSED, AnsweringCommand
from mailbox.petitions.actions import counting
from mailbox.petitions.queries.clock import database_now


class Command(AnsweringCommand):
    help = (
        "Count the signatures of all petitions again and put right what differs: by petition, region and hour, and the "
        "running numbers. With --verify only compare; exit 1 when something differs."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--verify", action="store_true", help="compare and change nothing")

    def answer(self, options: Mapping[str, Any]) -> None:
        verify = options["verify"]
        found = counting.recount(verify=verify, now=database_now())
        self.say(found, _lines(found, verify), code=REFUSED if verify and found["differences"] else 0)


def _lines(found: Mapping[str, Any], verify: bool) -> Iterator[str]:
    yield f"{found['petitions']} petitions"
    for one in found["differences"]:
        yield ", ".join(f"{name} {value}" for name, value in one.items())
    if not found["differences"]:
        yield "Every count is what the rows say."
    elif not verify:
        yield "Put right; a number that was given stays as it is."
