"""The bench of redaction without JavaScript: who may see and press what, and what is left behind."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from wagtail.documents.models import Document
from wagtail.images.models import Image

from engage.accounts.actors import Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.publishing.redaction import actions, queries
from engage.publishing.redaction.marks import Mark
from engage.publishing.redaction.models import Basis, Redaction
from tests.accounts.people import person
from tests.packs.test_desk import read, signed_in
from tests.redaction import builders
from tests.redaction.builders import CHINESE, SECRET, pdftotext

pytestmark = pytest.mark.django_db
BASIS = "personal-privacy"


def letter() -> bytes:
    return builders.typeset(f"Open words of {SECRET}", f"{CHINESE} 13800138000", title=f"About {SECRET}")


def upload(client: Client, content: bytes, name: str = "letter.pdf") -> Redaction:
    answer = client.post(reverse("redaction_begin"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return Redaction.objects.latest("pk")


def at(name: str, redaction: Redaction, *more: int) -> str:
    return reverse(f"redaction_{name}", args=[redaction.pk, *more])


def revision(redaction: Redaction) -> int:
    return Redaction.objects.values_list("revision", flat=True).get(pk=redaction.pk)


def post(client: Client, name: str, redaction: Redaction, *more: int, status: int = 302, **fields) -> str:
    answer = client.post(at(name, redaction, *more), {"revision": revision(redaction)} | fields)
    assert answer.status_code == status, (name, answer.status_code)
    return answer.content.decode()


@pytest.mark.sqlite_only
def test_a_pdf_is_redacted_and_replaced_by_forms_alone(django_capture_on_commit_callbacks) -> None:
    editor = person(Role.EDITOR)
    client = signed_in(editor)
    document = Document(title=f"Letter of {SECRET}", uploaded_by_user=editor)
    document.file.save("letter.pdf", ContentFile(letter()))
    old_name, old_storage = document.file.name, document.file.storage
    assert old_storage.exists(old_name)
    assert f"document:{document.pk}" in read(client, reverse("redaction_choose") + "?q=letter")
    assert client.post(reverse("redaction_choose"), {"file": f"document:{document.pk}"}).status_code == 302
    redaction = Redaction.objects.get()
    page = read(client, at("bench", redaction))
    assert "13800138000" in page
    assert at("page", redaction, 1) in page
    assert client.get(at("page", redaction, 1)).headers["Content-Type"] == "image/png"
    why = {"w-basis": BASIS, "w-note": ""}
    bad = post(client, "words", redaction, status=422, **{"w-words": SECRET, "w-kind": "word", "w-note": ""})
    assert "Choose the legal basis" in bad
    assert "nowhere in this file" in post(
        client, "words", redaction, status=422, **{"w-words": "nobody", "w-kind": "word"} | why
    )
    post(client, "words", redaction, **{"w-words": f"{SECRET}\r\n{CHINESE}", "w-kind": "word"} | why)
    post(client, "found", redaction, **{"f-chosen": "0", "f-basis": "other", "f-note": "agreed with the writer"})
    box = {"b-page": "1", "b-x": "10", "b-y": "60", "b-width": "20", "b-height": "5", "b-basis": BASIS, "b-note": ""}
    post(client, "box", redaction, **box)
    page = read(client, at("bench", redaction))
    assert page.count('class="marked"') == 4
    assert "Personal data that was found" not in page
    mark = redaction.marks.get(kind="box")
    post(client, "unmark", redaction, mark.pk)
    post(client, "box", redaction, **box)
    post(client, "make", redaction, title=f"Letter of {SECRET}", language="en")
    page = read(client, at("bench", redaction))
    assert "Look at every page" in page
    assert client.get(at("result_page", redaction, 1)).headers["Content-Type"] == "image/png"
    post(client, "confirm", redaction, keep_days="30")
    page = read(client, at("bench", redaction))
    assert "Replace the file in the Studio" in page
    with django_capture_on_commit_callbacks(execute=True):
        post(client, "replace", redaction)
    redaction.refresh_from_db()
    assert redaction.new_document is not None
    assert redaction.new_document.title == "Letter of ■■"
    with redaction.new_document.file.open("rb") as opened:
        content = opened.read()
    assert SECRET not in pdftotext(content)
    assert PdfReader(io.BytesIO(content)).metadata.title == "Letter of ■■"
    assert not Document.objects.filter(pk=document.pk).exists()
    assert not old_storage.exists(old_name)
    proof = client.get(at("proof_json", redaction))
    assert SECRET.lower() not in proof.content.decode().lower()
    assert [mark["basis"] for mark in json.loads(proof.content)["marks"]] == [BASIS, BASIS, "other", BASIS]
    told = pdftotext(client.get(at("proof_pdf", redaction)).content)
    assert "Personal privacy" in told
    assert redaction.proof["after"]["sha256"][:16] in told.replace("\n", "")
    answer = client.post(at("original", redaction))
    assert (answer.status_code, answer.content) == (200, letter())
    said = json.dumps(list(JournalRow.objects.values_list("verb", "content")), default=str, ensure_ascii=False)
    for verb in ("begun", "marked", "unmarked", "made", "confirmed", "replaced", "original_read"):
        assert f"redaction.{verb}" in said
    for word in (SECRET, CHINESE, "13800138000"):
        assert word not in said


def test_the_original_and_the_words_go_on_their_date() -> None:
    officer = person(Role.OFFICER)
    now = timezone.now()
    redaction = actions.begin(f"Dear {SECRET}".encode(), "note.txt", actor=officer, now=now)
    name = redaction.original.name
    actions.add_marks(redaction.pk, [Mark("word", SECRET, basis=BASIS)], revision=0, actor=officer)
    actions.make(redaction.pk, title="", language="en", revision=revision(redaction), actor=officer, now=now)
    actions.confirm(redaction.pk, keep_days=10, revision=revision(redaction), actor=officer, now=now)
    assert actions.delete_due_originals(now=now + timedelta(days=9)) == 0
    assert storages["private"].exists(name)
    assert actions.delete_due_originals(now=now + timedelta(days=10)) == 1
    redaction.refresh_from_db()
    assert (redaction.survey, redaction.marks.get().value, bool(redaction.original)) == ({}, "", False)
    with pytest.raises(Refused) as refused:
        actions.read_original(redaction.pk, actor=officer)
    assert refused.value.code == "file_gone"
    assert "was deleted on its date" in read(signed_in(officer), at("bench", redaction))


def test_words_are_redacted_and_a_stale_page_changes_nothing() -> None:
    officer = person(Role.OFFICER)
    client = signed_in(officer, "zh-hans")
    answer = client.post(reverse("redaction_begin"), {"text": f"您好，{CHINESE}：来信收到。"})
    redaction = Redaction.objects.get()
    assert answer.headers["Location"] == at("bench", redaction)
    fields = {"w-words": CHINESE, "w-kind": "word", "w-basis": BASIS, "w-note": ""}
    post(client, "words", redaction, **fields)
    stale = {"revision": 0}
    answer = client.post(at("words", redaction), {**fields, "w-words": "来信"} | stale)
    assert answer.status_code == 409
    assert client.post(at("make", redaction), {"title": "", "language": "en"} | stale).status_code == 409
    post(client, "make", redaction, title="", language="zh-hans")
    page = read(client, at("bench", redaction))
    assert "您好，■■：来信收到。" in page
    assert CHINESE not in page
    assert client.post(at("words", redaction), fields | {"revision": revision(redaction)}).status_code == 409
    post(client, "reopen", redaction)
    redaction.refresh_from_db()
    assert (redaction.state, bool(redaction.result), redaction.proof) == ("open", False, None)
    post(client, "discard", redaction)
    assert not Redaction.objects.exists()


def test_an_image_of_the_studio_is_replaced_and_a_result_that_was_touched_is_not() -> None:
    editor = person(Role.EDITOR)
    picture = ImageFile(io.BytesIO(builders.photograph()), name="gate.jpg")
    image = Image.objects.create(title="The gate", uploaded_by_user=editor, file=picture)
    redaction = actions.begin_with_image(image.pk, actor=editor, now=timezone.now())
    box = Mark("box", page=1, x=0.1, y=0.1, width=0.5, height=0.5, basis=BASIS)
    actions.add_marks(redaction.pk, [box], revision=0, actor=editor)
    now = timezone.now()
    actions.make(redaction.pk, title="", language="en", revision=revision(redaction), actor=editor, now=now)
    made = Redaction.objects.get()
    content = actions.check_result(made)
    with storages["private"].open(made.result.name, "wb") as opened:
        opened.write(builders.photograph())
    with pytest.raises(Refused) as refused:
        actions.confirm(redaction.pk, keep_days=1, revision=revision(redaction), actor=editor, now=now)
    assert refused.value.code == "result_differs"
    with storages["private"].open(made.result.name, "wb") as opened:
        opened.write(content)
    actions.confirm(redaction.pk, keep_days=1, revision=revision(redaction), actor=editor, now=now)
    done = actions.replace(redaction.pk, actor=editor, now=now)
    assert done.new_image is not None
    assert (done.new_image.title, done.new_image.width) == ("The gate", 240)
    assert not Image.objects.filter(pk=image.pk).exists()


@pytest.mark.sqlite_only
def test_everybody_sees_their_own_and_reviewers_all() -> None:
    officer, editor = person(Role.OFFICER), person(Role.EDITOR)
    redaction = actions.begin(b"words", "note.txt", actor=officer, now=timezone.now())
    for user, status in ((editor, 404), (person(Role.APPROVER), 404), (person(Role.REVIEWER_SECRECY), 200)):
        client = signed_in(user)
        read(client, at("bench", redaction), status)
        assert client.post(at("original", redaction)).status_code == status
        assert client.post(at("discard", redaction), {"revision": 0}).status_code in {status, 302}
        if status == 404:
            assert Redaction.objects.exists()
    with pytest.raises(Refused) as refused:
        actions.begin(b"words", "note.txt", actor=person(Role.CITIZEN), now=timezone.now())
    assert refused.value.code == "not_allowed"


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.pdf", b"", "Choose a file, or write words"),
        ("a.rtf", b"{\\rtf1 words}", "are not redacted"),
        ("a.pdf", b"%PDF-1.7 words", "cannot be read whole"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096, "password"),
        ("a.exe", b"MZ\0\0", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(name: str, content: bytes, said: str) -> None:
    client = signed_in(person(Role.EDITOR))
    answer = client.post(reverse("redaction_begin"), {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 422
    assert said in answer.content.decode() or (name == "empty.pdf" and "empty" in answer.content.decode())
    assert not Redaction.objects.exists()


@pytest.mark.sqlite_only
def test_reviewers_of_law_edit_the_list_of_bases() -> None:
    client = signed_in(person(Role.REVIEWER_LEGAL))
    values = {"name_zh_hans": "执法信息", "name_en": "Enforcement", "law_zh_hans": "", "law_en": "", "position": "9"}
    assert client.post(reverse("redaction_bases"), values | {"is_active": "on"}).status_code == 302
    added = Basis.objects.get(name_en="Enforcement")
    assert "Enforcement" in read(client, reverse("redaction_bases"))
    assert client.post(reverse("redaction_basis", args=[added.code]), values).status_code == 302
    assert added not in queries.bases()
    assert {basis.code for basis in queries.bases()} >= {"state-secret", "commercial-secret", BASIS, "other"}
    assert signed_in(person(Role.EDITOR)).get(reverse("redaction_bases")).status_code == 404
    with pytest.raises(Refused):
        actions.save_basis("x", {}, actor=person(Role.REVIEWER_SECRECY))
