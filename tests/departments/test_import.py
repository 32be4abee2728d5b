"""`manage.py import_departments`: all or nothing, again without doubles, errors by row."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from engage.accounts.actors import SYSTEM, Role
from engage.departments.actions import import_table
from engage.departments.models import Department, Duty
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.pages.messages import registered_codes
from tests.accounts.people import person

pytestmark = pytest.mark.django_db

TABLE = """code,parent,name_zh,name_en,duties_zh,duties_en
care,civil,养老服务处,Elderly care,养老机构备案；助餐点建设,Register homes; Build meal points
civil,,民政厅,Civil affairs,,
aid,civil,社会救助处,Social assistance,低保审核,
"""


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def run(path: Path, capsys, *options: str) -> tuple[int, dict]:
    """Run the command with --json; return its exit code and what it printed."""
    code = 0
    try:
        call_command("import_departments", str(path), "--json", *options)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(capsys.readouterr().out)


def table(tmp_path: Path, text: str = TABLE) -> Path:
    path = tmp_path / "departments.csv"
    path.write_text(text, encoding="utf-8")
    return path


def shape() -> list[tuple[str, int]]:
    return list(Department.objects.values_list("code", "depth"))


def test_a_table_becomes_a_tree_also_when_children_come_first(tmp_path, capsys):
    code, answer = run(table(tmp_path), capsys)
    assert (code, answer) == (
        0,
        {"rows": 3, "created": ["civil", "care", "aid"], "changed": [], "unchanged": [], "dry_run": False},
    )
    assert shape() == [("civil", 1), ("care", 2), ("aid", 2)]
    care = Department.objects.get(code="care")
    assert [(duty.text_zh, duty.text_en) for duty in care.duties.all()] == [
        ("养老机构备案", "Register homes"),
        ("助餐点建设", "Build meal points"),
    ]
    assert Department.find_problems() == ([], [], [], [], [])


def test_the_same_table_again_changes_nothing(tmp_path, capsys):
    path = table(tmp_path)
    run(path, capsys)
    rows = JournalRow.objects.count()
    before = list(Duty.objects.values_list("pk", "text_zh"))
    code, answer = run(path, capsys)
    assert (code, answer["unchanged"], answer["created"], answer["changed"]) == (0, ["civil", "care", "aid"], [], [])
    assert list(Duty.objects.values_list("pk", "text_zh")) == before
    assert JournalRow.objects.count() == rows


def test_a_changed_table_renames_moves_and_keeps_the_rows_of_duties(tmp_path, capsys):
    run(table(tmp_path), capsys)
    kept = Duty.objects.get(text_zh="助餐点建设").pk
    changed = TABLE.replace("养老机构备案；助餐点建设,Register homes; Build meal points", "助餐点建设；时间银行,")
    changed = changed.replace("aid,civil,社会救助处", "aid,care,社会救助局")
    code, answer = run(table(tmp_path, changed), capsys)
    assert (code, answer["changed"]) == (0, ["care", "aid"])
    assert shape() == [("civil", 1), ("care", 2), ("aid", 3)]
    assert Department.objects.get(code="aid").name_zh == "社会救助局"
    assert [(duty.pk == kept, duty.text_zh) for duty in Duty.objects.filter(department__code="care")] == [
        (True, "助餐点建设"),
        (False, "时间银行"),
    ]
    assert Department.find_problems() == ([], [], [], [], [])


def test_a_department_can_become_a_root(tmp_path, capsys):
    run(table(tmp_path), capsys)
    run(table(tmp_path, TABLE.replace("aid,civil,", "aid,,")), capsys)
    assert shape() == [("civil", 1), ("care", 2), ("aid", 1)]


def test_a_department_that_is_not_in_the_table_stays(tmp_path, capsys):
    run(table(tmp_path), capsys)
    lines = TABLE.splitlines(keepends=True)
    run(table(tmp_path, lines[0] + lines[2]), capsys)
    assert len(shape()) == 3


def test_one_wrong_row_keeps_everything_out_and_every_fault_is_told(tmp_path, capsys):
    text = TABLE + "bad code,nowhere,,Name,,\nciv il,,民,C,,\ncivil,,民政,Civil,,\n"
    code, answer = run(table(tmp_path, text), capsys)
    assert code == 1
    assert not Department.objects.exists()
    assert [(error["code"], error["where"]) for error in answer["errors"]] == [
        ("department_cell_empty", {"line": 5, "column": "name_zh"}),
        ("department_code_unusable", {"line": 5, "column": "code"}),
        ("department_parent_unknown", {"line": 5, "column": "parent"}),
        ("department_code_unusable", {"line": 6, "column": "code"}),
        ("department_code_twice", {"line": 7, "column": "code"}),
    ]
    assert answer["errors"][2]["message"] == "No department has the code nowhere."


def test_without_json_the_rows_are_told_on_standard_error(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("import_departments", str(table(tmp_path, TABLE + "x,nowhere,甲,A,,\n")))
    printed = capsys.readouterr()
    assert end.value.code == 1
    assert (printed.out, printed.err.strip()) == ("", "Line 5, column parent: No department has the code nowhere.")


def test_a_dry_run_keeps_nothing(tmp_path, capsys):
    code, answer = run(table(tmp_path), capsys, "--dry-run")
    assert (code, answer["created"], answer["dry_run"]) == (0, ["civil", "care", "aid"], True)
    assert not Department.objects.exists() and not JournalRow.objects.filter(verb="department.created").exists()


def test_a_file_that_is_not_there_is_a_wrong_call(tmp_path, capsys):
    code, answer = run(tmp_path / "none.csv", capsys)
    assert (code, answer["errors"][0]["code"]) == (2, "departments_file_not_found")


def test_only_an_administrator_or_the_system_imports():
    with pytest.raises(Refused) as refused:
        import_table(TABLE.encode(), actor=person(Role.OFFICER))
    assert refused.value.code == "not_allowed"
    assert import_table(TABLE.encode(), actor=person(Role.ADMINISTRATOR)).rows == 3


def test_each_made_department_stands_in_the_journal():
    import_table(TABLE.encode(), actor=SYSTEM)
    rows = JournalRow.objects.filter(verb="department.created").order_by("pk")
    assert [row.content["code"] for row in rows] == ["civil", "care", "aid"]


def test_every_fault_has_a_sentence():
    from engage.departments import rules
    from engage.departments.words import REFUSALS

    source = Path(rules.__file__).read_text(encoding="utf-8")
    used = {part.split('"')[0] for part in source.split('RowFault("')[1:]}
    assert used and used <= set(REFUSALS) <= registered_codes()
