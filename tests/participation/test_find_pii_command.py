"""`manage.py find_pii`: what it prints, and how it refuses."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from engage.tables import reader_of
from tests.shared import shared_file

pytestmark = pytest.mark.sqlite_only


def run(path: Path, **options: Any) -> str:
    out = StringIO()
    call_command("find_pii", str(path), stdout=out, **options)
    return out.getvalue()


def refused(path: Path) -> tuple[int, list[dict[str, Any]]]:
    out = StringIO()
    with pytest.raises(CommandError) as raised:
        call_command("find_pii", str(path), json=True, stdout=out)
    return raised.value.returncode, json.loads(out.getvalue())["errors"]


def write(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def test_every_row_of_the_vectors_is_found_exactly() -> None:
    path = shared_file("data", "pii", "vectors.csv")
    expected = []
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"]:
                for kind, start, end in zip(*(row[name].split("|") for name in ("kind", "start", "end")), strict=True):
                    expected.append({"id": row["id"], "kind": kind, "start": int(start), "end": int(end)})
    assert json.loads(run(path, json=True)) == {"findings": expected}


def test_lines_of_plain_text_are_counted_from_one_and_offsets_begin_anew_on_each(tmp_path: Path) -> None:
    path = write(tmp_path, "letter.txt", "你好\r\n\r\n电话13800138000\r\n")
    assert json.loads(run(path, json=True)) == {"findings": [{"id": 3, "kind": "mobile", "start": 2, "end": 13}]}


def test_columns_may_stand_in_any_order_among_others(tmp_path: Path) -> None:
    path = write(tmp_path, "rows.csv", 'Text,region,ID\n"甲,\n13800138000",x,r1\n\n乙,y,r2\n', "utf-8-sig")
    assert json.loads(run(path, json=True)) == {"findings": [{"id": "r1", "kind": "mobile", "start": 3, "end": 14}]}


def test_a_table_in_gb18030_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, "rows.csv", "id,text\n1,我的电话是13800138000\n", "gb18030")
    assert json.loads(run(path, json=True))["findings"][0]["start"] == 5


def test_without_json_the_lines_name_kind_and_place_and_never_the_number(tmp_path: Path) -> None:
    printed = run(write(tmp_path, "letter.txt", "电话13800138000"))
    assert printed == "1\tmobile\t2\t13\n"


def test_a_field_longer_than_the_usual_limit_is_searched(tmp_path: Path) -> None:
    path = write(tmp_path, "rows.csv", "id,text\n1," + "长" * 200_000 + "13800138000\n")
    assert json.loads(run(path, json=True))["findings"][0]["start"] == 200_000


def test_what_was_read_takes_the_limit_from_no_other_reader(tmp_path: Path) -> None:
    rest = reader_of("first\n" + "x" * 200_000)
    assert next(rest) == ["first"]
    run(write(tmp_path, "rows.csv", "id,text\n1,x\n"))
    assert next(rest) == ["x" * 200_000]


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    status, errors = refused(tmp_path / "missing.csv")
    assert status == 2
    assert [error["code"] for error in errors] == ["no_file"]
    assert errors[0]["message"]


def test_every_ragged_row_is_named_with_its_line(tmp_path: Path) -> None:
    status, errors = refused(write(tmp_path, "rows.csv", 'id,text\n1,a,b,c\n2\n"3,unterminated\n'))
    assert status == 1
    assert [(error["code"], error["where"]) for error in errors] == [
        ("row_shape", {"line": 2}),
        ("row_shape", {"line": 3}),
        ("bad_quotes", {"line": 4}),
    ]


def test_a_table_without_the_two_columns_is_refused(tmp_path: Path) -> None:
    status, errors = refused(write(tmp_path, "rows.csv", "编号,内容\n1,测试\n"))
    assert (status, errors[0]["code"], errors[0]["where"]) == (1, "no_columns", {"line": 1})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "picture.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    status, errors = refused(path)
    assert (status, errors[0]["code"]) == (1, "not_text")


def test_without_json_the_refusal_says_the_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="(?:Line |第)2(?:: |行)"):
        run(write(tmp_path, "rows.csv", "id,text\n1\n"))
