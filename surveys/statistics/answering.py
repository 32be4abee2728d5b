"""Answers a specification from a table: builds the design, fits the weights, estimates one wish after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from engage.errors import Refused
from surveys.statistics import estimates
from surveys.statistics.columns import Table
from surveys.statistics.design import Design, Flags, Floats, make_design
from surveys.statistics.estimates import Figure
from surveys.statistics.raking import fit_design
from surveys.statistics.specification import PAIRS, Specification, Wish

# What one domain may lack without spoiling the others: its entry has no value and says why.
OF_ONE_DOMAIN = frozenset(
    {"survey_domain_empty", "survey_ratio_of_nothing", "survey_test_one_level", "survey_test_sparse"}
)


def estimate(specification: Specification, table: Table) -> list[dict[str, Any]]:
    """Return one entry an estimate: statistic, variable, value, se, low, high, deff.

    Further keys where they mean something: `by` (level by variable), `quantile`, of a test `df`, `df_denominator` and
    `p`, and `refused`, the code, where a domain has too little for an estimate. Raises Refused as design, raking,
    columns and estimates do, and survey_raking_levels.
    """
    design = design_of(specification, table)
    return [entry for wish in specification.wishes for entry in _answer(wish, design, table)]


def design_of(specification: Specification, table: Table) -> Design:
    """Return the design with its weights fitted."""
    design = make_design(
        len(table),
        weights=table.known_numbers(specification.weights) if specification.weights else None,
        strata=[np.array(table.known_values(name)) for name in specification.strata],
        clusters=[np.array(table.known_values(name)) for name in specification.clusters],
        fpc=[table.known_numbers(name) for name in specification.fpc],
        nest=specification.nest,
        lonely=specification.lonely,
    )
    if not specification.rake:
        return design
    margins = []
    for name, totals in specification.rake:
        table.known_values(name)
        groups, levels = table.levels(name)
        wrong = sorted(set(levels) ^ {level for level, total in totals.items() if total or level in levels})
        if wrong:
            raise Refused("survey_raking_levels", column=name, level=wrong[0])
        margins.append((name, groups, np.array([totals[level] for level in levels], dtype=float)))
    return fit_design(design, margins, rounds=specification.rake_rounds, tolerance=specification.rake_tolerance)


def _answer(wish: Wish, design: Design, table: Table) -> Iterator[dict[str, Any]]:
    for names, inside in _domains(wish.by, design, table):
        part = design if inside is None else design.domain(inside)
        try:
            entries = list(_estimates(wish, part, table))
        except Refused as refusal:
            if not wish.by or refusal.code not in OF_ONE_DOMAIN:
                raise
            entries = [_entry(wish, _named(wish), Figure(None)) | {"refused": refusal.code}]
        for entry in entries:
            yield {**entry, "by": names} if wish.by else entry


def _domains(by: tuple[str, ...], design: Design, table: Table) -> Iterator[tuple[dict[str, str], Flags | None]]:
    """Yield levels and rows of every combination that has a row with weight; the first variable runs fastest."""
    if not by:
        yield {}, None
        return
    columns = [table.levels(name) for name in by]
    codes = np.column_stack([found for found, _levels in columns])
    inside = (codes >= 0).all(axis=1) & (design.weights != 0)
    for combination in sorted({tuple(int(code) for code in row) for row in codes[inside]}, key=lambda row: row[::-1]):
        names = {name: columns[at][1][combination[at]] for at, name in enumerate(by)}
        yield names, (codes == np.array(combination)).all(axis=1)


def _estimates(wish: Wish, design: Design, table: Table) -> Iterator[dict[str, Any]]:
    df = design.degrees_of_freedom if wish.critical == "design" else math.inf
    if wish.statistic == "chisq":
        (rows, _), (columns, _) = table.levels(wish.variable), table.levels(wish.second)
        found = estimates.independence(design, rows, columns)
        test = {"df": found.df, "df_denominator": found.df_denominator, "p": found.p}
        # A table with a column each for value and error has the p of a test in the second, as reference tables do.
        yield _entry(wish, _named(wish), Figure(found.statistic, found.p)) | test
    elif wish.statistic == "ratio":
        above, below = table.numbers(wish.variable), table.numbers(wish.second)
        figure = estimates.ratio(design, above, below, level=wish.level, df=df)
        yield _entry(wish, _named(wish), figure)
    elif wish.statistic == "quantile":
        values = table.numbers(wish.variable)
        for share in wish.quantiles:
            figure = estimates.quantile(design, values, share, level=wish.level)
            yield _entry(wish, wish.variable, figure) | {"quantile": share}
    else:
        names, values = _values(wish, table)
        if wish.statistic == "proportion":
            figures = estimates.proportions(design, values, level=wish.level)
        else:
            of = estimates.totals if wish.statistic == "total" else estimates.means
            figures = of(design, values, level=wish.level, df=df)
        yield from (_entry(wish, name, figure) for name, figure in zip(names, figures, strict=True))


def _values(wish: Wish, table: Table) -> tuple[list[str], Floats]:
    """Return the number itself, or one column of 0 and 1 for each level, named variable and level."""
    if wish.statistic != "proportion" and not wish.categorical and table.is_numeric(wish.variable):
        return [wish.variable], table.numbers(wish.variable)[:, None]
    codes, levels = table.levels(wish.variable)
    if not levels:
        raise Refused("survey_domain_empty")
    return [f"{wish.variable}{level}" for level in levels], estimates.indicators(codes, len(levels))


def _named(wish: Wish) -> str:
    return f"{wish.variable}{PAIRS.get(wish.statistic, '')}{wish.second}"


def _entry(wish: Wish, variable: str, figure: Figure) -> dict[str, Any]:
    return {
        "statistic": wish.statistic,
        "variable": variable,
        "value": figure.value,
        "se": figure.se,
        "low": figure.low,
        "high": figure.high,
        "deff": figure.deff,
    }
