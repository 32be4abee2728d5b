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
from mailbox.petitions.actions import paper
from mailbox.petitions.models import PaperBatch, Signature, State
from mailbox.petitions.queries import counting
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
