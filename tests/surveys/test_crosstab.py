"""Cross-tabs: the published tables, the test against R and scipy, bases, options that can be chosen together."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from engage.errors import Refused
from surveys.management.commands.survey_estimates import read_table
from surveys.statistics import estimates
from surveys.statistics.columns import Table, option_columns
from surveys.statistics.crosstab import Choices, Crosstab, Question, crosstab
from surveys.statistics.design import make_design
from surveys.statistics.intervals import effective_size, weighting_effect, wilson
from tests.shared import shared_file
from tests.surveys import made_up

pytestmark = pytest.mark.sqlite_only

# --- the published survey --------------------------------------------------------------------------------------------

# The questions in the order of the published tables.
QUESTIONS = (
    *("q0001", "q0002", "q0004", "q0005", *(f"q0007_{one:04}" for one in range(1, 12)), "q0008", "q0009", "q0010"),
    *("q0011", "q0012", "q0013", "q0014", "q0015", "q0017", "q0018", "q0019", "q0020", "q0021", "q0022", "q0024"),
    *("q0025", "q0026", "q0028", "q0029", "age3"),
)
BANNER = {
    "Age": ("age3", ("18 - 34", "35 - 64", "65 and up")),
    "Race": ("race2", ("White", "Non-white")),
    "Children": ("kids", ("Has children", "No children")),
    "Sexual Orientation": ("orientation", ("Straight", "Gay/Bisexual")),
}
CELLS = 1820


def published() -> list[list[tuple[str, list[str]]]]:
    """Return the blocks of the published tables: option and ten cells of each row."""
    blocks: list[list[tuple[str, list[str]]]] = []
    with shared_file("data", "surveys", "masculinity-published.csv").open(encoding="utf-8", newline="") as source:
        for name, option, *cells in list(csv.reader(source))[2:]:
            if name:
                blocks.append([])
            elif option:
                blocks[-1].append((option, cells))
    return blocks


def plain(text: str) -> str:
    """Return a label without the marks that the two files write differently."""
    return re.sub(r"[^a-z0-9$]+", "", text.lower())


def columns_of(table: Table) -> Iterator[Question]:
    """Yield the ten columns of the banner, each as a question with one level."""
    yield Question(np.zeros(len(table), dtype=np.int64), ["Adult Men"])
    for name, wanted in BANNER.values():
        codes, levels = table.levels(name)
        for level in wanted:
            yield Question(np.where(codes == levels.index(level), 0, -1), [level])


def shares_of(table: Table, question: str, weights: np.ndarray) -> list[Crosstab]:
    options = option_columns(question, list(table.cells))
    rows = Choices(*table.choices(question, options)) if options else Question(*table.levels(question))
    return [crosstab(rows, column, weights=weights) for column in columns_of(table)]


def test_every_published_cell_is_met():
    path = shared_file("data", "surveys", "masculinity-raw.csv")
    with path.open(encoding="utf-8", newline="") as source:
        table = read_table(path, next(csv.reader(source))[1:])
    weights = table.known_numbers("weight")
    met = 0
    for question, block in zip(QUESTIONS, published(), strict=True):
        found = shares_of(table, question, weights)
        for option, cells in block:
            for column, said in zip(found, cells, strict=True):
                if not said:
                    continue
                # A column in which nobody gave the answer has no cell of it.
                shares = [cell.col_percent for cell in column.table if plain(cell.row) == plain(option)] or [0.0]
                assert len(shares) == 1
                assert f"{shares[0]:.0f}%" == said, (question, option, column.table[0].col)
                met += 1
    assert met == CELLS


# --- the test --------------------------------------------------------------------------------------------------------


def questions(*names: str, table: Table | None = None) -> tuple[Question, ...]:
    table = table or made_up.table()
    return tuple(Question(*table.levels(name)) for name in names)


def test_without_weights_it_is_pearsons_test():
    rows, columns = questions("z", "g")
    found = crosstab(rows, columns)
    counts = np.array([cell.count for cell in found.table]).reshape(3, 2)
    wanted = stats.chi2_contingency(counts, correction=False)
    assert found.test.name == "chi_square"
    assert (found.test.statistic, found.test.p) == pytest.approx((wanted.statistic, wanted.pvalue))
    assert found.test.df == 2
    assert (found.n, found.weighted_n, found.effective_n) == (120, 120, 120)


def test_with_weights_it_is_the_test_of_r():
    lines = Path(__file__).with_name("reference.jsonl").read_text(encoding="utf-8").splitlines()
    [wanted] = [one for one in map(json.loads, lines) if (one["design"], one["statistic"]) == ("rows_alone", "chisq")]
    found = crosstab(*questions("z", "g"), weights=made_up.table().numbers("w")).test
    assert found.name == "rao_scott"
    assert (found.statistic, found.df, found.df_denominator, found.p) == pytest.approx(
        (wanted["value"], wanted["df"], wanted["df_denominator"], wanted["p"]), rel=1e-6
    )


def test_rows_that_were_not_asked_still_count_as_drawn():
    table = made_up.table()
    rows, columns = questions("z", "g")
    weights = table.numbers("w")
    some = Question(np.where(np.arange(120) % 7 == 0, -1, rows.codes), rows.levels)
    found = crosstab(some, columns, weights=weights).test
    wanted = estimates.independence(make_design(120, weights=weights), some.codes, columns.codes)
    assert (found.statistic, found.df, found.p) == pytest.approx((wanted.statistic, wanted.df, wanted.p))


def test_under_a_design_test_and_intervals_are_those_of_the_estimates():
    table = made_up.table()
    rows, columns = questions("z", "g")
    design = make_design(
        120,
        weights=table.numbers("w"),
        strata=[np.array(table.column("h"))],
        clusters=[np.array(table.column("c"))],
        nest=True,
    )
    found = crosstab(rows, columns, design=design)
    wanted = estimates.independence(design, rows.codes, columns.codes)
    assert (found.test.statistic, found.test.df, found.test.p) == pytest.approx((wanted.statistic, wanted.df, wanted.p))
    for number, level in enumerate(columns.levels):
        part = estimates.proportions(design.domain(columns.codes == number), estimates.indicators(rows.codes, 3))
        cells = [cell for cell in found.table if cell.col == level]
        for cell, figure in zip(cells, part, strict=True):
            assert cell.col_percent == pytest.approx(100 * figure.value)
            # A domain that misses a cluster has fewer degrees of freedom; here none does.
            assert (cell.low, cell.high) == pytest.approx((100 * figure.low, 100 * figure.high))


def test_one_level_is_no_test_and_an_empty_base_no_table():
    column = Question(np.zeros(4, dtype=np.int64), ["all"])
    rows = Question(np.array([0, 1, 0, 1]), ["a", "b"])
    assert crosstab(rows, column).test.refused == "survey_test_one_level"
    with pytest.raises(Refused, match="survey_domain_empty"):
        crosstab(Question(np.full(4, -1), ["a"]), column)
    with pytest.raises(Refused, match="survey_weights_negative"):
        crosstab(rows, column, weights=np.array([1.0, -1.0, 1.0, 1.0]))


# --- bases, options, intervals ----------------------------------------------------------------------------------------


def test_people_routed_past_a_question_are_out_unless_everyone_is_counted():
    rows = Question(np.array([0, 0, 1, -1]), ["yes", "No answer"])
    columns = Question(np.array([0, 0, 0, 0]), ["all"])
    answered = {cell.row: cell.col_percent for cell in crosstab(rows, columns).table}
    everyone = {cell.row: cell.col_percent for cell in crosstab(rows, columns, base="all").table}
    assert answered == pytest.approx({"yes": 200 / 3, "No answer": 100 / 3})
    assert everyone == {"yes": 50, "No answer": 25, "NA": 25}


def test_options_chosen_together_share_one_base():
    chosen = np.array([[True, True], [True, False], [False, False], [False, False]])
    asked = np.array([True, True, True, False])
    columns = Question(np.zeros(4, dtype=np.int64), ["all"])
    found = crosstab(Choices(chosen, ["tram", "bus"], asked), columns, weights=np.array([1.0, 2.0, 1.0, 5.0]))
    assert [(cell.count, cell.weighted, cell.col_percent) for cell in found.table] == [(2, 3, 75), (1, 1, 25)]
    assert found.test.refused == "survey_test_options_overlap"
    everyone = crosstab(Choices(chosen, ["tram", "bus"], asked), columns, base="all")
    assert [(cell.row, cell.col_percent) for cell in everyone.table] == [("tram", 50), ("bus", 25), ("NA", 25)]


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_is_wilsons(hits, size):
    hits = min(hits, size)
    wanted = stats.binomtest(hits, size).proportion_ci(method="wilson")
    low, high = wilson(hits / size, size)
    assert (float(low), float(high)) == pytest.approx((wanted.low, wanted.high), abs=1e-12)


def test_the_weighted_interval_is_wilsons_on_the_effective_size_of_the_column():
    table = made_up.table()
    rows, columns = questions("z", "g")
    weights = table.numbers("w")
    found = crosstab(rows, columns, weights=weights)
    size = effective_size(weights[columns.codes == 0])
    cell = found.table[0]
    low, high = wilson(cell.col_percent / 100, size)
    assert (cell.low, cell.high) == pytest.approx((100 * low, 100 * high))
    assert cell.low < cell.col_percent < cell.high


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=50))
def test_unequal_weights_never_make_a_sample_larger(weights):
    size = effective_size(weights)
    assert 1 - 1e-9 <= size <= len(weights) + 1e-9
    assert weighting_effect(weights) * size == pytest.approx(len(weights))
    assert weighting_effect(weights) == pytest.approx(1 + (np.std(weights) / np.mean(weights)) ** 2)


@given(st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 2), st.floats(0, 9)), min_size=1, max_size=60))
def test_counts_add_up_and_shares_make_a_hundred(people):
    rows, columns, weights = (np.array(one) for one in zip(*people, strict=True))
    inside = (rows >= 0) & (columns >= 0) & (weights > 0)
    asked = Question(rows, list("abcd")), Question(columns, list("xyz"))
    if not inside.any():
        with pytest.raises(Refused):
            crosstab(*asked, weights=weights)
        return
    found = crosstab(*asked, weights=weights)
    assert found.n == inside.sum() == sum(cell.count for cell in found.table)
    assert found.weighted_n == pytest.approx(sum(cell.weighted for cell in found.table))
    for level in "xyz":
        shares = [cell.col_percent for cell in found.table if cell.col == level]
        assert shares == [None] * 4 or sum(shares) == pytest.approx(100)


# --- the command -----------------------------------------------------------------------------------------------------


def called(capsys: Any, *given: Any) -> tuple[int, dict[str, Any]]:
    code = 0
    try:
        call_command("crosstab", *map(str, given), "--json")
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_text(
        "age,way,way_1,way_2,w\nold,foot,foot,Not selected,1\nold,bus,Not selected,bus,2\n"
        "young,bus,foot,bus,1.5\nyoung,NA,NA,NA,1\nyoung,foot,foot,bus,0.5\n".replace("age,way,", "age,how,"),
        encoding="utf-8",
    )
    return path


def test_the_command_prints_the_fixed_keys(capsys, answers):
    code, found = called(capsys, "--data", answers, "--rows", "how", "--cols", "age", "--weight", "w")
    assert code == 0
    assert list(found) == ["n", "weighted_n", "effective_n", "table", "test"]
    assert (found["n"], found["weighted_n"]) == (4, 5)
    assert list(found["table"][0]) == ["row", "col", "count", "weighted", "col_percent", "low", "high"]
    shares = {(cell["row"], cell["col"]): cell["col_percent"] for cell in found["table"]}
    assert shares == pytest.approx(
        {("bus", "old"): 200 / 3, ("foot", "old"): 100 / 3, ("bus", "young"): 75, ("foot", "young"): 25}
    )
    assert list(found["test"]) == ["name", "statistic", "df", "df_denominator", "p"]


def test_the_command_takes_the_columns_of_options_together(capsys, answers):
    code, found = called(capsys, "--data", answers, "--rows", "way", "--cols", "age")
    assert code == 0
    assert [(cell["row"], cell["col"], cell["count"]) for cell in found["table"]] == [
        ("foot", "old", 1),
        ("foot", "young", 2),
        ("bus", "old", 1),
        ("bus", "young", 2),
    ]
    assert found["test"] == {
        "name": "chi_square",
        "statistic": None,
        "df": None,
        "p": None,
        "refused": "survey_test_options_overlap",
    }


def test_the_command_counts_everyone_when_asked(capsys, answers):
    _code, found = called(capsys, "--data", answers, "--rows", "how", "--cols", "age", "--base", "all")
    assert found["n"] == 5
    assert {cell["row"] for cell in found["table"]} == {"foot", "bus", "NA"}


@pytest.mark.parametrize(
    ("more", "code", "refused", "where"),
    [
        (("--rows", "mood", "--cols", "age"), 1, "text_table_columns_missing", {"line": 1}),
        (("--rows", "how", "--cols", "age", "--weight", "how"), 1, "survey_not_a_number", {"line": 2, "column": "how"}),
        (("--rows", "how", "--cols", "age", "--data", "nowhere.csv"), 2, "text_table_not_found", {}),
    ],
)
def test_the_command_says_what_is_wrong(capsys, answers, more, code, refused, where):
    ended, found = called(capsys, "--data", answers, *more)
    [error] = found["errors"]
    assert (ended, error["code"]) == (code, refused)
    assert error["where"].items() >= where.items()


def test_a_column_with_two_options_is_refused(capsys, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("age,way_1\nold,foot\nold,bus\n", encoding="utf-8")
    code, found = called(capsys, "--data", path, "--rows", "way", "--cols", "age")
    assert (code, found["errors"][0]["code"]) == (1, "survey_options_unclear")


def test_the_command_speaks_to_people_too(capsys, answers):
    call_command("crosstab", "--data", str(answers), "--rows", "how", "--cols", "age")
    first, *cells, test = capsys.readouterr().out.splitlines()
    assert first == "n 4, weighted 4.0, effective 4.0"
    assert cells[0].startswith("bus | old: 1, 50.0 % (")
    assert test.startswith("chi_square: p ")
