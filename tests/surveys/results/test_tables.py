"""Toplines and cross-tabs from columns equal what pandas makes of the plain answers; small counts are hidden."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from engage.errors import Refused
from surveys.definition.model import parse
from surveys.results import tables
from surveys.results.answers import Answers
from surveys.results.encoding import Row, encode
from surveys.results.layout import BITS, layout_of
from surveys.statistics.intervals import wilson
from tests.surveys.results import made_up


@pytest.fixture(scope="module")
def rows():
    return list(made_up.rows(800))


@pytest.fixture(scope="module")
def answers(rows):
    return made_up.answers(rows)


@pytest.fixture(scope="module")
def frame(rows):
    """The plain answers, a reason as its name in angle brackets."""

    def plain(value):
        return f"<{value['missing']}>" if isinstance(value, dict) and "missing" in value else value

    return pd.DataFrame([{"mode": row.mode, **{k: plain(v) for k, v in row.answers.items()}} for row in rows])


def counts(found):
    return {f"<{line.level.value}>" if line.is_reason else line.level.value: line.count for line in found.lines}


def test_a_choice_is_counted_as_pandas_counts_it(answers, frame):
    found = tables.topline(answers, answers.layout.by_key["visits"])
    assert {k: n for k, n in counts(found).items() if n} == frame["visits"].value_counts().to_dict()
    assert found.n == frame["visits"].notna().sum() and found.left == frame["visits"].isna().sum()
    often = next(line for line in found.lines if line.level.value == "often")
    assert often.share == pytest.approx((frame["visits"] == "often").sum() / found.n)
    low, high = wilson(often.share, found.n)
    assert (often.low, often.high) == (pytest.approx(float(low)), pytest.approx(float(high)))


def test_weights_move_shares_and_not_counts(answers, frame):
    weights = answers.weights("weight")
    found = tables.topline(answers, answers.layout.by_key["age"], weights=weights)
    by_age = frame.groupby("age")["weight"].sum() / frame["weight"].sum()
    for line in found.lines:
        assert line.share == pytest.approx(by_age[line.level.value])
        assert line.count == (frame["age"] == line.level.value).sum()
    assert found.effective_n == pytest.approx(frame["weight"].sum() ** 2 / (frame["weight"] ** 2).sum())


def test_options_together_are_counted_over_who_was_asked(answers, frame):
    found = tables.topline(answers, answers.layout.by_key["likes"])
    given = frame["likes"].dropna()
    chosen = given[given.map(lambda value: isinstance(value, list))]
    assert found.several and found.n == len(given)
    for line in found.lines:
        assert line.count == chosen.map(lambda value, one=line.level.value: one in value).sum()


def test_rows_of_a_matrix_places_and_shares_are_columns_of_their_own(answers, frame):
    safe = tables.topline(answers, answers.layout.by_key["rate.safe"])
    assert counts(safe) == {"good": frame["rate"].map(lambda v: v.get("safe") == "good").sum(), "bad": 0}
    first = tables.topline(answers, answers.layout.by_key["order.b"])
    places = frame["order"].map(lambda v: v.index("b") + 1 if "b" in v else None).dropna()
    assert counts(first) == {place: (places == place).sum() for place in (1, 2, 3)}
    assert first.summary.mean == pytest.approx(places.mean())
    spent = tables.topline(answers, answers.layout.by_key["spend.x"])
    assert spent.summary.mean == pytest.approx(frame["spend"].map(lambda v: v["x"]).mean())


def test_numbers_have_mean_and_quarters_and_bins_that_hold_all(answers, frame):
    found = tables.topline(answers, answers.layout.by_key["minutes"])
    numbers = pd.to_numeric(frame["minutes"], errors="coerce").dropna()
    assert found.summary.mean == pytest.approx(numbers.mean())
    assert found.summary.median == pytest.approx(numbers.median())
    assert sum(line.count for line in found.lines if not line.is_reason) == len(numbers)
    assert sum(line.count for line in found.lines if line.is_reason) == (frame["minutes"] == "<dont_know>").sum()


@pytest.mark.parametrize("spread", [3, 40, 100_000])
def test_quarters_of_whole_numbers_are_those_of_any_numbers(spread):
    chance = np.random.default_rng(spread)
    said = chance.integers(-spread, spread, 2_000).astype(float)
    weights = chance.random(2_000) * chance.integers(0, 3, 2_000)
    whole, shifted = tables._summary_weighed(said, weights), tables._summary_weighed(said + 0.25, weights)
    assert [whole.lower, whole.median, whole.upper] == [
        one - 0.25 for one in (shifted.lower, shifted.median, shifted.upper)
    ]
    assert whole.mean == pytest.approx(shifted.mean - 0.25)


def test_a_weighted_median_is_where_half_of_the_weight_is_reached(answers, frame):
    found = tables.topline(answers, answers.layout.by_key["nps"], weights=answers.weights("weight"))
    repeated = np.repeat(frame["nps"].to_numpy(), frame["weight"].to_numpy().astype(int))
    assert found.summary.mean == pytest.approx(repeated.mean())
    assert found.summary.median == np.sort(repeated)[int(np.ceil(len(repeated) / 2)) - 1]


def test_days_and_places_are_levels(answers, frame):
    days = tables.topline(answers, answers.layout.by_key["born"])
    assert counts(days) == frame["born"].str[:7].value_counts().to_dict()
    assert counts(tables.topline(answers, answers.layout.by_key["home"])) == frame["home"].value_counts().to_dict()


def test_a_cross_tab_equals_pandas(answers, frame):
    found = tables.crosstab(answers, "visits", "age", weights=answers.weights("weight"))
    known = frame.dropna(subset=["visits"])
    wanted = pd.crosstab(known["visits"], known["age"], known["weight"], aggfunc="sum").fillna(0)
    for cell in found.table:
        row = f"<{cell.row}>" if cell.row == "refused" else cell.row
        assert cell.weighted == pytest.approx(wanted.loc[row, cell.col])
        assert cell.col_percent == pytest.approx(100 * wanted.loc[row, cell.col] / wanted[cell.col].sum())


def test_filters_join_values_by_or_and_questions_by_and(answers, frame):
    inside = answers.where({"age": ["young", "old"], "likes": ["trees"], "#mode": ["web"]})
    wanted = frame["age"].isin(["young", "old"]) & (frame["mode"] == "web")
    wanted &= frame["likes"].map(lambda value: isinstance(value, list) and "trees" in value)
    assert inside.tolist() == wanted.tolist()
    found = tables.topline(answers, answers.layout.by_key["visits"], inside=inside)
    assert found.n == frame["visits"][wanted].notna().sum()


@pytest.mark.parametrize(
    ("filters", "code"),
    [({"nothing": ["x"]}, "survey_results_no_question"), ({"age": ["x"]}, "survey_results_no_value"),
     ({"why": ["x"]}, "survey_results_no_question")],
)  # fmt: skip
def test_filters_by_what_is_not_there_are_refused(answers, filters, code):
    with pytest.raises(Refused) as refused:
        answers.where(filters)
    assert refused.value.code == code


def test_words_are_found_whatever_their_letters(answers, frame):
    assert tables.count_words(answers, "why", "too FAR") == (
        (frame["why"] == "Too far away").sum(), frame["why"].notna().sum()
    )  # fmt: skip
    assert tables.count_words(answers, "why", "太远")[0] == (frame["why"] == "太远了").sum()


def test_what_says_who_somebody_is_has_no_column(answers):
    assert "mail" not in answers.layout.by_key


def few(counted: dict[tuple[str, str], int]) -> Answers:
    """Answers of age and visits, so many of each pair."""
    pairs = [pair for pair, n in counted.items() for _ in range(n)]
    return made_up.answers([
        Row(at, 1, "web", "en", date(2026, 11, 1), None, None, {"age": age, "visits": visits})
        for at, (age, visits) in enumerate(pairs, 1)
    ])  # fmt: skip


def test_a_small_count_is_hidden_in_public_and_another_with_it():
    found = few({("young", "often"): 30, ("old", "rarely"): 12, ("old", "never"): 3})
    shown = tables.topline(found, found.layout.by_key["visits"], public=True)
    assert {line.level.value for line in shown.lines if line.hidden} == {"rarely", "never"}
    assert all(line.share is None and line.low is None for line in shown.lines if line.hidden)
    staff = tables.topline(found, found.layout.by_key["visits"])
    assert not any(line.hidden for line in staff.lines)


def test_a_group_tells_no_more_than_the_tables_of_all_groups():
    found = few({("young", "often"): 40, ("young", "rarely"): 20, ("old", "often"): 38, ("old", "rarely"): 3})
    column = found.layout.by_key["visits"]
    # Of young people all counts are large, yet with the table of all they would give away the three old ones.
    young = tables.topline(found, column, public=True, group=("age", "young"))
    assert young.withheld or all(line.hidden for line in young.lines if line.level.value in ("often", "rarely"))
    everyone = tables.topline(found, column, public=True)
    assert not any(line.hidden for line in everyone.lines)


def test_a_large_group_is_shown():
    found = few({(age, visits): 20 for age in ("young", "old") for visits in ("often", "rarely")})
    shown = tables.topline(found, found.layout.by_key["visits"], public=True, group=("age", "old"))
    assert [line.count for line in shown.lines] == [20, 20, 0, 0]


def test_a_handful_of_answers_is_withheld():
    found = few({("young", "often"): 4})
    assert tables.topline(found, found.layout.by_key["age"], public=True).withheld


def test_who_was_routed_past_is_not_told_where_they_are_few():
    rows = [
        Row(at, 1, "web", "en", date(2026, 11, 1), None, None, {"why": "x"} if at > 3 else {"visits": "often"})
        for at in range(1, 30)
    ]
    found = made_up.answers(rows)
    assert tables.topline(found, found.layout.by_key["why"], public=True).withheld


def test_more_options_than_a_number_has_bits_are_kept():
    values = [f"v{at}" for at in range(2 * BITS + 3)]
    document = made_up.document()
    document["pages"][0]["items"] = [
        {"name": "many", "type": "multiple", "options": [{"value": value} for value in values]}
    ]
    layout = layout_of({1: parse(document)})
    chosen = [values[::7], values[-1:], values]
    row = Row(1, 1, "web", "en", date(2026, 11, 1), None, None, {})
    table = encode(layout, [replace(row, id=at, answers={"many": each}) for at, each in enumerate(chosen, 1)])
    found = tables.topline(Answers(layout, table.select), layout.by_key["many"])
    assert {line.level.value: line.count for line in found.lines} == {
        value: sum(value in each for each in chosen) for value in values
    }


def test_options_of_an_older_version_are_kept_and_another_type_has_a_column_of_its_own():
    older, newer = made_up.document(), made_up.document()
    older["pages"][0]["items"][0]["options"] = made_up.options("child", "young")
    newer["pages"][0]["items"][6]["type"] = "text"
    layout = layout_of({1: parse(older), 2: parse(newer)})
    assert [level.value for level in layout.by_key["age"].levels] == ["young", "middle", "old", "child"]
    assert layout.by_key["minutes"].kind == "text" and layout.by_key["minutes@1"].kind == "number"
    row = Row(1, 1, "web", "en", date(2026, 11, 1), None, None, {"age": "child", "minutes": 5})
    table = encode(layout, [row, replace(row, id=2, version=2, answers={"age": "old", "minutes": "five"})])
    found = Answers(layout, table.select)
    assert found.array("age").tolist() == [3, 2]
    assert found.stored("minutes").to_pylist() == [None, "five"]
    assert found.array("minutes@1")[0] == 5 and np.isnan(found.array("minutes@1")[1])
