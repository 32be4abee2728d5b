"""The outcome as JSON: the content in one language's words and codes that stay, then the rows one a line."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from consultations.outcomes.exports.about import About
from consultations.outcomes.exports.columns import ExportRow
from consultations.outcomes.queries.public import as_data


def write(path: Path, about: About, rows: Iterator[ExportRow]) -> None:
    """Write the file."""
    head = {"title": about.title, "published": about.published, "url": about.url} | as_data(about.outcome, about.shown)
    with path.open("w", encoding="utf-8") as out:
        out.write('{"outcome": ')
        out.write(_json(head))
        out.write(',\n"answers": [')
        for place, row in enumerate(rows):
            out.write((",\n" if place else "\n") + _json(dataclasses.asdict(row)))
        out.write("\n]}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
