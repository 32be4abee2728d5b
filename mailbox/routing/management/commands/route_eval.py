"""Trains the suggester on one table of letters and measures it on another. Writes nothing."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engage.answers import REFUSED, WRONG_CALL, AnsweringCommand
from engage.errors import Refused
from engage.search.tables import read_texts
from mailbox.routing.rules import Office
from mailbox.routing.suggester import Letter, train

Labelled = list[tuple[Letter, str]]


class Command(AnsweringCommand):
    """Offices are the labels of the training table; places and abbreviations are read from their names."""

    help = "Train the route suggester on one CSV, measure it on another: top-1, top-3, macro-F1. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two tables, the columns that hold title and text, the column of the office, labels to leave out."""
        super().add_arguments(parser)
        parser.add_argument("--train", type=Path, required=True)
        parser.add_argument("--test", type=Path, required=True)
        parser.add_argument("--text", default="title,text", help="one column, or title and text")
        parser.add_argument("--label", default="dept")
        parser.add_argument("--drop", default="", help="labels to leave out, separated by commas")

    def answer(self, options: Mapping[str, Any]) -> None:
        """Train, measure, print."""
        columns = [name.strip() for name in options["text"].split(",") if name.strip()]
        label = options["label"].strip()
        if not columns or not label:
            return self.refuse(Refused("route_columns_unusable"), code=WRONG_CALL)
        dropped = {name.strip() for name in options["drop"].split(",")} | {""}
        try:
            known, asked = (read_labelled(options[name], columns, label, dropped) for name in ("train", "test"))
        except Refused as refusal:
            return self.refuse(refusal, code=WRONG_CALL if refusal.code == "text_table_not_found" else REFUSED)
        found = measure(known, asked)
        return self.say(found, (f"{name}: {value}" for name, value in found.items()))


def read_labelled(path: Path, columns: Sequence[str], label: str, dropped: set[str]) -> Labelled:
    """Return the letters of a table with their offices; raises as `read_texts`, and Refused("route_no_letters")."""
    rows = read_texts(path, (*columns, label))
    letters = [
        (Letter(cells[0] if len(columns) > 1 else "", "\n".join(cells[1 if len(columns) > 1 else 0 : -1])), cells[-1])
        for cells in rows
        if cells[-1].strip() not in dropped
    ]
    if not letters:
        raise Refused("route_no_letters", file=str(path))
    return [(letter, office.strip()) for letter, office in letters]


def measure(known: Labelled, asked: Labelled) -> dict[str, Any]:
    """Return the figures. An office that no training letter has counts as missed."""
    offices = [Office(name, (name,)) for name in sorted({office for _letter, office in known})]
    began = time.perf_counter()
    suggester = train([letter for letter, _office in known], [office for _letter, office in known], offices)
    trained = time.perf_counter() - began
    keys = [one.key for one in offices]
    began = time.perf_counter()
    shares = np.vstack([suggester.probabilities([letter]) for letter, _office in asked])
    spent = time.perf_counter() - began
    ranks = np.argsort(-shares, axis=1, kind="stable")
    right = [office for _letter, office in asked]
    named = [[keys[number] for number in row[:3]] for row in ranks]
    return {
        "rows_train": len(known),
        "rows_test": len(asked),
        "labels": len(keys),
        "top1": _share(one[0] == office for one, office in zip(named, right, strict=True)),
        "top3": _share(office in one for one, office in zip(named, right, strict=True)),
        "macro_f1": round(_macro_f1([one[0] for one in named], right), 4),
        "train_seconds": round(trained, 3),
        "ms_per_prediction": round(spent * 1000 / len(asked), 3),
    }


def _share(hits: Any) -> float:
    found = list(hits)
    return round(sum(found) / len(found), 4)


def _macro_f1(said: Sequence[str], right: Sequence[str]) -> float:
    """Return the mean over all offices that were said or right of twice the hits over all times said and right."""
    offices = sorted({*said, *right})
    pairs = list(zip(said, right, strict=True))
    return sum(
        2 * pairs.count((office, office)) / (said.count(office) + right.count(office)) for office in offices
    ) / len(offices)
