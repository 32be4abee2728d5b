"""A page is asked what it shows while it is filled in; nothing is kept of that."""

import re
from html import unescape

import pytest
from django.test import Client

from engage.accounts.actors import Role
from engage.journal.models import JournalPending
from surveys.answering import codes
from surveys.models import Questionnaire, Response, SavedResponse, Version
from tests.accounts.people import person as user
from tests.surveys.answering import definitions as d
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import EVERY_TYPE, LIVE
from tests.surveys.answering.test_walk import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def walker():
    published(LIVE)
    made = Person()
    made.begin()
    return made


def look(walker, **sent):
    return Client(enforce_csrf_checks=True).post(f"{walker.url}look/", sent)


def parts(text):
    return set(re.findall(r'data-part="([^"]+)"', text))


def answers(walker):
    return codes.unseal(SavedResponse.objects.get().sealed, walker.code).get("answers", {})


def test_a_look_shows_what_the_answers_open_fill_and_count_and_keeps_nothing(walker):
    before = SavedResponse.objects.values().get()
    logged = JournalPending.objects.count()
    assert parts(walker.text) == {"comes", "city", "name", "hello", "n", "people", "apart"} - {"people"}
    sent = {"q:comes": "no", "q:city": "north", "q:name": "Li <b>", "q:n": "2", "q:apart": "typed"}
    response = look(walker, **sent)
    text = response.content.decode()
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    assert parts(text) >= {"why_not", "quarter", "people", "people/1", "people/2", "people/1/who", "people/2/who"}
    assert 'value="n2"' in text and 'value="s1"' not in text
    assert "Hello, Li &lt;b&gt;." in text
    assert SavedResponse.objects.values().get() == before and JournalPending.objects.count() == logged
    assert not response.cookies and "site-head" not in text


def test_only_parts_that_changed_have_another_seal(walker):
    def seals(text):
        return dict(re.findall(r'data-part="([^"]+)" data-seal="([^"]+)"', text))

    first, then = seals(walker.text), seals(look(walker, **{"q:name": "Li", "q:comes": "yes"}).content.decode())
    assert {key for key in first if first[key] != then.get(key)} == {"hello"}


def test_what_nothing_reads_is_not_marked_and_other_pages_ask_nothing(walker):
    marked = set(re.findall(r'data-part="([^"]+)" data-seal="[^"]+" data-read', walker.text))
    assert marked == {"comes", "city", "name", "n"}
    walker.answer(comes="yes")
    assert "Question more" in walker.text
    assert "show-live" not in walker.text and "data-part=" not in walker.text and 'name="asked"' not in walker.text


def test_what_a_script_has_shown_is_taken_with_the_page(walker):
    stood = ["comes", "why_not", "city", "name", "n", "people/1/who", "apart"]
    sent = {"q:comes": "no", "q:why_not": "far", "q:n": "1", "q:people/1/who": "Li", "q:quarter": "n1"}
    walker.go(walker.url, go="next", asked=stood, **sent)
    assert "Question more" in walker.text, walker.text
    assert answers(walker) == {"comes": "no", "why_not": "far", "n": "1", "people": [{"who": "Li"}]}


def test_what_a_script_has_shown_and_is_missing_is_asked_for_and_stays_when_it_comes(walker):
    walker.go(walker.url, go="next", asked=["comes", "why_not"], **{"q:comes": "no"})
    assert walker.status == 422 and 'href="#q-why_not"' in walker.text
    assert 'name="asked" value="why_not"' in walker.text
    walker.go(walker.url, go="next", asked=["comes", "why_not"], **{"q:comes": "no", "q:why_not": "far"})
    assert "Question more" in walker.text and answers(walker) == {"comes": "no", "why_not": "far"}


def test_what_stood_on_no_form_keeps_its_answer(walker):
    walker.go(walker.url, go="aside", asked=["comes", "why_not"], **{"q:comes": "no", "q:why_not": "far"})
    page = f"/en/surveys/parks/answer/{walker.code}/1/"
    walker.go(page, go="aside", asked=["comes"], **{"q:comes": "yes"})
    assert answers(walker) == {"comes": "yes", "why_not": "far"}


def test_a_look_costs_at_most_three_queries(walker, django_assert_max_num_queries):
    look(walker)
    with django_assert_max_num_queries(3):
        assert look(walker, **{"q:comes": "no"}).status_code == 200


def test_a_look_at_what_is_not_there_is_404_and_changes_nothing(walker):
    url, code = walker.url, walker.code
    assert Client().get(f"{url}look/").status_code == 405
    assert Client().post(url.replace("/1/", "/9/look/")).status_code == 404
    assert Client().post(url.replace(code, "0" * 12) + "look/").status_code == 404
    Version.objects.update(state=Version.State.TAKEN_DOWN)
    SavedResponse.objects.update(mode=Response.Mode.KIOSK)
    assert Client().post(f"{url}look/").status_code == 404
    assert SavedResponse.objects.exists()


def test_whoever_tries_codes_is_held_up(walker):
    forged = walker.url.replace(walker.code, "0" * 12) + "look/"
    statuses = {Client().post(forged).status_code for _ in range(301)}
    assert statuses == {404, 429}
    assert look(walker).status_code == 200


def test_a_look_in_a_frame_may_be_shown_there():
    version = published(LIVE)
    Questionnaire.objects.filter(pk=version.questionnaire_id).update(embed_hosts=["www.example.org"])
    client = Client()
    address = client.post("/en/surveys/parks/embed/").url
    response = client.post(f"{address}look/", {"q:comes": "no"})
    assert response.status_code == 200 and "www.example.org" in response["Content-Security-Policy"]


def test_a_page_of_every_type_without_conditions_is_as_it_was():
    published(EVERY_TYPE)
    walker = Person()
    assert "data-part=" not in walker.begin() and "data-look" not in walker.text
    assert "Question one" in unescape(look(walker).content.decode())


def test_the_preview_looks_without_keeping():
    from tests.accounts.people import sign_in
    from tests.surveys.studio.builders import parks

    version = parks(definition=LIVE)
    editor = sign_in(Client(), user(Role.EDITOR))
    address = f"/studio/questionnaires/versions/{version.pk}/preview/en/1/"
    page = editor.get(address).content.decode()
    assert f'data-look="{address}look/"' in page and "why_not" not in parts(page)
    assert "why_not" in parts(editor.post(f"{address}look/", {"q:comes": "no"}).content.decode())
    assert "why_not" not in parts(editor.get(address).content.decode())
    assert editor.get(f"{address}look/").status_code == 405
    sent = {"q:comes": "no", "q:why_not": "far", "asked": ["comes", "why_not"], "go": "next"}
    assert editor.post(address, sent).url.endswith("/preview/en/2/")


def test_rows_and_places_that_the_page_itself_has_opened_are_taken():
    rows = [
        {"value": "r1", "label": d.both("r1", "r1")},
        {"value": "r2", "label": d.both("r2", "r2"), "relevant": "${a} = 'yes'"},
    ]
    parks = d.options("trees", "lake")
    published(
        d.definition(
            d.page(
                "one",
                d.question("a", "single", options=d.options("yes", "no")),
                d.question("m", "matrix", rows=rows, options=d.options("good", "bad"), required=True),
                d.question("o", "ranking", options=parks, choice_filter="${a} = 'yes'"),
            )
        )
    )
    walker = Person()
    walker.begin()
    sent = {
        "q:a": "yes",
        "q:m:r1": "good",
        "q:m:r2": "bad",
        "q:o:trees": "2",
        "q:o:lake": "1",
        "asked": ["a", "m", "o"],
    }
    assert look(walker, **sent).status_code == 200 and answers(walker) == {}
    Client().post(walker.url, {**sent, "go": "next"})
    assert answers(walker) == {"a": "yes", "m": {"r1": "good", "r2": "bad"}, "o": ["lake", "trees"]}
