"""A questionnaire in a frame on another site: only the sites it names, without a cookie, and its way can be told."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from surveys import actions
from surveys.answering.posting import control
from surveys.models import Questionnaire, Response
from tests.accounts.people import person, staff_client
from tests.surveys.answering.builders import published
from tests.surveys.studio.builders import PARKS, fields, parks

pytestmark = pytest.mark.django_db

START = "/en/surveys/parks/embed/"
HOST = "www.example.org"


@pytest.fixture
def survey() -> Questionnaire:
    found = published(PARKS, key="parks").questionnaire
    actions.set_embed_hosts(found.pk, [HOST], revision=0, actor=person(Role.EDITOR))
    return found


def may_frame(answer) -> str:
    """Who may show a page in a frame, as its headers say."""
    return re.search(r"frame-ancestors ([^;]+)", answer["Content-Security-Policy"])[1]


def test_there_is_no_such_page_where_no_site_may_show_it(client):
    published(PARKS, key="parks")
    assert client.get(START).status_code == 404 and client.post(START).status_code == 404


@pytest.mark.usefixtures("survey")
def test_it_is_answered_in_the_frame_from_its_first_page_to_the_receipt():
    frame = Client()
    start = frame.get(START)
    assert may_frame(start) == f"https://{HOST} http://{HOST}" and "X-Frame-Options" not in start
    first = frame.post(START).url
    pages = [start, frame.get(first), frame.post(first, {"go": "next"})]
    assert pages[-1].status_code == 422
    second = frame.post(first, {control("often"): "weekly", "go": "next"}).url
    pages.append(frame.get(second))
    check = frame.post(second, {control("hours"): "12", "go": "next"}).url
    pages.append(frame.get(check))
    receipt = frame.get(frame.post(check, {"send": "1"}).url)
    for page in [*pages, receipt]:
        assert HOST in may_frame(page) and "X-Frame-Options" not in page
        assert "site-head" not in page.content.decode() and "<footer" not in page.content.decode()
    answered = Response.objects.get()
    assert answered.mode == Response.Mode.EMBED
    assert answered.submission.reference in receipt.content.decode()
    assert not frame.cookies and 'target="_blank"' in receipt.content.decode()


@pytest.mark.usefixtures("survey")
def test_what_is_put_aside_in_a_frame_is_put_aside_there():
    frame = Client()
    first = frame.post(START).url
    aside = frame.post(first, {control("often"): "weekly", "go": "aside"}).url
    shown = frame.get(aside)
    assert HOST in may_frame(shown) and START in shown.content.decode()
    assert frame.post(aside).url == START


@pytest.mark.usefixtures("survey")
def test_a_sheet_of_the_site_itself_stands_in_no_frame(client):
    first = client.post("/en/surveys/parks/").url
    assert may_frame(client.get(first)) == "'none'" and client.get(first)["X-Frame-Options"] == "DENY"


def test_editors_name_the_sites_and_get_the_line_for_them():
    version, editor = parks(), staff_client(Role.EDITOR)
    at = reverse("questionnaire_frames", args=[version.pk])
    given = fields(editor.get(at)) | {"hosts": "https://WWW.example.org/page\nwww.example.org\nlocal.example:8080"}
    assert editor.post(at, given).status_code == 302
    found = Questionnaire.objects.get(pk=version.questionnaire_id)
    assert found.embed_hosts == ["www.example.org", "local.example:8080"]
    shown = editor.get(at).content.decode()
    assert "&lt;iframe src=" in shown and f"/surveys/{found.key}/embed/" in shown and "<iframe" not in shown
    assert JournalRow.objects.filter(verb="questionnaire.embed_hosts").count() == 1
    # A form that was open meanwhile overwrites nothing, and what was typed is still there.
    late = editor.post(at, given | {"hosts": "late.example"})
    assert late.status_code == 409 and "late.example" in late.content.decode()
    wrong = editor.post(at, fields(editor.get(at)) | {"hosts": "not a host!"})
    assert wrong.status_code == 422 and "host!" in wrong.context["form"].errors["hosts"][0]


def test_only_editors_name_sites(survey):
    with pytest.raises(Refused, match="not_allowed"):
        actions.set_embed_hosts(survey.pk, [], revision=1, actor=person(Role.OFFICER))


def test_no_line_is_offered_for_what_is_not_answered_on_the_web():
    editor = staff_client(Role.EDITOR)
    for modes, offered in ((["web", "paper"], True), (["phone", "paper"], False)):
        version = parks(key=f"parks-{len(modes[0])}", definition=PARKS | {"settings": {"modes": modes}})
        actions.set_embed_hosts(version.questionnaire_id, [HOST], revision=0, actor=person(Role.EDITOR))
        screen = editor.get(reverse("questionnaire_frames", args=[version.pk])).content.decode()
        assert ("&lt;iframe" in screen) is offered
        assert ("这份问卷不在网上作答" in screen) is not offered


def test_a_port_that_is_none_is_refused_at_its_field():
    version, editor = parks(), staff_client(Role.EDITOR)
    at = reverse("questionnaire_frames", args=[version.pk])
    answer = editor.post(at, fields(editor.get(at)) | {"hosts": f"{HOST}:99999"})
    assert answer.status_code == 422 and "65535" in answer.context["form"].errors["hosts"][0]
