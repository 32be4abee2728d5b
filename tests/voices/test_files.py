import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from consultations.models import Comment
from consultations.voices import files
from consultations.voices.models import CommentFile, HeldFile
from engage.accounts.actors import Role
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation import desk
from engage.participation.models import Attachment, ModerationState
from tests.accounts.people import person, staff_client
from tests.consultations.factories import call
from tests.consultations.test_commenting import add, body, send

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


def picture(name: str = "门口.png") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")


def item_of(client: Client, slug: str) -> str:
    return client.session["baskets"][slug]["items"][0]["id"]


def with_file(client: Client, consultation, **values):
    add(client, consultation.slug, **values)
    path = f"/en/c/{consultation.slug}/mine/files/{item_of(client, consultation.slug)}/"
    assert client.post(path, {"file": picture()}).status_code == 302
    return path


def sent_with_file(client: Client, consultation, **values) -> CommentFile:
    with_file(client, consultation, **values)
    send(client, consultation.slug)
    return CommentFile.objects.get()


def address(file: CommentFile) -> str:
    return f"/en/c/{file.comment.consultation.slug}/comments/{file.comment_id}/files/{file.pk}/"


def test_a_file_is_added_to_the_basket_without_javascript_and_goes_with_the_comment(client: Client):
    consultation = call()
    path = with_file(client, consultation)
    assert ".png" in body(client.get(path))
    assert ".png" in body(client.get(f"/en/c/{consultation.slug}/mine/"))
    send(client, consultation.slug)
    file = CommentFile.objects.get()
    assert file.comment == Comment.objects.get()
    assert file.attachment.state == Attachment.State.CLEAN
    assert not HeldFile.objects.exists()
    with file.attachment.file.open("rb") as stored:
        assert Image.open(stored).size == (8, 8)


def test_nobody_sees_it_before_a_moderator_looked_even_when_the_comment_is_public(client: Client):
    file = sent_with_file(client, call())
    assert file.comment.moderation_state == ModerationState.PUBLISHED
    assert Client().get(address(file)).status_code == 404
    assert address(file) not in body(Client().get(f"/en/c/{file.comment.consultation.slug}/comments/"))
    (row,) = desk.rows(person(Role.OFFICER), ModerationState.HELD, {"kind": "file"}, 1).rows
    moderator = staff_client(Role.OFFICER)
    opened = moderator.get(row.url, follow=True)
    assert opened.headers["Content-Type"] == "image/png"
    participation.moderate(file, ModerationState.PUBLISHED, actor=person(Role.OFFICER))
    assert Client().get(address(file)).status_code == 200
    assert ".png" in body(Client().get(f"/en/c/{file.comment.consultation.slug}/comments/{file.comment_id}/"))


def test_a_file_is_hidden_with_its_comment(client: Client):
    file = sent_with_file(client, call())
    participation.moderate(file, ModerationState.PUBLISHED, actor=person(Role.OFFICER))
    participation.moderate(file.comment, ModerationState.HELD, actor=person(Role.OFFICER))
    assert Client().get(address(file)).status_code == 404


def test_the_file_of_a_confidential_comment_is_never_published(client: Client):
    file = sent_with_file(client, call(), confidential="on")
    with pytest.raises(Refused, match="confidential_stays"):
        participation.moderate(file, ModerationState.PUBLISHED, actor=person(Role.OFFICER))


@pytest.mark.parametrize(
    ("upload", "message"),
    [
        (None, "Choose a file"),
        (SimpleUploadedFile("x.zip", b"PK\x03\x04nothing"), "cannot"),
        (SimpleUploadedFile("x.pdf", b""), "empty"),
        (SimpleUploadedFile("x.exe", b"MZ\x90\x00\x03"), "cannot open"),
    ],
)
def test_a_file_we_cannot_take_is_explained(client: Client, upload, message):
    consultation = call()
    add(client, consultation.slug)
    path = f"/en/c/{consultation.slug}/mine/files/{item_of(client, consultation.slug)}/"
    response = client.post(path, {"file": upload} if upload else {})
    assert response.status_code == 422
    assert message in body(response)
    assert not HeldFile.objects.exists()


def test_a_comment_takes_three_files(client: Client):
    consultation = call()
    path = with_file(client, consultation)
    for _ in range(2):
        client.post(path, {"file": picture()})
    assert client.post(path, {"file": picture()}).status_code == 422
    assert HeldFile.objects.count() == 3


def test_a_removed_file_and_a_removed_comment_leave_nothing(client: Client, django_capture_on_commit_callbacks):
    consultation = call()
    path = with_file(client, consultation)
    client.post(path, {"file": picture()})
    first, second = HeldFile.objects.all()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(path, {"remove": first.pk})
    assert not first.file.storage.exists(first.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/en/c/{consultation.slug}/mine/", {"remove": item_of(client, consultation.slug)})
    assert not HeldFile.objects.exists()
    assert not second.file.storage.exists(second.file.name)


def test_another_visitor_takes_nobodys_file(client: Client):
    consultation = call()
    path = with_file(client, consultation)
    stranger = Client()
    assert stranger.get(path).status_code == 302
    stranger.post(path, {"remove": HeldFile.objects.get().pk})
    add(stranger, consultation.slug)
    send(stranger, consultation.slug)
    assert HeldFile.objects.count() == 1
    assert not CommentFile.objects.exists()


def test_what_is_never_sent_is_deleted_when_its_session_is_over(client: Client, settings):
    with_file(client, call())
    settings.SESSION_COOKIE_AGE = 3600
    assert files.sweep(now=timezone.now()) == 0
    assert files.sweep(now=timezone.now() + timedelta(hours=2)) == 1
    assert not HeldFile.objects.exists()
