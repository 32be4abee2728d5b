"""Estimates under a design equal those of R's package survey, for the shared school samples and a made-up one."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command

from engage.errors import Refused
from surveys.management.commands.survey_estimates import read_table
from surveys.statistics import estimates
from surveys.statistics.answering import design_of, estimate
from surveys.statistics.columns import Table
from surveys.statistics.design import cell_covariance, covariance, make_design
from surveys.statistics.raking import fit_design
from surveys.statistics.specification import parse_specification
from tests.shared import shared_file
from tests.surveys import made_up

pytestmark = pytest.mark.sqlite_only

TOLERANCE = 1e-6

RAKED = [
    {"variable": "stype", "totals": {"E": 4421, "H": 755, "M": 1018}},
    {"variable": "sch.wide", "totals": {"No": 1072, "Yes": 5122}},
]
CLUSTERS = {"clusters": ["dnum"], "weights": "pw", "fpc": ["fpc"]}
SCHOOLS: dict[str, tuple[str, dict[str, Any]]] = {
    "apistrat": ("apistrat.csv", {"strata": "stype", "weights": "pw", "fpc": ["fpc"]}),
    "apiclus1": ("apiclus1.csv", CLUSTERS),
    "apiclus1_raked": ("apiclus1.csv", {**CLUSTERS, "rake": RAKED}),
    "apiclus1_poststrat": ("apiclus1.csv", {**CLUSTERS, "rake": RAKED[:1]}),
}
SCHOOL_WISHES = [
    {"statistic": "mean", "variable": "api00"},
    {"statistic": "mean", "variable": "api99"},
    {"statistic": "total", "variable": "enroll"},
    {"statistic": "mean", "variable": "stype"},
    {"statistic": "total", "variable": "stype"},
    {"statistic": "ratio", "variable": "api.stu", "denominator": "enroll"},
    {"statistic": "mean", "variable": "api00", "by": ["stype"]},
    {"statistic": "chisq", "variable": "sch.wide", "by": ["stype"]},
    {"statistic": "proportion", "variable": "sch.wide"},
]


def close(found: float | None, wanted: float | None) -> bool:
    if found is None or wanted is None:
        return found is wanted
    return math.isclose(found, wanted, rel_tol=TOLERANCE, abs_tol=1e-9)


def answered(design: dict[str, Any], wishes: list[dict[str, Any]], table: Table) -> list[dict[str, Any]]:
    return estimate(parse_specification({**design, "estimates": wishes}), table)


# --- the shared samples ---------------------------------------------------------------------------------------------


def figures(row: dict[str, str], found: list[dict[str, Any]]) -> tuple[float | None, float | None]:
    """Return the figures that stand in the columns estimate and se of a row of the reference."""
    statistic, variable = row["statistic"], row["variable"]
    by = {"stype": variable} if statistic == "mean_by_stype" else None
    name = "api00" if by else variable.replace("=", "")
    asked, value, other = {
        "deff": ("mean", "deff", ""),
        "mean_by_stype": ("mean", "value", "se"),
        "rao_scott_F": ("chisq", "value", "se"),
        "prop_logit_low": ("proportion", "value", "low"),
        "prop_logit_high": ("proportion", "value", "high"),
    }.get(statistic, (statistic, "value", "se"))
    entries = [one for one in found if (one["statistic"], one["variable"], one.get("by")) == (asked, name, by)]
    assert len(entries) == 1, row
    return entries[0][value], entries[0][other] if other else None


@pytest.mark.parametrize("name", SCHOOLS)
def test_every_figure_of_the_reference_is_met(name):
    file, design = SCHOOLS[name]
    specification = parse_specification({**design, "estimates": SCHOOL_WISHES})
    found = estimate(specification, read_table(shared_file("data", "surveys", file), specification.columns))
    with shared_file("data", "surveys", "api_reference.csv").open(encoding="utf-8") as source:
        rows = [row for row in csv.DictReader(source) if row["design"] == name]
    assert rows
    for row in rows:
        value, other = figures(row, found)
        assert close(value, float(row["estimate"])), row
        assert close(other, float(row["se"]) if row["se"] else None), row


def test_every_design_of_the_reference_is_tried():
    with shared_file("data", "surveys", "api_reference.csv").open(encoding="utf-8") as source:
        assert {row["design"] for row in csv.DictReader(source)} == set(SCHOOLS)


# --- the made-up sample: two stages, nested strata, finite populations, lonely clusters ------------------------------

TWO_STAGES = {"strata": "h", "clusters": ["c", "s"], "weights": "w", "fpc": ["N1", "N2"], "nest": True}
PEOPLE = {"variable": "z", "totals": {"a": 200, "b": 150, "c": 120}}
MADE_UP: dict[str, dict[str, Any]] = {
    "nested": {"strata": "h", "clusters": ["c"], "weights": "w", "nest": True},
    "nested_finite": {"strata": "h", "clusters": ["c"], "weights": "w", "fpc": ["N1"], "nest": True},
    "two_stages": TWO_STAGES,
    "two_stages_shares": {"strata": "h", "clusters": ["c", "s"], "fpc": ["f1", "f2"], "nest": True},
    "rows_alone": {"weights": "w"},
    "equal": {"strata": "h", "weights": "h"},
    "fitted": {**TWO_STAGES, "rake": [PEOPLE]},
    "raked": {**TWO_STAGES, "rake": [PEOPLE, {"variable": "g", "totals": {"u": 250, "v": 220}}], "rake_rounds": 50},
}
LONELY = ("certainty", "remove", "adjust", "average")
MADE_UP_WISHES = [
    {"statistic": "mean", "variable": "y"},
    {"statistic": "total", "variable": "y"},
    {"statistic": "mean", "variable": "z"},
    {"statistic": "total", "variable": "z"},
    {"statistic": "ratio", "variable": "y", "denominator": "k"},
    {"statistic": "quantile", "variable": "y", "quantile": [0.1, 0.5, 0.75]},
    {"statistic": "mean", "variable": "y", "by": ["z"]},
    {"statistic": "quantile", "variable": "y", "by": ["z"]},
    {"statistic": "proportion", "variable": "g"},
    {"statistic": "chisq", "variable": "z", "denominator": "g"},
]


def reference() -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for line in Path(__file__).with_name("reference.jsonl").read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        found[one["design"]].append(one)
    return dict(found)


REFERENCE = reference()


def meets(found: list[dict[str, Any]], wanted: dict[str, Any]) -> None:
    by = {"z": wanted["by"]} if wanted["by"] else None
    entries = [
        one
        for one in found
        if (one["statistic"], one["variable"], one.get("by"), one.get("quantile"))
        == (wanted["statistic"], wanted["variable"], by, wanted.get("quantile"))
    ]
    assert len(entries) == 1, wanted
    for key in set(wanted) - {"design", "statistic", "variable", "by"}:
        # The reference leaves out the design effect of a share; its interval comes from a fit that stops at 1e-8.
        if key == "deff" and wanted["statistic"] == "proportion":
            continue
        # The second figure of a test is its p.
        known = wanted["p"] if (wanted["statistic"], key) == ("chisq", "se") else wanted[key]
        assert close(entries[0][key], known), (key, entries[0], wanted)


@pytest.mark.parametrize("name", MADE_UP)
def test_figures_of_r_are_met_on_the_made_up_sample(name):
    found = answered(MADE_UP[name], MADE_UP_WISHES, made_up.table())
    assert len(REFERENCE[name]) == len(found)
    for wanted in REFERENCE[name]:
        meets(found, wanted)


def with_one_cluster_in_the_first_stratum() -> Table:
    return made_up.table([row for row in made_up.rows() if row[0] != "1" or row[1] == "1"])


@pytest.mark.parametrize("rule", LONELY)
def test_a_lonely_cluster_is_treated_as_r_does(rule):
    found = answered({**MADE_UP["nested"], "lonely": rule}, MADE_UP_WISHES[:1], with_one_cluster_in_the_first_stratum())
    [wanted] = REFERENCE[f"lonely_{rule}"]
    assert close(found[0]["value"], wanted["value"])
    assert close(found[0]["se"], wanted["se"])


def test_a_lonely_cluster_is_refused_unless_a_rule_is_given():
    with pytest.raises(Refused) as refusal:
        answered(MADE_UP["nested"], MADE_UP_WISHES[:1], with_one_cluster_in_the_first_stratum())
    assert refusal.value.code == "survey_lonely_cluster"
    assert refusal.value.values["stage"] == 1


def test_a_lonely_cluster_of_a_stratum_drawn_whole_is_no_fault():
    rows = [(*row[:7], "1" if row[0] == "1" else row[7]) for row in made_up.rows() if row[0] != "1" or row[1] == "1"]
    found = answered(MADE_UP["nested_finite"], MADE_UP_WISHES[:1], made_up.table(rows, made_up.HEAD[:8]))
    assert found[0]["se"] > 0


# --- what must hold whatever the sample ------------------------------------------------------------------------------


def test_a_simple_random_sample_has_the_textbook_error_and_a_design_effect_of_one():
    values = np.array([3.0, 5.0, 8.0, 9.0, 13.0, 21.0])
    design = make_design(6, fpc=[np.full(6, 60.0)])
    [found] = estimates.means(design, values[:, None])
    assert found.value == pytest.approx(values.mean())
    assert found.se == pytest.approx(math.sqrt(values.var(ddof=1) / 6 * (1 - 6 / 60)))
    assert found.deff == pytest.approx(1)


def test_a_census_has_no_error():
    design = make_design(6, fpc=[np.full(6, 6.0)])
    [found] = estimates.means(design, np.arange(6.0)[:, None])
    assert found.se == 0


def test_totals_that_the_weights_were_raked_to_have_no_error():
    rows = made_up.table()
    design = make_design(len(rows), weights=rows.numbers("w"))
    margins = []
    for name, totals in (("z", [200.0, 150.0, 120.0]), ("g", [250.0, 220.0])):
        codes, _levels = rows.levels(name)
        margins.append((name, codes, np.array(totals)))
    fitted = fit_design(design, margins, rounds=200, tolerance=1e-9)
    for _name, codes, totals in margins:
        for wanted, found in zip(
            totals, estimates.totals(fitted, estimates.indicators(codes, len(totals))), strict=True
        ):
            assert found.value == pytest.approx(wanted, rel=1e-6)
            assert found.se == pytest.approx(0, abs=1e-3)


def test_a_domain_keeps_the_design_whole():
    rows = made_up.table()
    inside = np.array(rows.column("g")) == "u"
    whole = make_design(120, weights=rows.numbers("w"), clusters=[np.array(rows.column("c"))], nest=True)
    [found] = estimates.totals(whole.domain(inside), np.ones((120, 1)))
    [as_indicator] = estimates.totals(whole, inside.astype(float)[:, None])
    assert found.value == pytest.approx(as_indicator.value)
    assert found.se == pytest.approx(as_indicator.se)


def test_the_order_of_rows_changes_nothing():
    rows = made_up.rows()
    other = sorted(rows, key=lambda row: row[3])
    found = [answered(MADE_UP["raked"], MADE_UP_WISHES, made_up.table(given)) for given in (rows, other)]
    for one, same in zip(*found, strict=True):
        assert one["variable"] == same["variable"]
        assert all(close(one[key], same[key]) for key in ("value", "se", "low", "high", "deff"))


def test_a_share_of_nothing_has_no_bounds():
    design = make_design(10)
    [found] = estimates.proportions(design, np.zeros((10, 1)))
    assert (found.value, found.low, found.high) == (0, None, None)


def test_a_later_stage_without_population_is_drawn_with_replacement():
    rows = made_up.table()
    ids = [np.array(rows.column(name)) for name in ("c", "s")]
    strata = [np.array(rows.column("h"))]
    endless = [rows.numbers("N1"), np.full(120, 1e15)]
    scores = np.nan_to_num(rows.numbers("y"))[:, None]
    given, left_out = (
        covariance(make_design(120, strata=strata, clusters=ids, fpc=fpc, nest=True), scores)
        for fpc in (endless, endless[:1])
    )
    assert given == pytest.approx(left_out, rel=1e-9)


@pytest.mark.parametrize("name", [*MADE_UP, "adjusted"])
def test_counted_cells_have_the_errors_of_cells_laid_out(name):
    design = design_of(
        parse_specification({**MADE_UP.get(name, {"lonely": "adjust", "strata": "k"}), "estimates": [MEAN]}),
        made_up.table(),
    )
    cells = np.arange(120) % 7 - 1
    laid_out = (cells[:, None] == np.arange(6)) * design.weights[:, None]
    assert cell_covariance(design, cells, 6) == pytest.approx(covariance(design, laid_out), rel=1e-9, abs=1e-9)


def test_a_domain_too_small_for_a_test_says_so_and_spoils_no_other():
    rows = [("a", "x", "1"), ("b", "y", "1"), ("a", "y", "1"), ("b", "x", "1"), ("a", "x", "2"), ("a", "y", "2")] * 3
    wish = {"statistic": "chisq", "variable": "p", "denominator": "q", "by": ["d"]}
    first, second = answered({}, [wish], made_up.table(rows, ("p", "q", "d")))
    assert first["by"] == {"d": "1"} and 0 <= first["p"] <= 1
    assert second["by"] == {"d": "2"} and second["value"] is None and second["refused"] == "survey_test_one_level"


# --- what is refused -------------------------------------------------------------------------------------------------

MEAN = {"statistic": "mean", "variable": "y"}


@pytest.mark.parametrize(
    ("said", "code", "key"),
    [
        ([], "survey_key_wrong", "{}"),
        ({}, "survey_key_missing", "estimates"),
        ({"estimates": []}, "survey_key_missing", "estimates"),
        ({"estimates": [{"variable": "y"}]}, "survey_key_missing", "estimates[0].statistic"),
        (
            {"estimates": [MEAN, {"statistic": "mode", "variable": "y"}]},
            "survey_statistic_unknown",
            "estimates[1].statistic",
        ),
        ({"estimates": [{"statistic": "ratio", "variable": "y"}]}, "survey_key_missing", "estimates[0].denominator"),
        ({"estimates": [{**MEAN, "quantile": 1}]}, "survey_key_wrong", "estimates[0].quantile"),
        ({"estimates": [{**MEAN, "level": True}]}, "survey_key_wrong", "estimates[0].level"),
        ({"estimates": [{**MEAN, "by": [1]}]}, "survey_key_wrong", "estimates[0].by[0]"),
        ({"estimates": [MEAN], "weigths": "w"}, "survey_key_unknown", "weigths"),
        ({"estimates": [MEAN], "nest": "yes"}, "survey_key_wrong", "nest"),
        ({"estimates": [MEAN], "lonely": "ignore"}, "survey_key_wrong", "lonely"),
        ({"estimates": [MEAN], "rake": [{"variable": "z"}]}, "survey_key_wrong", "rake[0].totals"),
        (
            {"estimates": [MEAN], "rake": [{"variable": "z", "totals": {"a": -1}}]},
            "survey_key_wrong",
            "rake[0].totals.a",
        ),
        ({"estimates": [MEAN], "rake_rounds": 0}, "survey_key_wrong", "rake_rounds"),
    ],
)
def test_a_malformed_design_is_refused_with_its_key(said, code, key):
    with pytest.raises(Refused) as refusal:
        parse_specification(said)
    assert (refusal.value.code, refusal.value.values["key"]) == (code, key)


def changed(row: int, column: str, cell: str) -> Table:
    rows = [list(one) for one in made_up.rows()]
    rows[row][made_up.HEAD.index(column)] = cell
    return made_up.table(rows)


@pytest.mark.parametrize(
    ("design", "table", "code", "values"),
    [
        ({}, changed(4, "y", "much"), "survey_not_a_number", {"line": 6, "column": "y"}),
        ({}, changed(4, "y", "inf"), "survey_not_a_number", {"line": 6, "column": "y"}),
        ({"weights": "w"}, changed(0, "w", "-1"), "survey_number_negative", {"line": 2, "column": "w"}),
        ({"weights": "w"}, changed(9, "w", "NA"), "survey_cell_missing", {"line": 11, "column": "w"}),
        ({"strata": "h"}, changed(9, "h", ""), "survey_cell_missing", {"line": 11, "column": "h"}),
        ({"strata": "h", "clusters": "c"}, made_up.table(), "survey_clusters_cross_strata", {}),
        ({"strata": "h", "fpc": ["N1"]}, made_up.table(), "survey_fpc_too_small", {"stage": 1}),
        ({"fpc": ["N1", "N2"]}, made_up.table(), "survey_fpc_stages", {"given": 2, "stages": 1}),
        ({"strata": ["h", "z"]}, made_up.table(), "survey_strata_stages", {"given": 2, "stages": 1}),
        ({"clusters": "c", "fpc": ["N1"]}, made_up.table(), "survey_fpc_varies", {"stage": 1}),
        (
            {"strata": "h", "clusters": ["c"], "nest": True, "fpc": ["N1"]},
            changed(0, "N1", "0.5"),
            "survey_fpc_mixed",
            {},
        ),
        ({"weights": "nobody"}, made_up.table(), "survey_column_missing", {"column": "nobody"}),
        (
            {"rake": [{"variable": "z", "totals": {"a": 1, "b": 1}}]},
            made_up.table(),
            "survey_raking_levels",
            {"level": "c"},
        ),
        (
            {"rake": [PEOPLE, {"variable": "g", "totals": {"u": 1, "v": 1}}]},
            made_up.table(),
            "survey_raking_totals_differ",
            {"lowest": 2.0, "highest": 470.0},
        ),
        (
            {**MADE_UP["raked"], "rake_rounds": 1, "rake_tolerance": 1e-12},
            made_up.table(),
            "survey_raking_not_converged",
            {"rounds": 1},
        ),
    ],
)
def test_a_table_that_does_not_fit_is_refused_with_its_place(design, table, code, values):
    with pytest.raises(Refused) as refusal:
        answered(design, [MEAN], table)
    assert refusal.value.code == code
    assert refusal.value.values.items() >= values.items()


def test_a_ratio_of_nothing_and_an_empty_domain_are_refused():
    design = make_design(3)
    with pytest.raises(Refused, match="survey_ratio_of_nothing"):
        estimates.ratio(design, np.ones(3), np.zeros(3))
    with pytest.raises(Refused, match="survey_domain_empty"):
        estimates.means(design, np.full((3, 1), np.nan))
    with pytest.raises(Refused, match="survey_weights_zero"):
        make_design(3, weights=np.zeros(3))
    with pytest.raises(Refused, match="survey_weights_negative"):
        make_design(3, weights=np.array([1.0, 2.0, -1.0]))


# --- the command -----------------------------------------------------------------------------------------------------


def called(capsys: Any, *given: Any) -> tuple[int, dict[str, Any]]:
    code = 0
    try:
        call_command("survey_estimates", *map(str, given), "--json")
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "made.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([made_up.HEAD, *made_up.rows()])
    return path


def test_the_command_prints_estimates_with_their_fixed_keys(capsys, tmp_path, sample):
    design = tmp_path / "design.json"
    design.write_text(json.dumps({**MADE_UP["two_stages"], "estimates": MADE_UP_WISHES}), encoding="utf-8")
    code, found = called(capsys, "--data", sample, "--design", design)
    assert code == 0
    assert list(found["estimates"][0]) == ["statistic", "variable", "value", "se", "low", "high", "deff"]
    for wanted in REFERENCE["two_stages"]:
        meets(found["estimates"], wanted)


@pytest.mark.parametrize(
    ("said", "code", "refused", "where"),
    [
        ("{", 1, "survey_design_not_json", {"file": "design.json"}),
        ('{"estimates": 3}', 1, "survey_key_wrong", {"file": "design.json"}),
        ({"estimates": [MEAN], "weights": "nobody"}, 1, "text_table_columns_missing", {"file": "made.csv", "line": 1}),
        (
            {"estimates": [MEAN], "clusters": ["c"], "weights": "z"},
            1,
            "survey_not_a_number",
            {"file": "made.csv", "line": 2, "column": "z"},
        ),
        (None, 2, "text_table_not_found", {"file": "design.json"}),
    ],
)
def test_the_command_says_which_file_line_and_column_is_wrong(capsys, tmp_path, sample, said, code, refused, where):
    design = tmp_path / "design.json"
    if said is not None:
        design.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    ended, found = called(capsys, "--data", sample, "--design", design)
    [error] = found["errors"]
    assert (ended, error["code"]) == (code, refused)
    assert {**error["where"], "file": Path(error["where"]["file"]).name} == where


def test_the_command_speaks_to_people_too(capsys, tmp_path, sample):
    design = tmp_path / "design.json"
    design.write_text(json.dumps({"estimates": [{**MEAN, "by": ["g"]}]}), encoding="utf-8")
    call_command("survey_estimates", "--data", str(sample), "--design", str(design))
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("mean y g=u: value ") and ", se " in first
    assert second.startswith("mean y g=v: value ")
