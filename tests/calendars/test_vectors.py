"""The table of worked examples, and what the command says of good and of broken tables."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from engage.calendars.profiles import Unit, profile_named
from engage.calendars.rules import DayKind, proof
from engage.calendars.shipped import shipped_calendar
from engage.calendars.vectors import compare, compute, parse_row
from tests.shared import shared_file

HEADER = "id,kind,profile,target,tz,start,events,due,weekday_exceptions,note\n"
GOOD = "A1,foi,cn-foi-2019,final_reply,Asia/Shanghai,2026-11-24T09:00:00+08:00,,2026-12-22,,plain\n"


def rows_of_the_shared_table() -> list[dict[str, str]]:
    import csv

    with shared_file("data", "clocks", "vectors.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_worked_example_agrees():
    found = compare(shared_file("data", "clocks", "vectors.csv").read_text(encoding="utf-8"))
    assert found.rows == found.matching > 0
    assert found.mismatches == found.errors == found.outside_validity == []


def test_the_proof_of_a_worked_example_lists_exactly_its_exceptions():
    compared = 0
    for row in rows_of_the_shared_table():
        vector = parse_row(row)
        due = compute(vector)
        if due.unit is not Unit.WORKING_DAY:
            continue
        calendar = shipped_calendar(profile_named(vector.profile).calendar)
        days = [entry.day for entry in proof(due, calendar) if calendar.is_exception(entry.day)]
        signed = [f"{'+' if calendar.is_workday(day) else '-'}{day:%m-%d}" for day in days]
        # On paper the count begins at the receipt; after a restart the proof begins at the restart.
        written = row["weekday_exceptions"].split()
        assert signed == [mark for mark in written if mark[1:] > f"{due.day_zero:%m-%d}"], vector.id
        compared += 1
    assert compared > 10


def test_the_proof_numbers_run_to_the_count_of_the_profile():
    for row in rows_of_the_shared_table():
        vector = parse_row(row)
        due = compute(vector)
        target = profile_named(vector.profile).target(vector.target)
        numbers = [entry.number for entry in proof(due, shipped_calendar("cn")) if entry.kind is DayKind.COUNTED]
        if due.unit is Unit.CALENDAR_DAY and "-roll" not in vector.profile:
            assert max(number for number in numbers if number) == target.count + due.extension


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Run the command as the shell does; returns exit code, standard output, standard error."""
    code = 0
    try:
        call_command("clock_vectors", *arguments)
    except SystemExit as stopped:
        code = stopped.code or 0
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def table(folder: Path, text: str, encoding: str = "utf-8") -> str:
    path = folder / "vectors.csv"
    path.write_bytes(text.encode(encoding))
    return str(path)


def test_a_table_that_agrees_ends_with_zero(capsys, tmp_path):
    code, out, _ = run(capsys, table(tmp_path, HEADER + GOOD), "--json")
    assert code == 0
    assert json.loads(out) == {"rows": 1, "matching": 1, "mismatches": []}


def test_a_mismatch_is_named_and_ends_with_one(capsys, tmp_path):
    code, out, _ = run(
        capsys, table(tmp_path, HEADER + GOOD + GOOD.replace("12-22", "12-23").replace("A1", "A2")), "--json"
    )
    assert code == 1
    assert json.loads(out) == {
        "rows": 2,
        "matching": 1,
        "mismatches": [{"row": "A2", "expected": "2026-12-23", "got": "2026-12-22"}],
    }


def test_without_json_it_speaks_to_a_person(capsys, tmp_path):
    code, out, _ = run(capsys, table(tmp_path, HEADER + GOOD.replace("12-22", "12-23")))
    assert code == 1
    assert "A1" in out
    assert "2026-12-23" in out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_and_windows_lines_are_read(capsys, tmp_path, encoding):
    code, _, _ = run(capsys, table(tmp_path, (HEADER + GOOD).replace("\n", "\r\n"), encoding), "--json")
    assert code == 0


@pytest.mark.parametrize(
    ("old", "new", "refusal", "column"),
    [
        ("cn-foi-2019", "cn-foi-1999", "clock_profile_unknown", None),
        ("final_reply", "first_reply", "clock_target_unknown", None),
        ("Asia/Shanghai", "Asia/Atlantis", "clock_table_bad_cell", "tz"),
        ("Asia/Shanghai", "", "clock_table_bad_cell", "tz"),
        ("Asia/Shanghai", "../../etc/passwd", "clock_table_bad_cell", "tz"),
        ("Asia/Shanghai", "Asia/Shang\0hai", "clock_table_bad_cell", "tz"),
        ("2026-11-24T09:00:00+08:00", "2026-11-24T09:00:00", "clock_table_bad_cell", "start"),
        ("2026-11-24T09:00:00+08:00", "yesterday", "clock_table_bad_cell", "start"),
        ("2026-12-22", "2026-02-30", "clock_table_bad_cell", "due"),
        (",,2026-12-22", ",extend@2026-12-01:x,2026-12-22", "clock_table_bad_cell", "events"),
        (",,2026-12-22", ",extend,2026-12-22", "clock_table_bad_cell", "events"),
        (",,2026-12-22", ",extend@2026-12-01,2026-12-22", "clock_extension_without_length", None),
        (",,2026-12-22", ",extend@2026-13-01:3,2026-12-22", "clock_table_bad_cell", "events"),
        (",,2026-12-22", ",holiday@2026-12-01,2026-12-22", "clock_event_unknown", None),
        (",,2026-12-22", ",third_party_answered@2026-12-01,2026-12-22", "clock_event_out_of_order", None),
        ("2026-11-24T09:00:00+08:00", "9999-12-30T09:00:00+08:00", "clock_date_out_of_range", None),
        (",plain", "", "clock_table_wrong_width", None),
        (",plain", ",plain,more", "clock_table_wrong_width", None),
        ("A1,", ",", "clock_table_bad_cell", "id"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_by_its_line_and_the_others_are_compared(capsys, tmp_path, old, new, refusal, column):
    code, out, _ = run(capsys, table(tmp_path, HEADER + GOOD + GOOD.replace(old, new)), "--json")
    found = json.loads(out)
    assert code == 1
    assert (found["rows"], found["matching"], found["mismatches"]) == (2, 1, [])
    (error,) = found["errors"]
    assert error["code"] == refusal
    assert error["message"]
    assert error["where"] == ({"line": 3, "column": column} if column else {"line": 3})


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", "clock_table_columns_missing"),
        ("id,profile\nA1,cn-foi-2019\n", "clock_table_columns_missing"),
        (HEADER + 'A1,"foi\n', "clock_table_unreadable"),
    ],
)
def test_a_file_that_is_no_table_is_refused(capsys, tmp_path, text, refusal):
    code, out, _ = run(capsys, table(tmp_path, text), "--json")
    assert code == 1
    assert [error["code"] for error in json.loads(out)["errors"]] == [refusal]


def test_a_file_in_another_encoding_is_refused(capsys, tmp_path):
    code, out, _ = run(capsys, table(tmp_path, HEADER + GOOD.replace("plain", "普通"), "gb18030"), "--json")
    assert code == 1
    assert json.loads(out)["errors"][0]["code"] == "clock_table_not_utf8"


def test_a_missing_file_is_a_wrong_call(capsys, tmp_path):
    code, out, err = run(capsys, str(tmp_path / "nowhere.csv"), "--json")
    assert code == 2
    assert json.loads(out)["errors"][0]["code"] == "clock_table_not_found"
    assert not err


def test_a_profile_outside_its_dates_is_said_on_standard_error(capsys, tmp_path):
    row = "A1,foi,cn-foi-2007,final_reply,Asia/Shanghai,2026-11-24T09:00:00+08:00,,2026-12-15,,\n"
    code, out, err = run(capsys, table(tmp_path, HEADER + row), "--json")
    assert (code, json.loads(out)["matching"]) == (0, 1)
    assert "A1" in err
