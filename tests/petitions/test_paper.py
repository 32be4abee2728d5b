"""Signatures on paper are counted once, by whom it is for, beside the confirmed ones."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from mailbox.petitions.actions import paper
from mailbox.petitions.models import PaperBatch, Signature, State
from mailbox.petitions.queries import counting, showing
from tests.accounts.people import person, sign_in
from tests.petitions.test_signing import petition

pytestmark = pytest.mark.django_db


def bundle(**fields) -> paper.Sheets:
    given = {"total": 40, "sheets": 2, "region": "", "received_on": timezone.localdate(), "scan_sha256": "a" * 64}
    return paper.Sheets(**(given | fields))


def refusal(of, actor, **fields) -> str:
    with pytest.raises(Refused) as refused:
        paper.record_sheets(of.pk, bundle(**fields), actor=actor, now=timezone.now())
    return refused.value.code


def test_sheets_count_beside_the_confirmed_signatures_and_once_a_scan():
    of, officer = petition(), person(Role.OFFICER)
    paper.record_sheets(of.pk, bundle(), actor=officer, now=timezone.now())
    shown = counting.exact(of)
    assert (shown.total, shown.paper) == (0, 40)
    assert not Signature.objects.exists()
    assert refusal(of, officer) == "sheets_known"
    assert PaperBatch.objects.count() == 1


def test_what_cannot_be_on_the_sheets_is_refused():
    of, officer = petition(), person(Role.OFFICER)
    assert refusal(of, ANYONE) == "not_allowed"
    assert refusal(of, officer, total=121) == "sheets_total"
    assert refusal(of, officer, total=0) == "sheets_total"
    assert refusal(of, officer, received_on=timezone.localdate() + timedelta(days=1)) == "sheets_day"
    assert refusal(of, officer, received_on=timezone.localdate() - timedelta(days=9)) == "sheets_day"
    assert refusal(petition(State.WAITING), officer) == "sheets_not_open"


def test_an_officer_writes_sheets_down_at_the_desk(client: Client):
    of = petition()
    sign_in(client, person(Role.OFFICER))
    picture = io.BytesIO()
    Image.new("RGB", (30, 30), "white").save(picture, "PNG")
    fields = {"sheets": "2", "total": "40", "region": "", "received_on": str(timezone.localdate())}
    address = f"/desk/petitions/{of.pk}/sheets/"

    def send(**more):
        scan = SimpleUploadedFile("scan.png", picture.getvalue(), content_type="image/png")
        return client.post(address, fields | {"scan": scan} | more)

    assert send(total="99999").status_code == 422
    assert send(scan=SimpleUploadedFile("scan.png", b"no picture")).status_code == 422
    assert send().status_code == 302
    assert send().status_code == 422
    page = client.get(address).content.decode()
    assert "40" in page
    assert PaperBatch.objects.get().total == 40


def test_sheets_taken_back_count_no_more_and_their_scan_may_be_counted_again():
    of, officer, now = petition(), person(Role.OFFICER), timezone.now()
    wrong = paper.record_sheets(of.pk, bundle(total=4), actor=officer, now=now)
    taken = paper.take_back(wrong.pk, " 少打了一个零 ", actor=officer, now=now)
    assert (taken.taken_back_at, taken.taken_back_by, taken.taken_back_why) == (now, officer, "少打了一个零")
    assert JournalRow.objects.filter(verb="petition.sheets_taken_back", target_pk=str(wrong.pk)).count() == 1
    assert (counting.exact(of).paper, counting.shown([of.pk])[of.pk].paper) == (0, 0)
    paper.record_sheets(of.pk, bundle(), actor=officer, now=now)
    assert (counting.exact(of).paper, counting.shown([of.pk])[of.pk].paper) == (40, 40)
    shown = showing.detail(showing.one_public(of.pk), today=timezone.localdate())
    assert (shown.on_paper, shown.paper_sheets) == (40, 2)
    assert refusal(of, officer) == "sheets_known"


def test_sheets_are_taken_back_once_with_a_reason_by_whom_it_is_for():
    of, officer, now = petition(), person(Role.OFFICER), timezone.now()
    batch = paper.record_sheets(of.pk, bundle(), actor=officer, now=now)

    def code(why, actor=officer) -> str:
        with pytest.raises(Refused) as refused:
            paper.take_back(batch.pk, why, actor=actor, now=now)
        return refused.value.code

    assert [code("x", ANYONE), code("x", person(Role.EDITOR)), code("  "), code("长" * 301)] == [
        "not_allowed",
        "not_allowed",
        "sheets_why",
        "sheets_why_long",
    ]
    paper.take_back(batch.pk, "x", actor=officer, now=now)
    assert code("x") == "sheets_back"


def test_an_officer_takes_sheets_back_at_the_desk(client: Client):
    of, officer = petition(), person(Role.OFFICER)
    batch = paper.record_sheets(of.pk, bundle(), actor=officer, now=timezone.now())
    sign_in(client, officer)
    listed, address = f"/desk/petitions/{of.pk}/sheets/", f"/desk/petitions/{of.pk}/sheets/{batch.pk}/"
    assert address in client.get(listed).content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"why": ""}).status_code == 422
    assert client.post(address, {"why": "Typed wrongly"}).url == listed
    page = client.get(listed).content.decode()
    assert "Typed wrongly" in page and address not in page
    assert client.post(address, {"why": "Once more"}).status_code == 409
    assert client.get(f"/desk/petitions/{petition().pk}/sheets/{batch.pk}/").status_code == 404
