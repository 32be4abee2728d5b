"""The commands answer in one shape, whatever they are given."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from surveys import xlsform_words
from surveys.management.commands.xlsform_shares import shares, table
from tests.shared import shared_file
from tests.surveys.xlsform.workbooks import HEAD, YES_NO, workbook

pytestmark = pytest.mark.sqlite_only

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "xlsform.md"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def called(*arguments):
    """Return the exit code and what was printed as JSON."""
    printed = StringIO()
    try:
        call_command("import_xlsform", *map(str, arguments), "--json", stdout=printed)
    except SystemExit as ended:
        return ended.code, json.loads(printed.getvalue())
    return 0, json.loads(printed.getvalue())


def written(folder, survey, **sheets):
    path = folder / "form.xlsx"
    path.write_bytes(workbook(survey, **sheets))
    return path


def test_a_form_that_can_be_taken_ends_with_0(tmp_path):
    survey = [HEAD, ("select_one yn", "q", "Q"), ("geoshape", "g", "G")]
    code, found = called(written(tmp_path, survey, choices=YES_NO, settings=[("form_title",), ("Trees",)]), "--dry-run")
    assert code == 0
    assert list(found) == ["title", "counts", "unsupported", "errors"]
    assert found["title"] == "Trees" and found["errors"] == []
    assert found["counts"] == {
        "questions": 2,
        "groups": 0,
        "repeats": 0,
        "choices": 2,
        "relevant": 0,
        "constraint": 0,
        "calculate": 0,
        "languages": 1,
    }
    (left_out,) = found["unsupported"]
    assert left_out["what"] == "geoshape"
    assert left_out["where"] == {"sheet": "survey", "row": 3, "column": "A", "heading": "type"}


def test_a_form_that_cannot_be_taken_ends_with_1_and_names_the_cell(tmp_path):
    code, found = called(written(tmp_path, [HEAD, ("text", "", "Q")]))
    assert code == 1 and found["title"] == "form"
    (error,) = found["errors"]
    assert error["code"] == "xlsform_no_name" and error["message"] == "This question or group has no name."
    assert error["where"] == {"sheet": "survey", "row": 2, "column": "B", "heading": "name"}


def test_a_form_that_no_definition_can_hold_ends_with_1(tmp_path):
    groups = [("begin group", f"g{number}", "G") for number in range(14)]
    code, found = called(written(tmp_path, [HEAD, *groups, ("text", "q", "Q"), *[("end group", "", "")] * 14]))
    assert code == 1 and {error["code"] for error in found["errors"]} == {"xlsform_not_taken"}


@pytest.mark.parametrize(
    ("content", "ends", "said"), [(None, 2, "xlsform_not_found"), (b"x", 1, "xlsform_not_workbook")]
)
def test_what_is_no_form_is_answered_in_the_same_shape(tmp_path, content, ends, said):
    path = tmp_path / "form.xlsx"
    if content:
        path.write_bytes(content)
    code, found = called(path)
    assert code == ends and found["errors"][0]["code"] == said
    assert list(found) == ["title", "counts", "unsupported", "errors"] and set(found["counts"].values()) == {0}


def test_for_a_person_errors_are_lines_with_the_cell(tmp_path):
    printed = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_xlsform", str(written(tmp_path, [HEAD, ("text", "", "Q")])), stdout=printed)
    assert "sheet survey, cell B2: This question or group has no name." in printed.getvalue().splitlines()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_sentence_can_be_filled(language):
    with translation.override(language):
        for sentence in xlsform_words.UNSUPPORTED.values():
            assert "x" in sentence % {"what": "x"} or "%" not in str(sentence)


def test_the_shares_in_the_documentation_are_those_of_the_forms():
    folder = shared_file("data", "xlsforms")
    found = shares(sorted(path for path in folder.iterdir() if path.suffix in (".xls", ".xlsx")))
    assert "\n".join(table(found)) in DOCUMENT.read_text(encoding="utf-8"), "run manage.py xlsform_shares"
    assert (found["forms"], found["taken"]) == (39, 34)
