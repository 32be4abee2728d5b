"""The desk's page where an answer is prepared for the public, and the sender's page about it."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailbox.actions import rate_case
from mailbox.letterbox.models import PostalAddress, Wish
from mailbox.models import Case
from mailbox.publication.models import Publication
from tests.accounts.people import browser
from tests.mailbox.factories import House, answered, case, house, sender, taken_on
from tests.mailbox.publications import SECRET, handed_in, prepared, released, reply_case, request_case, sign
from tests.participation.factories import envelope

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]


@pytest.fixture
def place(settings, tmp_path) -> House:
    settings.MEDIA_ROOT = tmp_path / "media"
    return house()


def text(response: HttpResponse) -> str:
    return response.content.decode()


def fields(page: str) -> dict[str, list[str]]:
    """What the form would send as it stands."""
    form = page[page.index('id="check"') : page.index("</form>", page.index('id="check"'))]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and ("checkbox" not in tag or "checked" in tag):
            sent.setdefault(name[1], []).append(value[1] if value else "")
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\s?([^<]*)</textarea>', form):
        sent[name] = [value]
    sent["basis"] = re.findall(r'<option value="([^"]*)" selected', form)
    return sent


def test_an_officer_prepares_an_answer_and_hands_it_in(place):
    made, client = reply_case(place), browser(place.officer)
    address = reverse("desk_case_publish", args=[made.pk])
    assert address in text(client.get(reverse("desk_case", args=[made.pk])))
    assert "Prepare it" in text(client.get(address))
    assert client.post(reverse("desk_case_publish_begin", args=[made.pk])).url == address
    page = text(client.get(address))
    assert "<mark>13800138000</mark>" in page and "Nobody has looked" in page
    assert "/desk/release/hand-in/" not in page
    sent = fields(page) | {
        "more": [f"{SECRET}\n锦绣路18弄3号502室"],
        "title_en": ["A pipe"],
        "answer_en": ["Repaired."],
    }
    sent |= {"question_en": [f"{SECRET}'s pipe is broken."], "answer_en": ["Repaired."]}
    assert client.post(reverse("desk_case_publish_keep", args=[made.pk]), sent).url == address
    page = text(client.get(address))
    publication = Publication.objects.get()
    assert f"<mark>{SECRET}</mark>" in page
    assert reverse("release_hand_in", args=["case_reply", publication.pk]) in page
    preview = text(client.get(reverse("desk_case_publish_preview", args=[made.pk, "en"])))
    assert "■■&#x27;s pipe is broken." in preview and SECRET not in preview and "13800138000" not in preview
    handing = client.get(reverse("release_hand_in", args=["case_reply", publication.pk]))
    assert handing.status_code == 200
    assert client.post(handing.wsgi_request.path, {"when": "now", "days": "3", "emergency": ""}).status_code == 302
    assert "in review" in text(client.get(address))


def test_a_tick_that_was_taken_away_stays_away_and_typed_words_survive_a_refusal(place):
    made, client = reply_case(place), browser(place.officer)
    publication = prepared(place, made)
    page = text(client.get(reverse("desk_case_publish", args=[made.pk])))
    sent = fields(page)
    sent["out"].remove("13800138000")
    stale = sent | {"revision": ["0"], "more": ["王强"]}
    refused = client.post(reverse("desk_case_publish_keep", args=[made.pk]), stale)
    assert refused.status_code == 409 and "王强" in text(refused) and "Somebody changed this" in text(refused)
    assert client.post(reverse("desk_case_publish_keep", args=[made.pk]), sent).status_code == 302
    publication.refresh_from_db()
    assert [one["on"] for one in publication.marks if one["value"] == "13800138000"] == [False]
    long = sent | {"title_zh": ["长" * 500], "revision": [str(publication.revision)]}
    assert client.post(reverse("desk_case_publish_keep", args=[made.pk]), long).status_code == 422


@pytest.mark.parametrize("who", ["approver", "openness", "stranger"])
def test_who_does_not_prepare_it_finds_nothing_there(place, who):
    made = reply_case(place)
    prepared(place, made)
    client = browser(getattr(place, who))
    for name, arguments in (("", []), ("_preview", ["en"])):
        assert client.get(reverse(f"desk_case_publish{name}", args=[made.pk, *arguments])).status_code == 404
    for name, arguments in (("_keep", []), ("_begin", []), ("_files", []), ("_file", [1])):
        assert client.post(reverse(f"desk_case_publish{name}", args=[made.pk, *arguments])).status_code == 404
    assert "desk_case_publish" not in text(client.get(reverse("desk_case", args=[made.pk])))


def test_without_leave_the_page_says_so(place):
    made, client = answered(place, taken_on(place)), browser(place.officer)
    assert "has not allowed it" in text(client.get(reverse("desk_case_publish", args=[made.pk])))
    refused = client.post(reverse("desk_case_publish_begin", args=[made.pk]))
    assert refused.status_code == 409 and "has not allowed" in text(refused)


def test_a_document_goes_along_as_it_is_or_by_the_bench(place):
    made, client = request_case(place), browser(place.officer)
    prepared(place, made)
    address = reverse("desk_case_publish_files", args=[made.pk])
    assert client.post(address, {"source": "upload", "do": "bench"}).status_code == 422
    table = SimpleUploadedFile("table.csv", "日期,结果".encode())
    given = {"source": "upload", "upload": table, "called_zh": "汇总表", "called_en": "Table", "do": "as_it_is"}
    assert client.post(address, given).status_code == 302
    given["upload"] = SimpleUploadedFile("note.txt", f"{SECRET}的记录".encode())
    to_bench = client.post(address, given | {"do": "bench"})
    assert "/desk/redaction/" in to_bench.url and client.get(to_bench.url).status_code == 200
    page = text(client.get(reverse("desk_case_publish", args=[made.pk])))
    assert "on the redaction bench" in page and "A file is still on the redaction bench" in page
    file = Publication.objects.get().files.get(file="")
    again = client.post(reverse("desk_case_publish_file", args=[made.pk, file.pk]), {"do": "fetch"})
    assert again.status_code == 409 and "still on the redaction bench" in text(again)
    client.post(reverse("desk_case_publish_file", args=[made.pk, file.pk]), {"do": "remove"})
    assert "on the redaction bench" not in text(client.get(reverse("desk_case_publish", args=[made.pk])))
    broken = {**given, "upload": SimpleUploadedFile("a.pdf", b"no pdf"), "do": "as_it_is"}
    assert client.post(address, broken).status_code == 422


def holder(made: Case, token) -> Client:
    client = Client()
    code = envelope(token=token).code
    assert client.post("/en/track/", {"reference": made.reference, "code": code}).status_code == 302
    return client


def test_the_sender_reads_what_is_published_and_takes_it_down(place):
    import uuid

    token = uuid.uuid4()
    made = reply_case(place, token=token)
    publication = released(place, made)
    client = holder(made, token)
    track = text(client.get(f"/en/track/{made.reference}/"))
    public = f"/en/replies/{publication.pk}/"
    address = f"/en/track/{made.reference}/publishing/"
    assert public in track and address in track and "are published, without what says who you are" in track
    page = text(client.get(address))
    assert public in page and 'value="yes" checked' in page
    assert client.post(address).status_code == 422
    assert client.post(address, {"publish": "no"}).status_code == 302
    assert Client().get(public).status_code == 404
    assert public not in text(client.get(f"/en/track/{made.reference}/"))
    assert client.post(address, {"publish": "yes"}).status_code == 302
    made.refresh_from_db()
    assert made.may_publish and not Publication.objects.public().exists()
    # Allowed again, it goes the whole way again.
    sign(handed_in(publication, place, now=timezone.now()), now=timezone.now())
    assert Client().get(public).status_code == 200


def test_nobody_without_the_receipt_decides(place):
    made = reply_case(place)
    address = f"/en/track/{made.reference}/publishing/"
    assert Client().get(address).status_code == 302 and Client().post(address, {"publish": "no"}).status_code == 302
    made.refresh_from_db()
    assert made.may_publish


def test_the_page_of_a_grievance_offers_no_publishing(place):
    made = case("grievance")
    client = browser(place.clerk)
    assert "Publish question" not in text(client.get(reverse("desk_case", args=[made.pk])))


def test_the_desk_reads_what_the_sender_wished_and_what_was_thought_of_the_answer(place):
    made = reply_case(place)
    Wish.objects.create(case=made, department=place.roads, delivery="post")
    PostalAddress.objects.create(contact=made.submission.contact, text="锦绣路18弄3号")
    made.messages.update(url="/zh/c/shown/")
    rate_case(made.pk, score=2, reasons=["slow", "unclear"], text="等了很久", actor=sender(made), now=timezone.now())
    page = text(browser(place.officer).get(reverse("desk_case", args=[made.pk])))
    assert "Roads Unit" in page and "By post, on paper" in page and 'href="/zh/c/shown/"' in page
    assert "Not content: It took too long, I do not understand it" in page and "等了很久" in page
    # A low rating lets the officer call back; before, the address stayed with the letter.
    assert "锦绣路18弄3号" in page
