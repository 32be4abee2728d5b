"""Estimates from a sample under its design. Writes nothing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand
from engage.errors import Refused
from engage.search.tables import read_lines
from surveys.statistics.answering import estimate
from surveys.statistics.columns import Table
from surveys.statistics.specification import Specification, parse_specification

NOT_FOUND = frozenset({"text_table_not_found"})


class Command(AnsweringCommand):
    """docs/statistics.md has the keys of the design and the formulas."""

    help = "Estimate means, totals, ratios, shares, quantiles and tests under a survey design. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A table of rows and a design."""
        super().add_arguments(parser)
        parser.add_argument("--data", type=Path, required=True, help="CSV in UTF-8 with a head")
        parser.add_argument("--design", type=Path, required=True, help="JSON: the design and the estimates asked for")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Read both, estimate, print. A refusal says which of the two files it is about."""
        about = options["design"]
        try:
            specification = read_specification(about)
            about = options["data"]
            found = estimate(specification, read_table(about, specification.columns))
        except Refused as refusal:
            code = WRONG_CALL if refusal.code in NOT_FOUND else REFUSED
            return self.refuse(refusal, code=code, file=str(about))
        return self.say({"estimates": found}, lines(found))


def read_specification(path: Path) -> Specification:
    """Return the design in a file; raises as `parse_specification`, text_table_not_found, survey_design_not_json."""
    try:
        said = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError:
        raise Refused("text_table_not_found", file=str(path)) from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise Refused("survey_design_not_json", file=str(path)) from None
    return parse_specification(said)


def read_table(path: Path, columns: Iterable[str]) -> Table:
    """Return the named columns of a CSV as text; raises as `read_lines`."""
    names = list(columns)
    rows = read_lines(path, names)
    return Table(
        cells={name: [cells[at] for _line, cells in rows] for at, name in enumerate(names)},
        lines=[line for line, _cells in rows],
    )


def lines(found: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Say each estimate in a line for a person."""
    for one in found:
        where = "".join(f" {name}={level}" for name, level in one.get("by", {}).items())
        known = [key for key in ("value", "se", "low", "high", "deff", "p") if one.get(key) is not None]
        numbers = ", ".join(f"{key} {one[key]:.6g}" for key in known)
        yield f"{one['statistic']} {one['variable']}{where}: {numbers}"
