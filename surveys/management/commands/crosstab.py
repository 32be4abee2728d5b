"""Two questions of a table against each other. Writes nothing."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand
from engage.errors import Refused
from surveys.management.commands.survey_estimates import read_table
from surveys.statistics.columns import Table, option_columns
from surveys.statistics.crosstab import BASES, Choices, Crosstab, Question, crosstab


class Command(AnsweringCommand):
    """Who was routed past a question (NA or empty) is out, "No answer" stays in; --base all keeps everyone."""

    help = "Cross-tabulate two questions with weights, intervals and a test. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A table, two questions, how to weigh and whom to count."""
        super().add_arguments(parser)
        parser.add_argument("--data", type=Path, required=True, help="CSV in UTF-8 with a head")
        parser.add_argument("--rows", required=True, help="a column, or what columns NAME_1, NAME_2 ... begin with")
        parser.add_argument("--cols", required=True, help="a column")
        parser.add_argument("--weight", default="", help="a column of weights")
        parser.add_argument("--base", choices=BASES, default=BASES[0])

    def answer(self, options: Mapping[str, Any]) -> None:
        """Read, count, print."""
        path = options["data"]
        try:
            found = count(path, options["rows"], options["cols"], options["weight"], options["base"])
        except Refused as refusal:
            code = WRONG_CALL if refusal.code == "text_table_not_found" else REFUSED
            return self.refuse(refusal, code=code, file=str(path))
        return self.say(as_answer(found), lines(found))


def count(path: Path, rows: str, columns: str, weight: str, base: str) -> Crosstab:
    """Return the cross-tab; raises as `read_table`, `crosstab`, and Refused("survey_options_unclear")."""
    options = option_columns(rows, head(path))
    table = read_table(path, dict.fromkeys([*(options or [rows]), columns, *([weight] if weight else [])]))
    weights = table.known_numbers(weight) if weight else None
    asked = choices(rows, options, table) if options else Question(*table.levels(rows))
    return crosstab(asked, Question(*table.levels(columns)), weights=weights, base=base)


def head(path: Path) -> list[str]:
    """Return the names of the columns; none where the file cannot be read, which `read_table` then refuses."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as source:
            return [cell.strip() for cell in next(csv.reader(source), [])]
    except (OSError, UnicodeDecodeError, csv.Error):
        return []


def choices(question: str, options: list[str], table: Table) -> Choices:
    """Return the options of a question; Refused("survey_options_unclear") where a column holds two."""
    return Choices(*table.choices(question, options))


def as_answer(found: Crosstab) -> dict[str, Any]:
    """Return the table as the command prints it; keys of a test that say nothing are left out."""
    test = {
        name: value for name, value in asdict(found.test).items() if name not in {"df_denominator", "refused"} or value
    }
    return {
        "n": found.n,
        "weighted_n": found.weighted_n,
        "effective_n": found.effective_n,
        "table": [asdict(cell) for cell in found.table],
        "test": test,
    }


def lines(found: Crosstab) -> Iterator[str]:
    """Say the base, the cells and the test to a person."""
    yield f"n {found.n}, weighted {found.weighted_n:.1f}, effective {found.effective_n:.1f}"
    for cell in found.table:
        share = "-" if cell.col_percent is None else f"{cell.col_percent:.1f} % ({cell.low:.1f} to {cell.high:.1f})"
        yield f"{cell.row} | {cell.col}: {cell.count}, {share}"
    yield f"{found.test.name}: p {'-' if found.test.p is None else f'{found.test.p:.3g}'}"
