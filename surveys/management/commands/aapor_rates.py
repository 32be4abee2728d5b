"""Computes the outcome rates of a sample from a table of dispositions. Writes nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand
from engage.errors import Refused
from engage.search.tables import read_lines
from surveys.statistics.rates import outcome_rates, tally


class Command(AnsweringCommand):
    """One row for each code, or several that are added up; docs/dispositions.md has the codes and the formulas."""

    help = "Response, cooperation, refusal and contact rates (AAPOR) from a CSV with code and n. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One table."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="CSV in UTF-8 with the columns code and n")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Print the rates, the cases by group, and what is not final."""
        try:
            rows = read_lines(options["file"], ("code", "n"))
            found = tally((line, code, count) for line, (code, count) in rows)
        except Refused as refusal:
            return self.refuse(refusal, code=WRONG_CALL if refusal.code == "text_table_not_found" else REFUSED)
        answer = {
            **outcome_rates(found.counts),
            "counts": dict(found.counts),
            "interim": dict(found.interim),
            "final": not any(found.interim.values()),
        }
        return self.say(answer, (f"{name}: {'-' if value is None else value}" for name, value in answer.items()))
