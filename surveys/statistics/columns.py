"""Columns of a table of answers, read as text and turned into numbers or levels."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engage.errors import Refused
from surveys.statistics.design import Codes, Flags, Floats

MISSING = frozenset({"", "NA", "NaN"})
# What stands in the column of an option that was not chosen.
NOT_SELECTED = "Not selected"


@dataclass(frozen=True)
class Table:
    """Text by column, and the line of the file that each row begins on."""

    cells: Mapping[str, Sequence[str]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, column: str) -> bool:
        return column in self.cells

    def column(self, name: str) -> Sequence[str]:
        """Return one column; Refused("survey_column_missing")."""
        if name not in self.cells:
            raise Refused("survey_column_missing", column=name)
        return self.cells[name]

    def numbers(self, name: str) -> Floats:
        """Return a column of numbers, NaN where it is missing; Refused("survey_not_a_number", column, line)."""
        column = self.column(name)
        try:
            found = np.array([math.nan if cell.strip() in MISSING else float(cell) for cell in column])
        except ValueError:
            found = np.array([_number(cell) for cell in column])
        wrong = np.isinf(found)
        if wrong.any():
            raise Refused("survey_not_a_number", column=name, line=self.lines[int(np.flatnonzero(wrong)[0])])
        return found

    def known_numbers(self, name: str) -> Floats:
        """Return numbers of 0 or more, none missing; Refused: also survey_cell_missing, survey_number_negative."""
        found = self.numbers(name)
        for code, wrong in (("survey_cell_missing", np.isnan(found)), ("survey_number_negative", found < 0)):
            if wrong.any():
                raise Refused(code, column=name, line=self.lines[int(np.flatnonzero(wrong)[0])])
        return found

    def known_values(self, name: str) -> list[str]:
        """Return a column in which no cell is missing; Refused("survey_cell_missing", column, line)."""
        found = [cell.strip() for cell in self.column(name)]
        for line, cell in zip(self.lines, found, strict=True):
            if cell in MISSING:
                raise Refused("survey_cell_missing", column=name, line=line)
        return found

    def levels(self, name: str) -> tuple[Codes, list[str]]:
        """Return the level of each row as a code (-1 missing) and the levels, sorted; numbers by their size."""
        return coded([cell.strip() for cell in self.column(name)])

    def is_numeric(self, name: str) -> bool:
        """Say whether every cell that is not missing is a number.

        Where most are and some are not, one of them is a slip: Refused("survey_not_a_number", column, line).
        """
        column = self.column(name)
        wrong = [at for at, cell in enumerate(column) if cell.strip() not in MISSING and math.isinf(_number(cell))]
        filled = sum(cell.strip() not in MISSING for cell in column)
        if wrong and 2 * len(wrong) < filled:
            raise Refused("survey_not_a_number", column=name, line=self.lines[wrong[0]])
        return not wrong and filled > 0

    def choices(self, question: str, columns: Sequence[str]) -> tuple[Flags, list[str], Flags]:
        """Return what was chosen (rows x options), the options, and who was asked, from one column an option.

        A cell holds the option or `Not selected`; a row is asked where any cell is filled. Raises
        Refused("survey_options_unclear", column) where a column holds two options or several hold the same.
        """
        chosen, options, asked = [], [], np.zeros(len(self), dtype=bool)
        for column in columns:
            codes, levels = self.levels(column)
            own = [level for level in levels if level != NOT_SELECTED]
            if len(own) > 1 or (own and own[0] in options):
                raise Refused("survey_options_unclear", column=question)
            asked |= codes >= 0
            if own:
                options.append(own[0])
                chosen.append(codes == levels.index(own[0]))
        if not options:
            raise Refused("survey_options_unclear", column=question)
        return np.column_stack(chosen), options, asked


def option_columns(question: str, head: Sequence[str]) -> list[str]:
    """Return the columns named question, underscore, digits, which hold an option each; none if the question is one."""
    if question in head:
        return []
    return [name for name in head if re.fullmatch(re.escape(question) + r"_\d+", name)]


def coded(cells: Sequence[str]) -> tuple[Codes, list[str]]:
    """Return codes (-1 missing) and sorted levels of cells of text; levels that are all numbers are sorted as such."""
    found = {cell for cell in set(cells) if cell not in MISSING}
    if all(math.isfinite(_number(cell)) for cell in found):
        levels = sorted(found, key=lambda cell: (float(cell), cell))
    else:
        levels = sorted(found)
    places = {level: place for place, level in enumerate(levels)}
    return np.array([places.get(cell, -1) for cell in cells], dtype=np.int64), levels


def _number(cell: str) -> float:
    """Return a cell as a number: NaN where missing, infinity where it is none."""
    if cell.strip() in MISSING:
        return math.nan
    try:
        found = float(cell)
    except ValueError:
        return math.inf
    return found if math.isfinite(found) else math.inf
