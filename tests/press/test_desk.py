"""The press room's screens at the desk: written, looked at, handed in; what was typed is never lost."""

import io
import re

import pytest
from django.core.cache import cache
from django.test import Client

from engage.accounts.actors import SYSTEM, Role
from engage.outreach.press import actions, rules
from engage.outreach.press.models import Digest, MediaContact, Release, Section
from tests.accounts.people import person, sign_in
from tests.consultations.factories import call
from tests.press.builders import NOW, WORDS, department, out, picture, release

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


@pytest.fixture
def editor() -> Client:
    return sign_in(Client(), person(Role.EDITOR))


def form_of(found: Release, **changes) -> dict:
    """The editor's form as a browser sends it."""
    found.refresh_from_db()
    data = {
        "kind": found.kind,
        "slug": found.slug,
        "department": found.department_id,
        "embargo_until": "",
        "revision": found.revision,
    }
    for code in rules.LANGUAGES:
        data |= {f"{field}_{code}": text for field, text in WORDS[code].items()}
    return data | changes


def test_a_release_is_begun_written_looked_at_and_handed_in(editor):
    call(slug="asked")
    unit = department()
    begun = editor.post("/desk/press/", {"kind": "short", "department": unit.pk, "slug": "meals"})
    found = Release.objects.get()
    assert begun.url == f"/desk/press/{found.pk}/"
    page = editor.get(begun.url).content.decode()
    assert "0 of 300 characters" in page or "0/300" in page or "300" in page
    saved = editor.post(begun.url, form_of(found, related_consultation=["asked"]))
    assert saved.status_code == 302, saved.content.decode()[:2000]
    found.refresh_from_db()
    assert found.words["en"]["title"] == WORDS["en"]["title"]
    assert found.related == [["consultation", "asked"]]
    english = editor.get(f"/desk/press/{found.pk}/preview/en/").content.decode()
    assert "Three meal points open" in english
    assert 'lang="en"' in english
    assert "/en/c/asked/" in english
    handed = editor.post(f"/desk/press/{found.pk}/submit/", {"revision": found.revision})
    assert handed.status_code == 302
    assert found.editions.count() == 0


def test_a_refused_form_keeps_what_was_typed_and_can_be_sent_again(editor):
    found = release()
    data = form_of(found, lead_en="Words nobody must lose", revision=found.revision - 1)
    answer = editor.post(f"/desk/press/{found.pk}/", data)
    body = answer.content.decode()
    assert answer.status_code == 409
    assert "Words nobody must lose" in body
    newest = re.search(r'name="revision" value="(\d+)"', body)[1]
    assert editor.post(f"/desk/press/{found.pk}/", data | {"revision": newest}).status_code == 302
    found.refresh_from_db()
    assert found.words["en"]["lead"] == "Words nobody must lose"


def test_what_is_missing_is_said_one_by_one_when_it_is_handed_in(editor):
    found = actions.open_release("short", "empty", department(), actor=SYSTEM)
    answer = editor.post(f"/desk/press/{found.pk}/submit/", {"revision": found.revision})
    assert answer.status_code == 422
    assert answer.content.decode().count("<li>") >= 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "有 空格"),
        ("kind", "nonsense"),
        ("department", "999999"),
        ("embargo_until", "yesterday"),
        ("embargo_until", "2020-01-01T00:00"),
        ("related_consultation", "none"),
        ("topics", "999999"),
        ("body_en", "<p>pasted</p>"),
        ("revision", "9" * 40),
    ],
)
def test_bad_input_is_answered_in_the_form(editor, field, value):
    found = release()
    answer = editor.post(f"/desk/press/{found.pk}/", form_of(found, **{field: value}))
    assert answer.status_code in (409, 422), field
    assert WORDS["en"]["lead"] in answer.content.decode()


def test_files_are_added_described_shown_and_taken_out(editor):
    found = release()
    image = picture()
    image.name = "door.jpg"
    added = editor.post(
        f"/desk/press/{found.pk}/files/",
        {"file": image, "alt_zh": "门口", "alt_en": "", "revision": found.revision},
    )
    assert added.status_code == 302
    row = found.materials.get()
    assert editor.get(f"/desk/press/{found.pk}/files/{row.pk}/see/").status_code == 200
    found.refresh_from_db()
    change = f"/desk/press/{found.pk}/files/{row.pk}/"
    editor.post(change, {"alt_zh": "门口", "alt_en": "The door", "revision": found.revision})
    row.refresh_from_db()
    assert row.alt_en == "The door"
    found.refresh_from_db()
    editor.post(change, {"do": "remove", "revision": found.revision})
    assert not found.materials.exists()
    refused = editor.post(f"/desk/press/{found.pk}/files/", {"alt_zh": "x", "revision": found.revision})
    assert refused.status_code == 422
    program = io.BytesIO(b"MZ\x90\x00 not a picture")
    program.name = "picture.jpg"
    found.refresh_from_db()
    odd = editor.post(f"/desk/press/{found.pk}/files/", {"file": program, "revision": found.revision})
    assert odd.status_code == 422
    assert not found.materials.exists()


def test_deleting_and_taking_down_ask_first(editor):
    draft, public = release(slug="draft"), release(slug="public")
    out(public)
    assert editor.get(f"/desk/press/{draft.pk}/delete/").status_code == 200
    assert Release.objects.filter(pk=draft.pk).exists()
    editor.post(f"/desk/press/{draft.pk}/delete/", {"revision": draft.revision})
    assert not Release.objects.filter(pk=draft.pk).exists()
    assert editor.get(f"/desk/press/{public.pk}/take-down/").status_code == 200
    assert Client().get("/zh/press/releases/public/").status_code == 200
    editor.post(f"/desk/press/{public.pk}/take-down/")
    # Pages for strangers are kept for seconds.
    cache.clear()
    assert Client().get("/zh/press/releases/public/").status_code == 404


def test_an_approver_reads_and_writes_nothing():
    found = release()
    approver = sign_in(Client(), person(Role.APPROVER))
    assert approver.get("/desk/press/").status_code == 200
    assert approver.get(f"/desk/press/{found.pk}/").status_code == 200
    assert approver.post(f"/desk/press/{found.pk}/", form_of(found)).status_code == 404
    for url in (f"/desk/press/{found.pk}/submit/", f"/desk/press/{found.pk}/delete/"):
        assert approver.post(url, {"revision": found.revision}).status_code == 404
    assert approver.get("/desk/press/media/").status_code == 404
    begun = approver.post("/desk/press/", {"kind": "short", "department": department().pk, "slug": "x"})
    assert begun.status_code == 422


def test_the_media_list_is_kept_at_the_desk(editor):
    data = {
        "email": "desk@news.example.org",
        "outlet": "Linhe Radio",
        "name": "News desk",
        "language": "zh-hans",
        "basis": "asked",
        "basis_note": "letter of 3 March",
    }
    assert editor.post("/desk/press/media/", data).status_code == 302
    assert editor.post("/desk/press/media/", data).status_code == 409
    assert editor.post("/desk/press/media/", data | {"basis_note": ""}).status_code == 422
    body = editor.get("/desk/press/media/?topic=none").content.decode()
    assert "desk@news.example.org" in body
    row = MediaContact.objects.get()
    assert editor.get(f"/desk/press/media/{row.pk}/remove/").status_code == 200
    editor.post(f"/desk/press/media/{row.pk}/remove/")
    assert not MediaContact.objects.exists()


def test_a_digest_is_begun_given_a_foreword_and_handed_in(editor):
    out(release(), now=NOW)
    page = editor.get("/desk/press/digests/").content.decode()
    months = re.findall(r'<option value="(\d{4}-\d\d)">', page)
    assert editor.post("/desk/press/digests/", {"month": "1999-13"}).status_code == 409
    editor.post("/desk/press/digests/", {"month": months[0]})
    digest = Digest.objects.get()
    assert editor.post(f"/desk/press/digests/{digest.pk}/submit/", {"revision": 0}).status_code == 422
    Digest.objects.update(month=NOW.date().replace(day=1))
    data = {"foreword_zh-hans": "各位同行", "foreword_en": "Dear colleagues", "revision": 0}
    assert editor.post(f"/desk/press/digests/{digest.pk}/", data).status_code == 302
    page = editor.get(f"/desk/press/digests/{digest.pk}/").content.decode()
    assert "各位同行" in page
    assert "Three meal points open" in page
    assert editor.post(f"/desk/press/digests/{digest.pk}/", data).status_code == 409
    assert editor.post(f"/desk/press/digests/{digest.pk}/submit/", {"revision": 1}).status_code == 302


def test_an_administrator_opens_a_section(editor):
    unit = department()
    administrator = sign_in(Client(), person(Role.ADMINISTRATOR))
    assert administrator.post("/desk/press/sections/", {"department": unit.code}).status_code == 302
    assert Section.objects.get().department == unit
    assert administrator.post("/desk/press/sections/", {"department": unit.code}).status_code == 409
    assert administrator.post("/desk/press/sections/", {"department": "nothing"}).status_code == 404
    assert editor.post("/desk/press/sections/", {"department": unit.code}).status_code == 404
    assert administrator.get("/desk/press/sections/").status_code == 200
