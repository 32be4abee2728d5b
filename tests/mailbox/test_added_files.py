"""A sender adds a file to a case that was sent already."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from engage.participation.models import Attachment
from mailbox.letterbox import files
from mailbox.models import Case
from tests.accounts.people import sign_in
from tests.mailbox.factories import case, house
from tests.participation.factories import envelope

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(settings, tmp_path) -> tuple[Case, Client, str]:
    settings.MEDIA_ROOT = tmp_path / "media"
    token = uuid.uuid4()
    made = case(token=token)
    client = Client()
    client.post("/en/track/", {"reference": made.reference, "code": envelope(token=token).code})
    return made, client, f"/en/track/{made.reference}/add/"


def note(words: str = "水表的读数") -> SimpleUploadedFile:
    return SimpleUploadedFile("reading.txt", words.encode())


def test_a_file_joins_the_case_and_is_read_by_both_sides(sent):
    place = house()
    made, client, address = sent
    Case.objects.filter(pk=made.pk).update(triage=place.intake, desk=place.intake)
    assert 'type="file"' in client.get(address).content.decode()
    for _press in range(2):
        assert client.post(address, {"text": "这是水表的读数。", "file": note()}).status_code == 302
    file = Attachment.objects.get()
    own = f"/en/track/{made.reference}/files/{file.pk}/"
    assert "水表的读数" in b"".join(client.get(own)).decode()
    assert Client().get(own).status_code != 200
    desk = sign_in(Client(), place.clerk).get(reverse("desk_case", args=[made.pk])).content.decode()
    assert file.name in desk and made.messages.count() == 2


def test_what_is_no_file_is_refused_beside_the_field_and_the_words_stay(sent):
    made, client, address = sent
    broken = SimpleUploadedFile("photo.jpg", b"no picture at all")
    refused = client.post(address, {"text": "请看照片。", "file": broken})
    page = refused.content.decode()
    assert refused.status_code == 422 and "请看照片。" in page and 'id="id_file_error"' in page
    assert not Attachment.objects.exists() and made.messages.count() == 1


def test_a_case_takes_so_many_files(sent, monkeypatch):
    monkeypatch.setattr(files, "CASE_FILES_MOST", 1)
    made, client, address = sent
    client.post(address, {"text": "第一个", "file": note("一")})
    refused = client.post(address, {"text": "第二个", "file": note("二")})
    assert refused.status_code == 422 and "takes 1 files" in refused.content.decode()
    assert made.submission.attachments.count() == 1
