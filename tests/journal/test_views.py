"""The public journal is read by anybody, in both languages, as a page and as JSON."""

import json

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from engage.journal import queries
from tests.journal import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_checkpoints():
    builders.write(3)
    first = builders.checkpoint(0)
    builders.write(2, first=4)
    return first, builders.checkpoint(1)


@pytest.mark.parametrize("prefix", ["zh", "en"])
def test_the_list_shows_the_newest_first(client: Client, two_checkpoints, prefix):
    page = client.get(f"/{prefix}/journal/")
    html = page.content.decode()
    assert page.status_code == 200
    assert html.index(f"/{prefix}/journal/2/") < html.index(f"/{prefix}/journal/1/")
    assert bytes(two_checkpoints[1].root).hex()[:16] in html


def test_an_empty_list_says_so(client: Client):
    assert "There is no checkpoint yet." in client.get("/en/journal/").content.decode()


def test_long_lists_have_pages(client: Client, monkeypatch, two_checkpoints):
    monkeypatch.setattr(queries, "CHECKPOINTS_PER_PAGE", 1)
    assert "/en/journal/1/" not in client.get("/en/journal/").content.decode()
    assert "/en/journal/1/" in client.get("/en/journal/?page=2").content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "", "１", "\0"])
def test_a_page_number_that_makes_no_sense_gives_a_page(client: Client, two_checkpoints, page):
    assert client.get("/en/journal/", {"page": page}).status_code == 200


def test_one_checkpoint_is_shown_in_full(client: Client, two_checkpoints):
    html = client.get("/en/journal/2/").content.decode()
    for value in (two_checkpoints[1].root, two_checkpoints[1].chain, two_checkpoints[0].digest):
        assert bytes(value).hex() in html


@pytest.mark.parametrize("address", ["/en/journal/3/", "/en/journal/3.json", "/en/journal/99999999999999999999/"])
def test_a_checkpoint_that_was_never_taken_is_not_found(client: Client, two_checkpoints, address):
    assert client.get(address).status_code == 404


def test_the_json_list_is_what_the_verifier_reads(client: Client, two_checkpoints):
    answer = client.get("/zh/journal/checkpoints.json")
    assert answer["Cache-Control"] == "public, max-age=60"
    listed = answer.json()
    assert [each["number"] for each in listed["checkpoints"]] == [1, 2]
    assert listed["next"] is None
    assert client.get("/zh/journal/2.json").json() == listed["checkpoints"][1]


def test_the_json_list_goes_on_where_it_ended(client: Client, monkeypatch, settings, two_checkpoints):
    monkeypatch.setattr(queries, "DOCUMENTS_AT_ONCE", 1)
    first = client.get("/en/journal/checkpoints.json").json()
    assert first["next"] == f"{settings.PUBLIC_URL}/en/journal/checkpoints.json?after=1"
    assert [each["number"] for each in client.get(first["next"]).json()["checkpoints"]] == [2]


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "²", "9" * 30, "\0"])
def test_a_start_that_is_no_number_is_an_error(client: Client, after):
    answer = client.get("/en/journal/checkpoints.json", {"after": after})
    assert answer.status_code == 400
    assert json.loads(answer.content)["errors"][0]["code"] == "not_a_number"


def test_the_checking_program_can_be_had(client: Client):
    answer = client.get("/en/journal/verify_receipt.py")
    assert answer["Content-Disposition"] == 'attachment; filename="verify_receipt.py"'
    compile(answer.content, "verify_receipt.py", "exec")


def test_nothing_but_reading_is_answered(client: Client):
    for name in ("journal_checkpoints", "journal_checkpoints_json", "journal_verifier"):
        with override("en"):
            assert client.post(reverse(name)).status_code == 405
