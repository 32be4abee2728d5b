"""Groups the texts of a table that share their wording (`engage.search.grouping`)."""

from __future__ import annotations

import resource
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import ngettext

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand
from engage.errors import Refused
from engage.search.grouping import Grouping, group
from engage.search.tables import read_texts


class Command(AnsweringCommand):
    """Needs no database."""

    help = "Group the texts of a CSV with the columns id and text that share their wording. Writes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One table."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def answer(self, options: Mapping[str, Any]) -> None:
        """Group and print."""
        try:
            rows = read_texts(options["file"], ("id", "text"))
        except Refused as refusal:
            return self.refuse(refusal, code=WRONG_CALL if refusal.code == "text_table_not_found" else REFUSED)
        began = time.perf_counter()
        found = group((key, text) for key, text in rows)
        seconds = time.perf_counter() - began
        return self.say(_as_json(found, seconds), _as_lines(found))


def _as_json(found: Grouping, seconds: float) -> dict[str, Any]:
    return {
        "rows": found.rows,
        "texts_different": found.different,
        "groups": [
            {
                "id": number,
                "members": list(one.members),
                "representative": one.representative,
                "min_similarity": one.least,
                "exact": one.exact,
            }
            for number, one in enumerate(found.groups, start=1)
        ],
        "seconds": round(seconds, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def _as_lines(found: Grouping) -> list[str]:
    lines = []
    for one in found.groups:
        said = ngettext("%(n)d text like %(key)s", "%(n)d texts like %(key)s", len(one.members))
        lines.append(said % {"n": len(one.members), "key": one.representative})
    return lines
