"""The pages of results: who sees them when, that they say what pandas says, filters in the address, both languages."""

import json
import re
from datetime import timedelta

import pandas as pd
import pytest
from django.utils import timezone

from engage.accounts.actors import Role
from surveys.models import Questionnaire, Response
from surveys.results import columns
from tests.accounts.people import staff_client
from tests.surveys.answering.builders import published
from tests.surveys.results import made_up

pytestmark = pytest.mark.django_db


def survey(n=200, **fields):
    fields = {"closes_at": timezone.now() - timedelta(days=1)} | fields
    version = published(made_up.document(), **fields)
    made_up.stored(version.questionnaire, version, list(made_up.rows(n)))
    return version.questionnaire


def reader(*roles):
    """A browser of one who reads English."""
    signed_in = staff_client(*roles)
    signed_in.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return signed_in


def frame(questionnaire):
    """The answers as they are stored."""
    return pd.DataFrame(list(Response.objects.filter(questionnaire=questionnaire).values_list("answers", flat=True)))


def numbers(page, heading):
    """The rows of the table under a heading: words to count."""
    table = re.search(rf'<caption class="vh">{heading}</caption>(.*?)</table>', page, re.DOTALL)[1]
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="num">(.*?)</td><td class="num">([^ <]*)', table)
    return {words: (count, share) for words, count, share in rows}


def test_the_page_says_what_pandas_makes_of_the_raw_answers(client):
    questionnaire = survey()
    page = client.get("/en/surveys/parks/results/").content.decode()
    ages = frame(questionnaire)["age"].value_counts()
    assert numbers(page, "Age") == {
        f"Option {age}": (str(n), f"{100 * n / ages.sum():.1f}%") for age, n in ages.items()
    }
    assert "200 answers count here." in page and "no random sample" in page
    assert "Too far away" not in page and "太远了" not in page


def test_the_page_is_whole_in_chinese(client):
    survey()
    page = client.get("/zh/surveys/parks/results/").content.decode()
    assert "选项young" in page and "Option young" not in page


def test_a_group_and_a_comparison_are_kept_in_the_address(client):
    survey()
    one = client.get("/en/surveys/parks/results/?group=age:young").content.decode()
    assert '<option value="age:young" selected>' in one
    modes = client.get("/en/surveys/parks/results/?compare=%23mode").content.decode()
    assert "on the telephone</th>" in modes and "on the web</th>" in modes


def test_a_group_that_is_not_there_is_refused_and_the_page_stays(client):
    survey()
    for query in ("group=age:nobody", "group=nothing:x", "group=minutes:0–10", "group=age:young&compare=age"):
        answer = client.get(f"/en/surveys/parks/results/?{query}")
        assert 400 <= answer.status_code < 500 and "There is a problem" in answer.content.decode()
        assert "Age" in answer.content.decode()


@pytest.mark.parametrize(
    ("results", "over", "status", "words"),
    [
        ("never", True, 404, "are not shown"),
        ("at_close", False, 200, "when the survey has closed"),
        ("at_close", True, 200, "answers count here"),
        ("at_once", False, 200, "Whoever has answered"),
        ("at_once", True, 200, "answers count here"),
    ],
)
def test_results_are_shown_when_their_office_said(client, results, over, status, words):
    closes = timezone.now() + timedelta(days=-1 if over else 1)
    survey(n=40, results=results, closes_at=closes)
    answer = client.get("/en/surveys/parks/results/")
    assert answer.status_code == status and words in answer.content.decode()
    assert ("Option young" in answer.content.decode()) == ("count here" in words)


def test_a_questionnaire_that_nobody_may_see_has_no_results(client):
    questionnaire = survey(n=5)
    questionnaire.versions.update(state="taken_down")
    assert client.get("/en/surveys/parks/results/").status_code == 404


def test_a_large_questionnaire_waits_for_its_columns_and_is_then_read_from_them(
    client, settings, tmp_path, monkeypatch
):
    settings.PRIVATE_ROOT = tmp_path
    monkeypatch.setattr(columns, "DIRECT_MOST", 50)
    questionnaire = survey(n=60)
    assert "being put together" in client.get("/en/surveys/parks/results/").content.decode()
    columns.refresh(questionnaire)
    page = client.get("/en/surveys/parks/results/?compare=").content.decode()
    ages = frame(questionnaire)["age"].value_counts()
    assert {words: n for words, (n, _share) in numbers(page, "Age").items()} == {
        f"Option {age}": str(n) for age, n in ages.items()
    }
    assert "Counted on" in page


def test_the_desk_shows_plain_numbers_with_filters_and_weights():
    questionnaire = survey()
    desk = reader(Role.ANALYST)
    page = desk.get("/desk/results/parks/?group=age:young&group=%23mode:web&weight=weight").content.decode()
    rows = Response.objects.filter(questionnaire=questionnaire, mode="web", answers__age="young")
    assert f"{rows.count()} answers count here." in page
    assert "parks" in desk.get("/desk/results/").content.decode()
    assert desk.get("/desk/results/parks/?weight=why").status_code >= 400


def test_the_desk_sets_two_questions_against_each_other():
    questionnaire = survey()
    page = reader(Role.ANALYST).get("/desk/results/parks/crosstab/?rows=visits&cols=age&weight=weight")
    known = frame(questionnaire).query("visits == visits")
    known = known.assign(visits=known["visits"].map(json.dumps))
    wanted = pd.crosstab(known["visits"], known["age"], known["weight"], aggfunc="sum", normalize="columns")
    body = page.content.decode()
    assert f"{100 * wanted.loc[json.dumps('often'), 'young']:.1f}%" in body
    assert "Rao-Scott F" in body
    several = reader(Role.EDITOR).get("/desk/results/parks/crosstab/?rows=likes&cols=age").content.decode()
    assert "more than a hundred" in several and "No test" in several


def test_words_are_counted_and_no_text_is_shown():
    questionnaire = survey()
    page = staff_client(Role.ANALYST).get("/desk/results/parks/words/?q=far").content.decode()
    n = int((frame(questionnaire)["why"] == "Too far away").sum())
    assert f'<td class="num">{n}</td>' in page and "Too far away" not in page


def test_officers_have_no_results_at_the_desk():
    survey(n=5)
    assert staff_client(Role.OFFICER).get("/desk/results/parks/").status_code == 404
    assert Questionnaire.objects.count() == 1
