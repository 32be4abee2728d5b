"""Somebody answers on the web, page by page, without a script and without a cookie."""

from datetime import timedelta
from html import unescape

import pytest
from cryptography.fernet import InvalidToken
from django.test import Client
from django.utils import timezone, translation

from engage.participation.models import Submission
from surveys.answering import codes, showing
from surveys.models import Questionnaire, Response, SavedResponse, Version
from tests.surveys.answering.builders import published
from tests.surveys.answering.definitions import BRANCHED, EVERY_TYPE, both, definition, options, page, question

pytestmark = pytest.mark.django_db


class Person:
    """Walks with a fresh client for every request, so that no cookie can help."""

    def __init__(self, key: str = "parks", language: str = "en") -> None:
        self.key, self.language = key, language
        self.url = f"/{language}/surveys/{key}/"
        self.text, self.status = "", 0

    def go(self, url: str, **sent: object) -> str:
        client = Client(enforce_csrf_checks=True)
        response = client.post(url, sent) if sent else client.get(url)
        while response.status_code in (301, 302):
            url = response["Location"].partition("#")[0]
            response = client.get(url)
        self.url, self.text, self.status = url, unescape(response.content.decode()), response.status_code
        return self.text

    def begin(self) -> str:
        return self.go(self.url, begin="1")

    @property
    def code(self) -> str:
        return self.url.split("/answer/")[1].split("/")[0]

    def answer(self, go: str = "next", **answers: object) -> str:
        return self.go(self.url, go=go, **{f"q:{name}": value for name, value in answers.items()})


@pytest.fixture
def person():
    published(BRANCHED)
    walker = Person()
    walker.begin()
    return walker


def test_the_start_page_says_how_long_why_and_who_learns_what():
    published(BRANCHED)
    text = Person().go("/en/surveys/parks/")
    assert "It takes about 1 minute" in text
    assert "We want to know what to mend first." in text
    assert "It is anonymous" in text
    assert "How the parks are" in Person().go("/en/surveys/")


def test_a_branch_is_followed_checked_sent_and_tracked(person):
    assert "Question comes" in person.text and "Question why_not" not in person.text
    assert "Page 1 of about 2" in person.text
    assert "Question often" in person.answer(comes="yes")
    assert "Page 2 of about 3" in person.text
    person.answer(often="4", likes=["trees", "lake"])
    assert "Question more" in person.text
    text = person.answer(more="More benches, please")
    assert "Check your answers" in text and "More benches, please" in text and "Choice trees" in text
    person.go(person.url, send="1")
    assert "We have your answers" in person.text and person.status == 200
    response = Response.objects.get()
    assert response.answers == {"comes": "yes", "often": 4, "likes": ["trees", "lake"], "more": "More benches, please"}
    assert response.submission.letter == "Q" and response.submission.contact is None
    assert not SavedResponse.objects.exists()


def test_sending_twice_is_one_submission_and_shows_the_same_receipt(person):
    person.answer(comes="no")
    person.answer(go="check", comes="no", why_not="far away")
    check = person.url
    person.go(check, send="1")
    reference = Submission.objects.get().reference
    assert reference in person.text
    person.go(check, send="1")
    assert reference in person.text
    assert Submission.objects.count() == 1


def test_an_answer_that_opens_a_question_of_the_same_page_stays_there(person):
    text = person.answer(comes="no")
    assert "Question why_not" in text and "/answer/" in person.url and person.url.endswith("/1/")
    assert "Question more" in person.answer(comes="no", why_not="far away")


def test_a_needed_answer_is_asked_for_at_its_anchor_and_typed_text_stays(person):
    person.answer()
    assert person.status == 422
    assert 'href="#q-comes"' in person.text and 'id="q-comes"' in person.text
    person.answer(comes="yes")
    person.answer(often="many", likes=["lake"])
    assert person.status == 422 and "Write a number, in digits" in person.text
    assert 'value="many"' in person.text
    assert 'value="lake" checked' in person.text


def test_back_and_forth_loses_nothing(person):
    person.answer(comes="yes")
    person.answer(go="back", often="half")
    assert 'value="yes" checked' in person.text
    person.answer(comes="yes")
    assert 'value="half"' in person.text


def test_putting_aside_needs_no_answer_and_another_device_goes_on(person):
    person.answer(comes="yes")
    text = person.answer(go="aside", often="3")
    code = person.code
    shown = f"{code[:4]}-{code[4:8]}-{code[8:]}"
    assert shown in text
    other = Person(language="zh")
    other.go("/zh/surveys/continue/", code=f" {shown.lower()} ")
    assert "问often" in other.text and 'value="3"' in other.text


def test_what_is_put_aside_cannot_be_read_without_its_code(person):
    person.answer(comes="yes")
    person.answer(go="aside", often="29")
    saved = SavedResponse.objects.get()
    assert "often" not in saved.sealed and person.code not in (saved.sealed, saved.code_digest)
    assert codes.unseal(saved.sealed, person.code)["answers"] == {"comes": "yes", "often": "29"}
    with pytest.raises(InvalidToken):
        codes.unseal(saved.sealed, codes.new_code())


def test_a_wrong_code_opens_nothing(person):
    other = Person()
    other.go("/en/surveys/continue/", code="0000-0000-0000")
    assert other.status == 422 and "There is nothing under this code" in other.text


def test_deleting_what_was_put_aside(person):
    person.answer(go="aside", comes="yes")
    person.go(person.url, delete="1")
    assert not SavedResponse.objects.exists()


def test_hidden_answers_of_a_forged_post_are_dropped_and_logged(person, caplog):
    caplog.set_level("INFO", logger="surveys.answering.actions")
    person.answer(comes="yes")
    person.answer(often="2", why_not="forged", comes="no")
    saved = codes.unseal(SavedResponse.objects.get().sealed, person.code)["answers"]
    assert saved == {"comes": "yes", "often": "2"}
    # What was answered and hidden afterwards waits on the sheet, but is not sent.
    person.go(person.url.replace("/3/", "/1/"))
    person.answer(comes="no")
    person.answer(comes="no", why_not="far")
    person.answer(go="check", more="")
    person.go(person.url, send="1")
    assert Response.objects.get().answers == {"comes": "no", "why_not": "far"}
    said = "\n".join(caplog.messages)
    assert "hidden" in said and "2" not in said.split("hidden")[0].split("questionnaire=")[0]


def test_whoever_began_on_a_version_finishes_on_it(person):
    person.answer(comes="yes")
    old = Version.objects.get()
    old.state = Version.State.SUPERSEDED
    old.save()
    Version.objects.create(
        questionnaire=old.questionnaire,
        number=2,
        definition={**BRANCHED, "pages": BRANCHED["pages"][:1]},
        definition_hash="1" * 64,
        state=Version.State.PUBLISHED,
        published_at=timezone.now(),
    )
    assert "Question often" in person.go(person.url)
    person.answer(often="1")
    person.answer(go="check", more="")
    person.go(person.url, send="1")
    assert Response.objects.get().version == old


def test_a_version_that_was_taken_down_cannot_be_answered_any_more(person):
    Version.objects.update(state=Version.State.TAKEN_DOWN)
    person.answer(comes="yes")
    assert person.status == 410 and "taken down" in person.text


def test_on_a_closed_questionnaire_answers_are_kept_shown_and_not_sent(person):
    person.answer(comes="yes")
    Questionnaire.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    person.answer(often="5")
    assert "has closed while you were away" in person.text
    check = f"/en/surveys/parks/answer/{person.code}/check/"
    person.go(check)
    assert "Send my answers" not in person.text and "5" in person.text
    person.go(check, send="1")
    assert person.status == 409 and not Response.objects.exists()
    assert SavedResponse.objects.exists()


def test_nothing_begins_before_the_opening_or_after_the_end():
    version = published(BRANCHED, opens_at=timezone.now() + timedelta(days=1))
    walker = Person()
    assert "Not open yet" in walker.go("/en/surveys/parks/")
    walker.go("/en/surveys/parks/", begin="1")
    assert walker.status == 409 and not SavedResponse.objects.exists()
    Questionnaire.objects.filter(pk=version.questionnaire_id).update(opens_at=None, closes_at=timezone.now())
    walker.go("/en/surveys/parks/", begin="1")
    assert walker.status == 409 and not SavedResponse.objects.exists()
    text = walker.go("/en/surveys/parks/")
    assert "closed on" in text and not any(words in text for words in ("open until", "You can stop", "It takes about"))


def test_a_question_gets_no_colon_behind_its_own_sign():
    with translation.override("en"):
        said = [showing.about(label, "Answer") for label in ("Age", "How old?", "多大？", "")]
    assert said == ["Age: Answer", "How old? Answer", "多大？Answer", "Answer"]


def test_every_type_is_shown_taken_and_read_back():
    published(EVERY_TYPE)
    walker = Person()
    walker.begin()
    sent = {
        "one": "other", "some": ["a", "c"], "table:r1": "good", "table:r2": "bad", "ranks:b": "1", "ranks:a": "2",
        "sum:a": "4", "sum:b": "6", "scale": "55", "nps": "10", "stars": "3", "lives": "", "spot": "T7",
    }  # fmt: skip
    walker.go(walker.url, go="next", **{f"q:{name}": value for name, value in sent.items()}, **{"o:one": "my own"})
    assert walker.status == 200 and "Question day" in walker.text, walker.text[-3000:]
    walker.answer(
        n="1.5", day="2026-11-20", at="9:05", moment="2026-11-20T10:00", line="a line", lines="two\r\nlines",
        mail="a@example.org", tel="+86 10 1234 5678", **{"point:lat": "31.2", "point:lon": "121.5"},
        agreed="true", declared="true",
    )  # fmt: skip
    assert "Question who" in walker.text, walker.text[-3000:]
    walker.go(walker.url, add="people", **{"q:people/1/who": "Li", "q:people/1/age": "30"})
    walker.go(walker.url, go="next", **{
        "q:people/1/who": "Li", "q:people/1/age": "30", "q:people/2/who": "Wang", "q:inner": "in",
    })  # fmt: skip
    assert "Check your answers" in walker.text
    assert "1. Choice b" in walker.text and "my own" in walker.text and "Choice r1: Choice good" in walker.text
    assert "20 November 2026" in walker.text and "20 November 2026, 10:00 am" in walker.text
    walker.go(walker.url, send="1")
    assert "We have your answers" in walker.text
    response = Response.objects.get()
    assert response.answers == {
        "one": "other", "one#other": "my own", "some": ["a", "c"], "table": {"r1": "good", "r2": "bad"},
        "ranks": ["b", "a"], "sum": {"a": 4, "b": 6}, "scale": 55, "nps": 10, "stars": 3, "spot": {"tile": "T7"},
        "n": 1.5, "day": "2026-11-20", "at": "09:05", "moment": "2026-11-20T10:00:00", "line": "a line",
        "lines": "two\nlines", "agreed": True, "declared": True, "inner": "in", "twice": 3,
        "people": [{"who": "Li", "age": 30}, {"who": "Wang"}],
    }  # fmt: skip
    assert '"mail": "a@example.org"' in response.private and '"tel"' in response.private and "31.2" in response.private


def test_rows_with_the_same_words_are_all_read_back():
    alike = options("r1", "r2", "r3", r1={"label": both("草地", "Lawn")}, r2={"label": both("草地", "Lawn")})
    published(definition(page("one", question("table", "matrix", options=options("good", "bad"), rows=alike))))
    walker = Person()
    walker.begin()
    check = walker.go(walker.url, go="check", **{"q:table:r1": "good", "q:table:r2": "bad"})
    assert "Lawn: Choice good" in check and "Lawn: Choice bad" in check


def test_wrong_answers_of_every_type_are_told_in_words():
    published(EVERY_TYPE)
    walker = Person()
    walker.begin()
    walker.go(walker.url, go="next", **{
        "q:one": "x", "q:some": ["a", "b", "c"], "q:ranks:a": "1", "q:ranks:b": "1", "q:sum:a": "4", "q:scale": "500",
        "q:nps": "11", "q:table:r1": "worst",
    })  # fmt: skip
    assert walker.status == 422
    for sentence in (
        "Choose one of the answers that are offered", "Choose at most 2", "Give each place once only, beginning with 1",
        "Together this must be 10; it is 4", "Write 100 or less", "Write 10 or less",
    ):  # fmt: skip
        assert sentence in walker.text
    assert '<option value="1" selected>' in walker.text


def test_a_person_is_removed_from_a_repeat():
    published(EVERY_TYPE)
    walker = Person()
    walker.begin()
    start = walker.url
    walker.go(start.replace("/1/", "/3/"))
    walker.go(walker.url, add="people", **{"q:people/1/who": "Li"})
    walker.go(walker.url, remove="people:1", **{"q:people/1/who": "Li", "q:people/2/who": "Wang"})
    assert 'value="Wang"' in walker.text and 'value="Li"' not in walker.text
    walker.go(walker.url, remove="people:1", **{"q:people/1/who": "Wang"})
    assert 'value="Wang"' in walker.text


def test_no_english_word_stands_on_a_chinese_page():
    published(BRANCHED)
    walker = Person(language="zh")
    for text in (walker.go("/zh/surveys/parks/"), walker.begin(), walker.answer(go="aside"), walker.go("/zh/surveys/")):
        main = text.partition("<main")[2].partition("</main>")[0]
        assert "Question comes" not in main and "Choice" not in main and "How the parks are" not in main


def test_a_page_of_ten_questions_costs_at_most_six_queries(django_assert_max_num_queries):
    published(EVERY_TYPE)
    walker = Person()
    walker.begin()
    walker.go(walker.url)
    client = Client()
    with django_assert_max_num_queries(6):
        assert client.get(walker.url).status_code == 200
    with django_assert_max_num_queries(6):
        assert client.post(walker.url, {"go": "next", "q:one": "a"}).status_code == 302
