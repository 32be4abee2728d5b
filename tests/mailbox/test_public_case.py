"""What the sender of a case reads and does after sending, each step through the engine as the holder of the receipt."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from engage.participation.models import Submission
from engage.participation.wallet import COOKIE
from mailbox import actions
from mailbox.models import Case, Notice
from tests.mailbox.factories import answered, house, later
from tests.mailbox.test_public import VALUES, body, send, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


@pytest.fixture
def place():
    return house()


def sent(client: Client, part: str = "letter", **values) -> Case:
    """Send a message as people do; the client holds its receipt."""
    write(client, part, **values)
    send(client)
    return Case.objects.get(submission=Submission.objects.latest("pk"))


def words_of(pdf: bytes) -> str:
    """The text layer of a PDF, without its line breaks."""
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def track(client: Client, case: Case, prefix: str = "en", rest: str = "") -> str:
    return body(client.get(f"/{prefix}/track/{case.reference}/{rest}"))


def passed_on(place, case: Case) -> Case:
    code = "transfer" if case.kind == "grievance" else "route"
    now = timezone.now()
    actions.take_step(case.pk, code, actions.Given(department=place.water.pk), actor=place.clerk, now=now)
    return actions.accept_case(case.pk, actor=place.officer, now=now)


def answered_now(place, case: Case) -> Case:
    passed_on(place, case)
    case.refresh_from_db()
    return answered(place, case, now=timezone.now() - timedelta(minutes=5))


def test_nine_steps_say_which_unit_has_it_and_never_who(client: Client, place):
    case = sent(client)
    page = track(client, case)
    assert page.count("<li class=") >= 9 and "Letters Office" in page
    passed_on(place, case)
    page = track(client, case)
    assert "With Water Unit" in page and 'aria-current="step"' in page
    for person in place.people():
        for name in {person.get_full_name(), person.email} - {""}:
            assert name not in page


@pytest.mark.parametrize("part", list(VALUES))
def test_each_clock_has_its_bar_its_day_and_the_page_that_proves_it(client: Client, place, part):
    case = sent(client, part)
    page = track(client, case)
    clocks = list(case.clocks.exclude(due=None))
    assert clocks and page.count("<progress") == len(clocks)
    for clock in clocks:
        assert f"/en/track/{case.reference}/clocks/{clock.pk}/" in page
        proof = track(client, case, rest=f"clocks/{clock.pk}/")
        assert clock.profile_id in proof
        rows = re.findall(r'<th scope="row">', proof)
        assert len(rows) == (clock.due - clock.day_zero).days


def test_the_proof_counts_exactly_to_the_due_day(client: Client, place):
    case = sent(client)
    clock = case.clocks.get()
    proof = track(client, case, rest=f"clocks/{clock.pk}/")
    numbers = [int(found) for found in re.findall(r"<td>(\d+)</td>", proof)]
    assert numbers == list(range(1, 11))
    assert "not counted: weekend" in proof
    assert "Shenyang" in proof


def test_a_clock_that_stands_still_says_so(client: Client, place):
    case = sent(client)
    actions.ask_detail(case.pk, words="请写明是哪一家食堂。", actor=place.clerk, now=timezone.now())
    page = track(client, case)
    assert "stands still" in page
    assert "The clock stands still since" in track(client, case, rest=f"clocks/{case.clocks.get().pk}/")


def test_what_we_asked_is_answered_and_the_case_goes_on(client: Client, place):
    case = sent(client)
    actions.ask_detail(case.pk, words="请写明是哪一家食堂。", actor=place.clerk, now=timezone.now())
    page = track(client, case)
    assert "Answer what we asked" in page
    form = track(client, case, rest="add/")
    assert "请写明是哪一家食堂。" in form
    url = f"/en/track/{case.reference}/add/"
    assert client.post(url, {"text": "河东路的那一家。"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "registered"
    client.post(url, {"text": "河东路的那一家。"})
    assert case.messages.filter(text="河东路的那一家。").count() == 1
    assert "河东路的那一家。" in track(client, case)


def test_reasons_that_were_asked_for_are_given(client: Client, place):
    case = sent(client, "information-request")
    passed_on(place, case)
    given = actions.Given(words="你提了很多申请，请说明理由。")
    actions.take_step(case.pk, "ask_reasons", given, actor=place.officer, now=timezone.now())
    assert "请说明理由" in track(client, case, rest="add/")
    client.post(f"/en/track/{case.reference}/add/", {"text": "写论文要用。"})
    case.refresh_from_db()
    assert case.state == "searching" and case.messages.filter(text="写论文要用。").count() == 1


def test_something_is_added_while_it_is_open_and_kept_when_it_is_over(client: Client, place):
    case = sent(client)
    url = f"/en/track/{case.reference}/add/"
    refused = client.post(url, {"text": " \u200b"})
    assert refused.status_code == 422 and "Write what you want to add" in body(refused)
    client.post(url, {"text": "补充：晚上也想吃。\x00"})
    assert case.messages.last().text == "补充：晚上也想吃。"
    client.post(f"/en/track/{case.reference}/withdraw/")
    late = client.post(url, {"text": "又想起一件事。"})
    assert late.status_code == 409 and "又想起一件事。" in body(late)


def test_withdrawing_stops_it_and_only_while_it_may(client: Client, place):
    case = sent(client)
    assert "/withdraw/" in track(client, case)
    client.post(f"/en/track/{case.reference}/withdraw/")
    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert "/withdraw/" not in track(client, case)
    other = answered_now(place, sent(client, text="另一封信，问的是另一件事情。"))
    assert "/withdraw/" not in track(client, other)
    assert client.post(f"/en/track/{other.reference}/withdraw/").status_code == 409


def test_the_answer_and_every_notice_stand_there_as_page_and_pdf(client: Client, place):
    case = answered_now(place, sent(client))
    page = track(client, case)
    assert "已经派人修好。" in page
    for notice in Notice.objects.filter(case=case):
        assert f"/en/track/{case.reference}/notices/{notice.pk}/" in page
        shown = track(client, case, rest=f"notices/{notice.pk}/")
        assert notice.content["number"] in shown and notice.sha256 in shown
        pdf = client.get(f"/en/track/{case.reference}/notices/{notice.pk}/notice.pdf")
        assert pdf.headers["Content-Type"] == "application/pdf" and pdf.content.startswith(b"%PDF")
        for line in notice.content["words"]:
            assert re.sub(r"\s", "", line) in words_of(pdf.content)


def test_an_answer_is_rated_with_reasons(client: Client, place):
    case = answered_now(place, sent(client))
    assert "Rate the answer" in track(client, case)
    url = f"/en/track/{case.reference}/rate/"
    wrong = client.post(url, {"score": "9", "text": "好"})
    assert wrong.status_code == 422 and "Choose one of the five levels" in body(wrong)
    assert client.post(url, {"score": "5", "reasons": ["quick", "clear"], "text": "谢谢"}).status_code == 302
    rating = case.ratings.get()
    assert (rating.score, rating.reasons, rating.text) == (5, ["quick", "clear"], "谢谢")
    again = client.post(url, {"score": "4"})
    assert again.status_code == 409 and case.ratings.count() == 1
    assert "/rate/" not in track(client, case)


def test_a_low_rating_opens_it_again_with_clocks_of_its_own_and_one_more_rating(client: Client, place):
    case = answered_now(place, sent(client))
    url = f"/en/track/{case.reference}/rate/"
    client.post(url, {"score": "1", "reasons": ["not_answered"]})
    case.refresh_from_db()
    assert case.state == "reopened"
    page = track(client, case)
    assert "Putting right after a low rating" in page and "/rate/" not in page
    case = answered(place, case, now=later(timezone.now()))
    assert "/rate/" in track(client, case)
    client.post(url, {"score": "4"})
    assert [rating.score for rating in case.ratings.all()] == [1, 4]
    assert "/rate/" not in track(client, case)


def test_a_decision_is_reviewed_and_reviewed_again(client: Client, place):
    case = answered_now(place, sent(client, "grievance"))
    assert "Ask for a review" in track(client, case)
    url = f"/en/track/{case.reference}/review/"
    short = client.post(url, {"text": "不服"})
    assert short.status_code == 422 and "不服" in body(short)
    assert client.post(url, {"text": "没有调查就下了结论，请上级复查。"}).status_code == 302
    case.refresh_from_db()
    assert case.state == "review"
    again = client.post(url, {"text": "没有调查就下了结论，请上级复查。"})
    assert again.status_code == 409 and "没有调查" in body(again)
    actions.decide_review(case.pk, result="UPHELD", words="维持。", actor=place.head, now=timezone.now())
    assert "Ask for a second review" in track(client, case)
    client.post(url, {"text": "复查还是没有调查，请再上一级复核。"})
    case.refresh_from_db()
    assert case.state == "rereview"
    assert client.get(f"/en/track/{sent(client, text='一封普通的信，没有复查。').reference}/review/").status_code == 404


PAGES = ("add/", "rate/", "review/", "clocks/{clock}/", "notices/{notice}/", "notices/{notice}/notice.pdf")


@pytest.mark.parametrize("rest", PAGES)
def test_without_the_receipt_nothing_of_it_is_there(client: Client, place, rest):
    case = answered_now(place, sent(client, "grievance"))
    rest = rest.format(clock=case.clocks.first().pk, notice=case.notices.first().pk)
    for stranger in (Client(), Client()):
        response = stranger.get(f"/zh/track/{case.reference}/{rest}")
        assert response.status_code == 302 and response.url == f"/zh/track/?reference={case.reference}"
        stranger.cookies[COOKIE] = "forged"
    before = (case.messages.count(), case.ratings.count(), case.state)
    Client().post(f"/zh/track/{case.reference}/{rest}", {"text": "别人写的话，不算数的。", "score": "1"})
    case.refresh_from_db()
    assert (case.messages.count(), case.ratings.count(), case.state) == before


def test_papers_of_another_case_are_not_found(client: Client, place):
    mine = sent(client)
    other = answered_now(place, sent(Client(), text="别人的信，别人的文书。"))
    assert client.get(f"/en/track/{mine.reference}/clocks/{other.clocks.first().pk}/").status_code == 404
    assert client.get(f"/en/track/{mine.reference}/notices/{other.notices.first().pk}/").status_code == 404
    assert client.get(f"/en/track/{mine.reference}/notices/{other.notices.first().pk}/notice.pdf").status_code == 404


def test_a_comments_receipt_has_no_pages_of_a_case(client: Client):
    from tests.participation.factories import submission

    made, code = submission()
    client.post("/zh/track/", {"reference": made.reference, "code": code})
    assert client.get(f"/zh/track/{made.reference}/add/").status_code == 404


def test_the_page_of_a_case_needs_few_queries(client: Client, place):
    case = answered_now(place, sent(client, "grievance"))
    client.get(f"/en/track/{case.reference}/")
    for rest, most in (("", 28), ("add/", 6), ("rate/", 5), (f"clocks/{case.clocks.first().pk}/", 9)):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/en/track/{case.reference}/{rest}").status_code == 200
        assert len(queries) <= most, (rest, len(queries), [query["sql"][:90] for query in queries])


def test_the_chip_names_who_has_to_do_something(client: Client, place):
    case = sent(client)
    actions.take_step(case.pk, "ask_detail", actions.Given(words="哪一栋？"), actor=place.clerk, now=timezone.now())
    assert "With you: waiting for details" in track(client, case)
    other = sent(client)
    answered_now(place, other)
    assert "Answered by Water Unit" in track(client, other).split("</h1>")[0]


def test_the_receipt_says_by_when(client: Client, place):
    case = sent(client)
    clock = case.clocks.exclude(due=None).get()
    page = body(client.get(f"/en/receipt/{case.reference}/"))
    assert "By when" in page and f"/clocks/{clock.pk}/" in page
