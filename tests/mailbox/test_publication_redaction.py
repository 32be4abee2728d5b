"""The words that are taken out of a case are in no byte that goes out: pages, files, EXIF, feeds, API, mail, search.

The one ZIP of a case is for those who work on it: it holds the letter as it came, says so in its first file, is sent
for a signed-in officer's POST alone, and each is recorded. Outsiders, the sender too, get none, which is tested here.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow

from engage.participation import actions as participation
from engage.participation.attachments import inspect
from engage.participation.models import Attachment
from engage.participation.rules import tracking_code
from engage.publishing.models import Release
from engage.publishing.redaction import actions as bench
from engage.publishing.redaction.marks import Mark
from engage.search.models import SearchEntry
from mailbox.models import Case
from mailbox.publication import actions
from mailbox.publication.models import Publication, PublishedFile
from tests.accounts.people import sign_in
from tests.mailbox.factories import NOW, House, house, sender
from tests.mailbox.publications import handed_in, prepared, reply_case, sign
from tests.redaction import builders
from tests.redaction.builders import CHINESE, SECRET
from tests.security.leaks_markers import read_answer, read_bytes

pytestmark = pytest.mark.django_db
BASIS = "personal-privacy"
BLACKED = (SECRET, CHINESE, "13800138000", "110105199003072234")
WORDS = (SECRET, CHINESE, "李梅", "mei@example.org", "13800138000")
FILES = {
    "letter.pdf": lambda: builders.typeset(f"Open words of {SECRET}", CHINESE, title=SECRET, author=SECRET),
    "letter.docx": builders.letter,
    "table.xlsx": builders.table,
    "note.txt": lambda: f"Open words of {SECRET}, {CHINESE}".encode(),
    "gate.jpg": lambda: builders.photograph("JPEG"),
}


@pytest.fixture
def place(settings, tmp_path) -> House:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    return house()


def attach(made: Case, name: str) -> Attachment:
    content = FILES[name]()
    inspected = inspect(BytesIO(content), name=f"{SECRET}-{name}")
    return participation.attach(made.submission, inspected, content, actor=sender(made))


def through_the_bench(publication: Publication, row: Attachment, place: House) -> PublishedFile:
    """Let a file go along as an officer does: to the bench, marked, made, confirmed, fetched."""
    titles = {"zh-hans": f"{CHINESE}的文件", "en": f"A file of {SECRET}"}
    new = actions.attachment_file(publication, row.pk, titles, actor=place.officer)
    file = actions.add_file(publication.pk, new, to_bench=True, actor=place.officer, now=NOW)
    is_picture = row.media_type.startswith("image/")
    box = Mark("box", page=1, x=40 / 240, y=30 / 120, width=0.5, height=40 / 120, basis=BASIS)
    marks = [box] if is_picture else [Mark("word", word, basis=BASIS) for word in BLACKED]
    job = bench.add_marks(file.redaction_id, marks, revision=0, actor=place.officer)
    job = bench.make(job.pk, title="", language="zh-hans", revision=job.revision, actor=place.officer, now=NOW)
    bench.confirm(job.pk, keep_days=30, revision=job.revision, actor=place.officer, now=NOW)
    return actions.fetch_result(publication.pk, file.pk, actor=place.officer, now=NOW)


def hidden(said: str) -> list[str]:
    return [word for word in WORDS if word.casefold() in said.casefold()]


def test_no_word_that_was_taken_out_is_in_any_byte_that_goes_out(place, client):
    text = f"我是李梅（13800138000），{CHINESE}和{SECRET}都说水管坏了，什么时候修？"
    token = uuid4()
    made = reply_case(place, token=token, text=text, answer=f"{CHINESE}所说的水管已修好。")
    rows = [attach(made, name) for name in FILES]
    mail.outbox.clear()
    english = {
        "title": f"What {SECRET} asked",
        "question": f"{SECRET} says the pipe is broken.",
        "answer": f"The pipe of {SECRET} was repaired.",
    }
    words = {"zh-hans": {"title": f"{CHINESE}问水管"}, "en": english}
    publication = prepared(place, made, more=(SECRET, CHINESE), words=words)
    files = [through_the_bench(publication, row, place) for row in rows]
    publication.refresh_from_db()
    sign(handed_in(publication, place))
    participation.deliver_mail(now=NOW)
    cache.clear()
    pk = publication.pk
    addresses = [
        *(f"/{language}/replies/{more}" for language in ("zh", "en") for more in ("", f"{pk}/", "?q=水管&year=2026")),
        *(f"/{language}/search/?q={word}" for language in ("zh", "en") for word in ("水管", "pipe")),
        *(f"/{language}/write/answers/?q=水管什么时候修" for language in ("zh", "en")),
        *(f"/{language}/replies/feed.{ending}" for language in ("zh", "en") for ending in ("rss", "atom")),
        *(f"/api/v1/replies/{more}?language={code}" for more in ("", pk) for code in ("zh-hans", "en")),
        *(f"/zh/replies/{pk}/files/{file.pk}/" for file in files),
        "/sitemap.xml",
    ]
    pictures = 0
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert not hidden(read_answer(response)), address
        if response.headers["Content-Type"].startswith("image/"):
            pictures += 1
            assert_says_nothing_of_itself(body_of(client.get(address)))
    assert pictures == 1
    # Nothing that is public is a ZIP of the case, or can be asked to be one.
    for who in (client, sender_of(made, token)):
        assert who.post(reverse("desk_case_export", args=[made.pk])).status_code in (302, 404)
        asked = who.get(f"/zh/replies/{pk}/", headers={"Accept": "application/zip"})
        assert asked.headers["Content-Type"].startswith("text/html")
    for row in SearchEntry.objects.filter(kind="case_reply"):
        assert not hidden(f"{row.title} {row.body} {row.folded} {row.terms}")
    for form in Release.objects.get(kind="case_reply").forms.all():
        assert not hidden(f"{form.text} {form.labels} {bytes(form.content).decode('utf-8', 'replace')}"), form.name
    for letter in mail.outbox:
        assert not hidden(f"{letter.subject} {letter.body} {letter.extra_headers}"), letter.to
    stored = [file.file.storage.open(file.file.name).read() for file in files]
    assert not [file.name for file, content in zip(files, stored, strict=True) if hidden(read_bytes(content))]
    picture = next(content for file, content in zip(files, stored, strict=True) if file.media_type == "image/jpeg")
    with Pillow.open(BytesIO(picture)) as drawn:
        assert drawn.convert("L").crop((44, 34, 156, 66)).getextrema()[1] < 30
    # What proves that the search reads: before, each of these was there.
    assert hidden(text) and all(hidden(read_bytes(FILES[name]())) for name in FILES)
    with Pillow.open(BytesIO(FILES["gate.jpg"]())) as taken:
        assert SECRET in taken.getexif().values() and taken.getexif().get_ifd(0x8825)


def test_the_zip_of_a_case_is_whole_and_therefore_for_insiders(place):
    token = uuid4()
    made = reply_case(place, token=token)
    address = reverse("desk_case_export", args=[made.pk])
    officer = sign_in(Client(), place.officer)
    assert officer.get(address).status_code == 405
    content = body_of(officer.post(address))
    assert hidden(read_bytes(content)), "as it came"
    for who in (Client(), sender_of(made, token), sign_in(Client(), place.stranger)):
        assert who.post(address).status_code in (302, 404)


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def sender_of(made: Case, token: UUID) -> Client:
    """A browser that holds the receipt of a case."""
    client = Client()
    code = tracking_code(token.bytes, settings.TRACKING_KEY)
    answer = client.post("/zh/track/", {"reference": made.reference, "code": code})
    assert answer.status_code == 302
    return client


def assert_says_nothing_of_itself(content: bytes) -> None:
    """Neither EXIF, XMP, a comment nor a small picture in the picture."""
    with Pillow.open(BytesIO(content)) as drawn:
        assert not drawn.getexif() and not drawn.getexif().get_ifd(0x8825)
        assert not {"exif", "xmp", "comment", "photoshop"} & drawn.info.keys()
