"""`manage.py xlsform_shares FOLDER`: how much of the forms of a folder is taken, and what is left out how often."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from engage.answers import AnsweringCommand
from engage.errors import Refused
from surveys.definition.xlsform import convert, read_form
from surveys.xlsform_words import UNSUPPORTED

ENDINGS = (".xls", ".xlsx", ".xlsm")


class Command(AnsweringCommand):
    """Its table stands in docs/xlsform.md."""

    help = "Count over all XLSForms of a folder what is taken and what is left out, as a table. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder of forms."""
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path)

    def answer(self, options: Mapping[str, Any]) -> None:
        """Read every form, count, print."""
        found = shares(sorted(path for path in options["folder"].iterdir() if path.suffix.lower() in ENDINGS))
        self.say(found, table(found))


def shares(paths: Sequence[Path]) -> dict[str, Any]:
    """Return counts: forms, forms taken, forms with nothing left out, expressions; forms and places for each code."""
    forms: Counter[str] = Counter()
    places: Counter[str] = Counter()
    taken = whole = 0
    for path in paths:
        try:
            form = read_form(path.read_bytes())
        except Refused:
            continue
        conversion = None if form.faults else convert(form)
        if conversion is None or conversion.definition is None:
            continue
        taken += 1
        whole += not conversion.unsupported
        codes = [one.code for one in conversion.unsupported]
        places.update(codes)
        forms.update(set(codes))
    left_out = [{"code": code, "forms": forms[code], "places": places[code]} for code in UNSUPPORTED if forms[code]]
    return {"forms": len(paths), "taken": taken, "whole": whole, "left_out": left_out}


def table(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the counts as a table in Markdown; shares are of the forms that are taken."""
    yield f"| of {found['forms']} forms | forms | share |"
    yield "|---|---|---|"
    yield f"| taken | {found['taken']} | {_share(found['taken'], found['forms'])} |"
    whole = _share(found["whole"], found["taken"])
    yield f"| taken with nothing left out | {found['whole']} | {whole} of those taken |"
    yield ""
    yield "| left out | forms | share of those taken | places |"
    yield "|---|---|---|---|"
    for one in sorted(found["left_out"], key=lambda one: (-one["forms"], one["code"])):
        share = _share(one["forms"], found["taken"])
        yield f"| `{one['code']}` | {one['forms']} | {share} | {one['places']} |"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"
