"""What is wrong in a form or was not carried over, each at its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Where:
    """A cell as a person finds it: sheet by its name in the file, row from 1, column by letter, and its heading."""

    sheet: str
    row: int
    column: str
    heading: str = ""

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Cells in the order in which a sheet is read."""
        return self.sheet, self.row, len(self.column), self.column

    def as_json(self) -> dict[str, Any]:
        """Return the cell as the command prints it."""
        return {"sheet": self.sheet, "row": self.row, "column": self.column, "heading": self.heading}


@dataclass(frozen=True)
class Fault:
    """Why a form is refused: a stable code and its values; `surveys/words.py` has the sentence."""

    code: str
    where: Where
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Unsupported:
    """Something of a form that is read, counted and then left out: `what` is the name in the form, `code` says why."""

    code: str
    what: str
    where: Where
