"""A survey of LimeSurvey is read by a command, and taken into the Studio."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from engage.accounts.actors import Role
from surveys.definition.model import Error
from surveys.models import Questionnaire, Version
from surveys.studio.words import error_sentence
from tests.accounts.people import staff_client
from tests.surveys.answering.builders import department
from tests.surveys.limesurvey.surveys import lss, question

pytestmark = pytest.mark.sqlite_only

TITLED = [{"surveyls_language": "en", "surveyls_title": "Parks"}]
SURVEY = lss([question("L", "often", answers=["A1"]), question("Z", "odd")], texts=TITLED)


def read(path):
    printed = io.StringIO()
    code = 0
    try:
        call_command("import_limesurvey", str(path), "--json", stdout=printed)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(printed.getvalue())


def test_the_command_counts_and_names_what_is_left_out(tmp_path):
    path = tmp_path / "a.lss"
    path.write_bytes(SURVEY)
    code, found = read(path)
    assert code == 0 and found["title"] == "Parks" and found["errors"] == []
    assert found["counts"]["questions"] == 2 and found["counts"]["answers"] == 1 and found["counts"]["languages"] == 2
    [left] = found["left_out"]
    assert left["code"] == "lss_type_hidden" and left["where"] == {"part": "question", "code": "odd"}


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [(None, 2, "xlsform_not_found"), (b"<", 1, "lss_not_xml"),
     (lss([question("L", "a", answers=[""])]), 1, "lss_not_taken")],
)  # fmt: skip
def test_the_command_says_why_it_cannot_be_taken(tmp_path, content, code, said):
    path = tmp_path / "a.lss"
    if content is not None:
        path.write_bytes(content)
    ended, found = read(path)
    assert ended == code and found["errors"][0]["code"] == said


@pytest.mark.django_db
def test_an_editor_takes_a_survey_in_and_hears_what_is_left_out():
    editor = staff_client(Role.EDITOR)

    def sent(content):
        file = SimpleUploadedFile("a.lss", content)
        return {"key": "from-lss", "department": department().pk, "file": file}

    refused = editor.post(reverse("questionnaire_import"), sent(lss([question("L", "twice", answers=[""])])))
    assert refused.status_code == 422 and "twice" in refused.content.decode()
    assert refused.context["faults"][0].sentence == error_sentence(Error("", "too_short", {}))
    assert not Questionnaire.objects.exists()
    taken = editor.post(reverse("questionnaire_import"), sent(SURVEY))
    assert taken.status_code == 200 and "odd" in taken.content.decode()
    assert list(Version.objects.get(questionnaire__key="from-lss").parsed.by_name) == ["often", "odd"]
