"""Files of answers hold what the rows hold; nothing in them is a formula; names that SPSS does not take are mapped."""

import csv
import io
import json

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from engage.accounts.actors import Role
from engage.journal.models import JournalRow
from surveys.models import Response
from surveys.results import access, columns, exports
from tests.accounts.people import staff_client
from tests.surveys.answering.builders import published
from tests.surveys.results import made_up

N = 120


@pytest.fixture
def survey(db):
    version = published(made_up.document())
    made_up.stored(version.questionnaire, version, list(made_up.rows(N)))
    return version.questionnaire


def stored(survey):
    found = Response.objects.filter(questionnaire=survey).order_by("pk")
    return pd.DataFrame(list(found.values_list("answers", flat=True)))


def write(survey, code, tmp_path):
    path = tmp_path / code
    exports.write(code, path, survey, columns.layout_for(survey))
    return path


def reason(value):
    return isinstance(value, dict)


def test_a_sav_read_back_equals_the_rows(survey, tmp_path):
    path = write(survey, "sav", tmp_path)
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    wanted = stored(survey)
    assert len(frame) == N
    ages = {"young": 0, "middle": 1, "old": 2}
    assert frame["age"].tolist() == wanted["age"].map(ages).tolist()
    visits = ["often", "rarely", "never", "else"]
    codes = [np.nan if v != v else -3 if reason(v) else visits.index(v) for v in wanted["visits"]]
    assert np.array_equal(frame["visits"], codes, equal_nan=True)
    numbers = [np.nan if v != v else -2 if reason(v) else v for v in wanted["minutes"]]
    assert np.array_equal(frame["minutes"], numbers, equal_nan=True)
    ponds = [-3 if reason(v) else np.nan if v != v else int("ponds" in v) for v in wanted["likes"]]
    assert np.array_equal(frame["likes.ponds"], ponds, equal_nan=True)
    assert frame["why"].tolist() == wanted["why"].fillna("").tolist()
    assert meta.variable_value_labels["age"][0] in ("选项young", "Option young")
    assert meta.missing_ranges["visits"] == [{"lo": -4.0, "hi": -2.0}]
    plain, _meta = pyreadstat.read_sav(str(path))
    assert plain["visits"].isna().sum() == sum(code != code or code < 0 for code in codes)


def test_names_that_spss_does_not_take_are_mapped_each_to_its_own():
    long = "q" * 70
    names = exports.sav_names(["_mode", "age", "AGE", "rate.很好 吗", f"{long}1", f"{long}2", "9", "all", "x."])
    assert names["_mode"] == "mode" and names["age"] == "age" and names["AGE"] == "AGE_2"
    assert names["all"] == "v_all" and names["9"] == "v_9" and names["rate.很好 吗"] == "rate.很好_吗"
    assert all(len(name.encode()) <= 64 and not name.endswith(".") for name in names.values())
    assert len({name.upper() for name in names.values()}) == len(names)


def test_a_csv_has_the_values_and_no_formula(survey, tmp_path):
    rows = list(csv.DictReader(io.StringIO(write(survey, "csv", tmp_path).read_text("utf-8-sig"))))
    wanted = stored(survey)
    assert [row["age"] for row in rows] == wanted["age"].tolist()
    assert [row["visits"] for row in rows] == [
        "" if v != v else "refused" if reason(v) else v for v in wanted["visits"]
    ]  # fmt: skip
    assert "=1+1" in wanted["why"].tolist()
    assert {row["why"] for row in rows if "1+1" in row["why"]} == {"'=1+1"}


def test_a_workbook_has_words_and_its_texts_are_texts(survey, tmp_path):
    sheet = openpyxl.load_workbook(io.BytesIO(write(survey, "xlsx", tmp_path).read_bytes())).active
    names = [cell.value for cell in sheet[1]]
    column = names.index("age")
    values = [row[column] for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert [value.removeprefix("选项").removeprefix("Option ") for value in values] == stored(survey)["age"].tolist()
    formulas = [cell for row in sheet.iter_rows(min_row=3) for cell in row if cell.data_type == "f"]
    assert not formulas


def test_parquet_and_json_have_the_rows(survey, tmp_path):
    frame = pq.read_table(write(survey, "parquet", tmp_path)).to_pandas()
    wanted = stored(survey)
    assert frame["age"].tolist() == wanted["age"].tolist()
    numbers = [np.nan if reason(v) else v for v in wanted["minutes"]]
    assert np.array_equal(frame["minutes"].to_numpy(float), np.array(numbers, dtype=float), equal_nan=True)
    lines = [json.loads(line) for line in write(survey, "json", tmp_path).read_text("utf-8").splitlines()]
    assert [line["answers"] for line in lines] == list(
        Response.objects.filter(questionnaire=survey).order_by("pk").values_list("answers", flat=True)
    )


def test_what_says_who_somebody_is_is_in_the_personal_file_alone(survey, tmp_path):
    response = Response.objects.filter(questionnaire=survey).first()
    response.private = json.dumps({"mail": "ann@example.org"})
    response.save()
    for code in access.FORMATS:
        found = b"ann@example.org" in write(survey, code, tmp_path).read_bytes()
        assert found == (code == "personal"), code


def test_an_anonymous_questionnaire_tells_no_day(survey, tmp_path):
    layout = columns.layout_for(survey)
    assert "_day" not in [field.name for field in exports.fields(survey, layout, "en")]
    survey.anonymous = False
    assert "_day" in [field.name for field in exports.fields(survey, layout, "en")]


def test_the_codebook_explains_every_column(survey, tmp_path):
    page = write(survey, "codebook", tmp_path).read_text("utf-8")
    for field in exports.fields(survey, columns.layout_for(survey), "en"):
        assert f">{field.name}<" in page


def test_who_may_take_what():
    assert access.may_take({Role.ANALYST}, "csv") and not access.may_take({Role.ANALYST}, "personal")
    assert access.may_take({Role.EDITOR}, "codebook") and not access.may_take({Role.EDITOR}, "sav")
    assert access.may_take({Role.ADMINISTRATOR}, "personal")


def test_taking_a_file_is_in_the_journal(survey):
    answer = staff_client(Role.ANALYST).get("/desk/results/parks/files/csv/")
    assert answer.status_code == 200 and b"".join(answer.streaming_content).count(b"\r\n") == N + 1
    assert JournalRow.objects.get(verb="survey.results_taken").content == {"format": "csv", "personal": False}
    assert staff_client(Role.ANALYST).get("/desk/results/parks/files/personal/").status_code == 404
    assert staff_client(Role.EDITOR).get("/desk/results/parks/files/csv/").status_code == 404
    assert JournalRow.objects.filter(verb="survey.results_taken").count() == 1
    assert staff_client(Role.ADMINISTRATOR).get("/desk/results/parks/files/personal/").status_code == 200
