"""The short way of sending does what the ordinary way does, answer by answer and row by row; it takes what is sure."""

import pytest
from django.db import connections
from django.utils import timezone

from engage import quick
from engage.accounts.actors import ANYONE
from engage.journal.models import JournalRow
from engage.participation import limits
from engage.participation.rules import Window
from surveys import queries
from surveys.answering import actions, sheets
from surveys.answering import quick as ways
from surveys.models import Questionnaire, Response, SavedResponse
from tests.surveys.answering import definitions as d
from tests.surveys.answering.builders import published

pytestmark = pytest.mark.django_db(transaction=True)
NEVER_SAME = {"id", "submission_id", "seed", "seconds", "token_digest", "code_digest", "received_at"}


@pytest.fixture(autouse=True)
def _site(settings):
    settings.ALLOWED_HOSTS = ["example.org"]
    quick._headers.cache_clear()
    yield
    connections.close_all()


PAGE = d.page(
    "first",
    d.question("comes", "single", required=True, options=d.options("yes", "no")),
    d.question("why", "long_text"),
)


def sheet(key="parks", **answers):
    """Begin a sheet and fill it in; returns where it is sent."""
    now = timezone.now()
    code = actions.begin(queries.published(key, language="en", actor=ANYONE, now=now), language="en", now=now)
    begun = sheets.find(code, language="en", now=now)
    begun.filled.answers = answers
    actions.keep(begun, begun.course(now), page=0, language="en", now=now)
    return f"/en/surveys/{key}/answer/{code}/check/"


def as_said(answer, path):
    """An answer without the code."""
    status, headers, content = answer
    code = path.split("/")[-3]
    told = {name: value.replace(code, "CODE") for name, value in headers.items() if name != "Expires"}
    return status, told, content


def as_written(response):
    """A response with all that belongs to it, without what differs from sheet to sheet."""
    submission = response.submission
    rows = [
        {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields if one.attname not in NEVER_SAME}
        for row in (response, submission)
    ]
    told = list(submission.timeline.values_list("code", "params"))
    of_row = JournalRow.objects.filter(submission_id=submission.pk)
    noted = list(of_row.values_list("verb", "actor_kind", "actor_id", "target_label", "content"))
    assert told and noted
    return rows, told, noted


def test_both_ways_answer_and_write_the_same(site, passed):
    published(d.definition(PAGE), key="parks")
    for language in ("zh", "en"):
        for fields in ({"send": "1", "website": ""}, {"send": "1", "website": "https://example.org"}):
            paths = [sheet(comes="yes", why="长椅").replace("/en/", f"/{language}/") for _way in range(2)]
            short, long = site(paths[0], fields), site(paths[1], fields, "ordinary")
            assert passed == []
            assert as_said(short, paths[0]) == as_said(long, paths[1])
            assert short[0] == 302 and short[1]["Location"] == paths[0].replace("/check/", "/sent/")
            first, second = Response.objects.order_by("-pk")[:2]
            assert as_written(first) == as_written(second)
    assert Response.objects.count() == 8 and not SavedResponse.objects.exists()


def test_what_is_not_simple_goes_the_ordinary_way(site, passed):
    quota = {"name": "few", "limit": 5, "when": "${comes} = 'yes'", "message": d.both("满了", "Full")}
    published(d.definition(PAGE), key="parks")
    published(d.definition(PAGE, quotas=[quota]), key="counted")
    published(d.definition(PAGE, settings={"one_per": "device"}), key="once")
    # Places in a quota are opened by the release, which there was none of.
    for key, status in (("counted", 410), ("once", 302)):
        path = sheet(key, comes="yes")
        assert site(path, {"send": "1"})[0] == status and passed.pop() == path
    missing = sheet(why="no answer to what is required")
    assert site(missing, {"send": "1"})[0] == 422 and passed.pop() == missing
    whole = sheet(comes="yes")
    for more in ({"HTTP_COOKIE": "sessionid=a"}, {"HTTP_ORIGIN": "https://other.example"}):
        again = sheet(comes="yes")
        assert site(again, {"send": "1"}, **more)[0] == 302 and passed.pop() == again
    assert site(whole, {"send": "1"})[0] == 302 and passed == []
    # Sent already: the ordinary way leads to the receipt.
    assert site(whole, {"send": "1"})[0] == 302 and passed.pop() == whole
    # Since it was begun a version came that is answered by invitation alone.
    begun = sheet(comes="yes")
    Questionnaire.objects.filter(key="parks").update(access=Questionnaire.Access.INVITED)
    assert site(begun, {"send": "1"})[0] == 403 and passed.pop() == begun
    Questionnaire.objects.filter(key="parks").update(access=Questionnaire.Access.OPEN)
    late = sheet(comes="yes")
    Questionnaire.objects.filter(key="parks").update(closes_at=timezone.now())
    assert site(late, {"send": "1"})[0] != 302 and passed.pop() == late


def test_a_refusal_on_the_short_way_is_said_by_the_ordinary_one(site, passed, monkeypatch):
    published(d.definition(PAGE), key="parks")
    monkeypatch.setattr(ways, "_is_simple", lambda found: True)
    Questionnaire.objects.filter(key="parks").update(access=Questionnaire.Access.OPEN)
    begun = sheet(comes="yes")
    Questionnaire.objects.filter(key="parks").update(access=Questionnaire.Access.INVITED)
    assert site(begun, {"send": "1"})[0] == 403 and passed == [begun]


def test_a_full_window_is_said_by_the_ordinary_way_and_counts_once(site, passed, monkeypatch):
    published(d.definition(PAGE), key="parks")
    monkeypatch.setattr(limits, "SEND_WINDOWS", (Window(2, 3600),))
    for _time in range(2):
        assert site(sheet(comes="yes"), {"send": "1"})[0] == 302 and passed == []
    path = sheet(comes="yes")
    assert site(path, {"send": "1"})[0] == 429 and passed == [path]
    assert SavedResponse.objects.count() == 1 and Response.objects.count() == 2
