"""The report says on a page, in Word and on paper what the public page says, and hides what it hides."""

import re

import pytest
from django.utils import timezone, translation
from docx import Document
from pypdf import PdfReader

from engage.accounts.actors import Role
from engage.errors import Refused
from surveys.models import Questionnaire
from surveys.results import columns, exports, queries, report
from tests.accounts.people import staff_client
from tests.surveys.answering.builders import published
from tests.surveys.results import made_up

N = 60
CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def survey(db):
    version = published(made_up.document())
    made_up.stored(version.questionnaire, version, list(made_up.rows(N)))
    return version.questionnaire


def written(survey, code, tmp_path):
    path = tmp_path / code
    exports.write(code, path, survey, columns.layout_for(survey))
    return path


def put_together(survey):
    return report.report_of(survey, queries.open_answers(survey, public=True), now=timezone.now())


def lines_of(survey):
    """Every line of every table: answer, people, share."""
    return [line[:3] for _words, tables in put_together(survey).sections for table in tables for line in table.lines]


@translation.override("en")
def test_page_document_and_paper_have_every_line(survey, tmp_path):
    wanted = lines_of(survey)
    assert len(wanted) > 20
    page = written(survey, "report", tmp_path).read_text("utf-8")
    number = r'<td class="num">(.*?)(?:<br>|</td>)'
    cells = re.findall(rf'<th scope="row">(.*?)<svg.*?</th>{number}{number}', page)
    assert cells == wanted
    document = Document(str(written(survey, "report_docx", tmp_path)))
    rows = [tuple(cell.text for cell in row.cells[:3]) for table in document.tables for row in table.rows[1:]]
    assert rows == wanted
    paper = " ".join(page.extract_text() for page in PdfReader(str(written(survey, "report_pdf", tmp_path))).pages)
    paper = re.sub(r"\s+", " ", paper)
    assert all(f"{people} {share}" in paper for _label, people, share in wanted)
    assert f"{N} answers count here." in paper and f"{N} answers count here." in page


def lines_shown(survey, *, public):
    """The same of a page of results."""
    source = queries.open_answers(survey, public=public)
    shown = queries.sections(source.answers, queries.Asked(), language="en", public=public, intervals=False)
    figures = [figure for section in shown.sections for figure in section.figures]
    return [(line.label, line.count, line.share) for figure in figures for line in figure.lines]


@translation.override("en")
def test_what_the_public_page_hides_is_hidden(survey):
    told = lines_of(survey)
    assert set(told) <= set(lines_shown(survey, public=True)) and told != lines_shown(survey, public=False)
    assert any(people == "hidden" for _label, people, _share in told)


@pytest.mark.parametrize("access", Questionnaire.Access.values)
def test_in_chinese_nothing_of_it_is_english(survey, tmp_path, access):
    survey.access = access
    with translation.override("zh-hans"):
        put = put_together(survey)
        page = written(survey, "report", tmp_path).read_text("utf-8")
    said = [put.heading, *put.facts[1:], *put.head, put.method_heading, *put.method]
    said += [sentence for _words, tables in put.sections for table in tables for sentence in table.said]
    assert all(CJK.search(sentence) for sentence in said), [one for one in said if not CJK.search(one)]
    assert '<html lang="zh-Hans">' in page


def test_who_sees_results_takes_the_report_and_others_do_not(survey):
    for code, kind in (("report", "text/html"), ("report_docx", "wordprocessing"), ("report_pdf", "application/pdf")):
        answer = staff_client(Role.EDITOR).get(f"/desk/results/parks/files/{code}/")
        assert answer.status_code == 200 and kind in answer.headers["Content-Type"]
        assert b"".join(answer.streaming_content)
    assert staff_client(Role.OFFICER).get("/desk/results/parks/files/report/").status_code == 404


def test_without_figures_there_is_no_report(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(queries, "open_answers", lambda *_args, **_options: None)
    with pytest.raises(Refused, match="not_ready"):
        written(survey, "report", tmp_path)
