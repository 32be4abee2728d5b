"""Outcome rates of a sample, the table of dispositions and the command that reads a file."""

from __future__ import annotations

import json
import re

import pytest
from django.core.management import call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from engage.errors import Refused
from engage.pages.messages import refusal_message, registered_codes
from surveys import dispositions
from surveys.statistics import rates
from surveys.statistics.rates import DISPOSITIONS, GROUPS, eligible_share, find, outcome_rates, tally
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only

CASES = st.fixed_dictionaries({group: st.integers(0, 10_000) for group in GROUPS})


def test_the_worked_example_is_met_to_the_twelfth_digit():
    example = json.loads(shared_file("data", "surveys", "aapor_example.json").read_text(encoding="utf-8"))
    found = outcome_rates(example["counts"])
    assert found["e"] == pytest.approx(example["e"], abs=1e-12, rel=0)
    assert {name: found[name] for name in example["rates"]} == pytest.approx(example["rates"], abs=1e-12, rel=0)
    assert set(example["rates"]) == set(rates.RATES)


def test_rates_worked_by_hand():
    # 6 known eligible, 2 not: e = 0.75; 4 unknown count as 3.
    found = outcome_rates({"I": 2, "P": 1, "R": 1, "NC": 1, "O": 1, "UH": 3, "UO": 1, "NE": 2})
    assert found["e"] == 0.75
    assert found["RR1"] == pytest.approx(2 / 10) and found["RR2"] == pytest.approx(3 / 10)
    assert found["RR3"] == pytest.approx(2 / 9) and found["RR4"] == pytest.approx(3 / 9)
    assert found["RR5"] == pytest.approx(2 / 6) and found["RR6"] == pytest.approx(3 / 6)
    assert found["COOP1"] == pytest.approx(2 / 5) and found["COOP2"] == pytest.approx(3 / 5)
    assert found["COOP3"] == pytest.approx(2 / 4) and found["COOP4"] == pytest.approx(3 / 4)
    assert [found[f"REF{n}"] for n in (1, 2, 3)] == pytest.approx([1 / 10, 1 / 9, 1 / 6])
    assert [found[f"CON{n}"] for n in (1, 2, 3)] == pytest.approx([5 / 10, 5 / 9, 5 / 6])


@given(CASES)
def test_rates_are_shares_in_the_order_of_their_strictness(counts):
    found = outcome_rates(counts)
    assert all(0 <= value <= 1 for value in found.values() if value is not None)
    for rising in (
        ("RR1", "RR3", "RR5"),
        ("RR2", "RR4", "RR6"),
        ("REF1", "REF2", "REF3"),
        ("CON1", "CON2", "CON3"),
        ("RR1", "RR2"),
        ("COOP1", "COOP3"),
    ):
        values = [found[name] for name in rising if found[name] is not None]
        assert all(low <= high + 1e-12 for low, high in zip(values, values[1:], strict=False))


@given(CASES, st.integers(2, 9))
def test_twice_the_sample_has_the_same_rates(counts, times):
    more = outcome_rates({group: n * times for group, n in counts.items()})
    for name, value in outcome_rates(counts).items():
        assert more[name] == (None if value is None else pytest.approx(value))


def test_a_sample_without_an_eligible_case_has_no_rates():
    assert set(outcome_rates({"NE": 12}).values()) == {None, 0.0}
    found = outcome_rates({"NE": 12})
    assert found.pop("e") == 0.0 and set(found.values()) == {None}
    assert set(outcome_rates({}).values()) == {None}


def test_e_that_nobody_can_tell_leaves_out_the_rates_that_need_it():
    found = outcome_rates({"UH": 5})
    assert found["e"] is None and found["RR3"] is None and found["CON2"] is None and found["RR1"] == 0.0
    assert eligible_share({"UH": 5}) is None


def test_another_e_may_be_given():
    assert outcome_rates({"I": 5, "UH": 10}, e=0.5)["RR3"] == 0.5


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("I", "I"),
        ("uh", "UH"),
        ("1.1", "I"),
        ("1.10", "I"),
        (" 1.2 ", "P"),
        ("2.10", "R"),
        ("2.1121", "R"),
        ("2.12", "R"),
        ("2.20", "NC"),
        ("2.36", "O"),
        ("3.16", "UH"),
        ("3.21", "UO"),
        ("3.90", "UO"),
        ("4.0", "NE"),
        ("4.9", "NE"),
        ("5.4", "R"),
    ],
)
def test_a_code_finds_its_group(code, group):
    assert find(code).group == group


@pytest.mark.parametrize("code", ["1", "1.0", "2.0", "3", "5", "5.60"])
def test_a_code_above_several_groups_is_refused(code):
    with pytest.raises(Refused, match="disposition_too_wide"):
        find(code)


@pytest.mark.parametrize("code", ["", "6.1", "1.3", "2.4", "2.11a", "11", "4..1", "１.1", "I,P", ".", "-1"])
def test_a_code_outside_the_table_is_refused(code):
    with pytest.raises(Refused, match="disposition_unknown"):
        find(code)


def test_every_interim_code_stands_for_a_final_one():
    interim = [one for one in DISPOSITIONS.values() if one.interim]
    assert {one.code for one in interim} == {code for code in DISPOSITIONS if code.startswith("5.")}
    for one in interim:
        assert not DISPOSITIONS[one.stands_for].interim
        assert DISPOSITIONS[one.stands_for].group == one.group


def test_rows_of_one_code_add_up_and_interim_cases_are_told_apart():
    found = tally([(2, "1.1", "3"), (3, "1.10", "4"), (4, "5.61", " 2 "), (5, "5.61", "1"), (6, "I", "0")])
    assert found.counts["I"] == 7 and found.counts["UH"] == 3
    assert found.interim == {"5.61": 3}
    assert set(found.counts) == set(GROUPS)


@pytest.mark.parametrize("count", ["-1", "1.0", "", "1e3", "many", "１", "+2", "9" * 16, "1,000"])
def test_what_is_not_a_count_is_refused_with_its_line(count):
    with pytest.raises(Refused) as caught:
        tally([(2, "I", "1"), (3, "P", count)])
    assert caught.value.code == "disposition_count_invalid"
    assert caught.value.values["line"] == 3 and caught.value.values["column"] == "n"


def called(capsys, *arguments):
    code = 0
    try:
        call_command("aapor_rates", *map(str, arguments))
    except SystemExit as ended:
        code = ended.code
    return code, capsys.readouterr()


def test_the_command_prints_rates_from_codes_and_letters(capsys, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("\ufeffstratum,code,n\n1,1.1,300\n2,1.10,100\n,P,20\n,4.3,0\n,5.1,10\n", encoding="utf-8")
    code, said = called(capsys, path, "--json")
    found = json.loads(said.out)
    assert code == 0
    assert found["RR1"] == pytest.approx(400 / 430) and set(rates.RATES) <= set(found)
    assert found["counts"]["I"] == 400 and found["counts"]["NC"] == 10
    assert found["interim"] == {"5.1": 10} and found["final"] is False
    code, said = called(capsys, path)
    assert code == 0 and "RR2: " in said.out


@pytest.mark.parametrize(
    ("content", "code", "refusal", "line"),
    [
        (None, 2, "text_table_not_found", None),
        ("code,m\nI,1\n", 1, "text_table_columns_missing", 1),
        ("code,n\n", 1, "text_table_empty", None),
        ("code,n\nI,1,2\n", 1, "text_table_wrong_width", 2),
        ("code,n\nI,1\n\n9.9,2\n", 1, "disposition_unknown", 4),
        ("code,n\n2,2\n", 1, "disposition_too_wide", 2),
        ("code,n\nI,-2\n", 1, "disposition_count_invalid", 2),
    ],
)
def test_the_command_says_what_is_wrong_and_where(capsys, tmp_path, content, code, refusal, line):
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    ended, said = called(capsys, path, "--json")
    entry = json.loads(said.out)["errors"][0]
    assert (ended, entry["code"], entry["where"].get("line")) == (code, refusal, line)


def test_every_code_group_and_mode_has_a_name():
    assert set(dispositions.NAMES) == set(DISPOSITIONS)
    assert set(dispositions.GROUP_NAMES) == set(GROUPS)
    assert set(dispositions.MODE_NAMES) == set(rates.MODES)
    for mode, code in dispositions.MODE_CODE_NAMES:
        assert mode in DISPOSITIONS[code].modes
    assert dispositions.name_of("2.112", "web") != dispositions.name_of("2.112", "phone")
    assert dispositions.name_of("UO") == dispositions.GROUP_NAMES["UO"]


def test_the_document_is_what_the_table_says():
    assert dispositions.FILE.read_text(encoding="utf-8") == dispositions.document(), "run manage.py disposition_table"


def test_every_refusal_of_the_rates_has_its_sentence():
    from pathlib import Path

    used = set(re.findall(r'raise Refused\("(\w+)"', Path(rates.__file__).read_text(encoding="utf-8")))
    assert used == set(dispositions.REFUSALS) <= registered_codes()
    with translation.override("en"):
        assert "9.9" in refusal_message(Refused("disposition_unknown", value="9.9", line=4, column="code"))
