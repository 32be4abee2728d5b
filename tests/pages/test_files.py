"""Pictures and documents that editors bring in: readers and the Studio see them, and nothing beside them."""

from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.documents.models import Document
from wagtail.images.models import Image

from engage.accounts.actors import Role
from tests.accounts.people import staff_client
from tests.publishing.signing import release_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path / "media"


def a_picture() -> Image:
    drawn = BytesIO()
    Pillow.new("RGB", (1600, 900), "teal").save(drawn, "PNG")
    drawn.seek(0)
    return Image.objects.create(title="书屋", file=ImageFile(drawn, name="room.png"))


def a_document() -> Document:
    return Document.objects.create(title="开放时间", file=ContentFile("日,时\n".encode(), name="hours.csv"))


def test_everybody_sees_the_picture_of_a_page(client: Client):
    picture = a_picture()
    address = picture.get_rendition("width-800").url
    assert client.get(address).status_code == 404
    assert staff_client(Role.EDITOR).get(address).status_code == 200
    release_file(picture)
    response = client.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/png"
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")


def test_the_original_and_what_lies_beside_the_pictures_have_no_address(client: Client):
    picture = a_picture()
    picture.get_rendition("width-800")
    name = Path(picture.file.name).name
    assert client.get(picture.file.url, follow=True).status_code == 404
    for path in (f"../original_images/{name}", f"..%2foriginal_images%2f{name}", "", "."):
        assert client.get(f"/media/images/{path}", follow=True).status_code in (400, 404)


def test_the_studio_lists_documents_and_readers_get_them_as_files():
    document = a_document()
    listing = staff_client(Role.EDITOR).get("/studio/documents/")
    assert listing.status_code == 200
    assert document.title in listing.content.decode()
    assert Client().get(document.url).status_code == 404
    release_file(document)
    answer = Client().get(document.url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_other_bytes_in_a_released_document_are_not_served():
    document = a_document()
    release_file(document)
    assert Client().get(document.url).status_code == 200
    document.file = ContentFile("机密\n".encode(), name="hours.csv")
    document.file_hash, document.file_size = "", None
    document.save()
    assert Client().get(document.url).status_code == 404
