import re
import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from consultations.models import Comment
from engage.participation import limits
from engage.participation.models import Contact, OutgoingMail, Submission
from engage.participation.wallet import COOKIE
from tests.consultations.factories import call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


WORDS = "开放五天太少，周末也应当开放到晚上九点。"


def body(response) -> str:
    return response.content.decode()


def add(client: Client, slug: str, clause: str = "art-2", *, prefix: str = "zh", **values):
    given = {"stance": "change", "text": WORDS, "suggested": ""} | values
    path = f"/{prefix}/c/{slug}/{clause}/comment/" if clause else f"/{prefix}/c/{slug}/comment/"
    return client.post(path, given)


def fields(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(token|opened|altcha)" value="([^"]*)"', page))


def send(client: Client, slug: str, *, prefix: str = "zh", **about):
    client.post(f"/{prefix}/c/{slug}/mine/about/", about)
    page = client.get(f"/{prefix}/c/{slug}/mine/check/")
    return client.post(f"/{prefix}/c/{slug}/mine/check/", fields(body(page)))


def test_a_comment_goes_all_the_way_without_account(client: Client):
    consultation = call()
    assert add(client, consultation.slug).status_code == 302
    response = send(client, consultation.slug)
    assert response.status_code == 302
    receipt = client.get(response.url)
    submission = Submission.objects.get()
    assert submission.reference in body(receipt)
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", body(receipt))
    tracked = client.get(f"/zh/track/{submission.reference}/")
    assert WORDS in body(tracked)
    assert Comment.objects.get().clause.key == "art_2"


def test_several_comments_are_one_submission_with_one_receipt(client: Client):
    consultation = call()
    for clause in ("art-1", "art-2", ""):
        add(client, consultation.slug, clause, text=f"{WORDS}{clause}")
    add(client, consultation.slug, "art-2", text="再说一句：门口应当贴出节假日时间。")
    send(client, consultation.slug)
    assert Submission.objects.count() == 1
    assert [comment.position for comment in Comment.objects.order_by("position")] == [0, 1, 2, 3]


def test_pressing_twice_makes_one_submission_and_shows_the_same_receipt(client: Client):
    consultation = call()
    add(client, consultation.slug)
    page = fields(body(client.get(f"/zh/c/{consultation.slug}/mine/check/")))
    first = client.post(f"/zh/c/{consultation.slug}/mine/check/", page)
    second = client.post(f"/zh/c/{consultation.slug}/mine/check/", page)
    assert first.url == second.url
    assert Submission.objects.count() == 1


def test_a_token_from_nowhere_sends_nothing(client: Client):
    consultation = call()
    add(client, consultation.slug)
    response = client.post(f"/zh/c/{consultation.slug}/mine/check/", {"token": str(uuid.uuid4())})
    assert response.url.endswith("/mine/")
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": ""}, "at least 10 characters"),
        ({"text": "   \u200b\u3000  "}, "at least 10 characters"),
        ({"text": "太短"}, "at least 10 characters"),
        ({"text": "长" * 5_120}, "cut 120 characters"),
        ({"stance": ""}, "Choose your view"),
        ({"stance": "maybe"}, "Choose your view"),
    ],
)
def test_a_wrong_comment_is_explained_and_kept(client: Client, values, message):
    consultation = call()
    response = add(client, consultation.slug, prefix="en", **values)
    assert response.status_code == 422
    page = body(response)
    assert message in page
    assert "<title>Error:" in page
    assert (values.get("text", WORDS).strip() or "") in page


def test_ten_megabytes_are_refused_plainly(client: Client):
    consultation = call()
    response = add(client, consultation.slug, text="字" * 3_500_000)
    assert response.status_code in (400, 413, 422)
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "odd", ["读书\x00好，请多开放几天吧。", "\u202e倒写的意见也要能读，请开放。", "👩‍👩‍👧‍👦一家人都来，请多开放几天。"]
)
def test_odd_characters_arrive_readable(client: Client, odd):
    consultation = call()
    add(client, consultation.slug, text=odd)
    send(client, consultation.slug)
    stored = Comment.objects.get().text
    assert "\x00" not in stored
    assert "\u202e" not in stored
    assert "开放" in stored


def test_a_suggestion_shows_as_a_diff_on_the_check_page(client: Client):
    consultation = call()
    add(client, consultation.slug, "art-3", suggested="居民凭读者证借书，每次不超过十册。")
    page = body(client.get(f"/zh/c/{consultation.slug}/mine/check/"))
    assert "<del>五</del><ins>十</ins>" in page


def test_an_unchanged_suggestion_is_dropped(client: Client):
    consultation = call()
    add(client, consultation.slug, "art-3", suggested="居民凭读者证借书，每次不超过五册。")
    send(client, consultation.slug)
    assert Comment.objects.get().suggested == ""


def test_a_comment_that_comes_too_late_is_given_back(client: Client):
    consultation = call(closes=timedelta(seconds=-1))
    response = add(client, consultation.slug)
    assert response.status_code == 403
    assert WORDS in body(response)
    kept = client.post(f"/zh/c/{consultation.slug}/keep/", {"text": WORDS})
    assert kept.content.decode() == WORDS + "\n"
    assert "attachment" in kept.headers["Content-Disposition"]


def test_a_basket_that_crosses_the_close_is_given_back(client: Client):
    consultation = call()
    add(client, consultation.slug)
    page = fields(body(client.get(f"/zh/c/{consultation.slug}/mine/check/")))
    consultation.closes_at = timezone.now()
    consultation.save()
    response = client.post(f"/zh/c/{consultation.slug}/mine/check/", page)
    assert response.status_code == 403
    assert WORDS in body(response)
    assert not Submission.objects.exists()


def test_a_retry_after_the_close_still_shows_the_receipt(client: Client):
    consultation = call()
    add(client, consultation.slug)
    page = fields(body(client.get(f"/zh/c/{consultation.slug}/mine/check/")))
    first = client.post(f"/zh/c/{consultation.slug}/mine/check/", page)
    consultation.closes_at = timezone.now()
    consultation.save()
    assert client.post(f"/zh/c/{consultation.slug}/mine/check/", page).url == first.url


def test_personal_data_is_named_before_sending_and_held_after(client: Client):
    consultation = call()
    add(client, consultation.slug, prefix="en", text="Call me on 13812345678 and I will explain my point.")
    page = body(client.get(f"/en/c/{consultation.slug}/mine/check/"))
    assert "a mobile number" in page
    send(client, consultation.slug, prefix="en")
    assert Comment.objects.get().moderation_state == "held"


def test_a_form_that_comes_back_too_soon_waits_for_a_moderator(client: Client, settings):
    settings.FASTEST_PERSON_SECONDS = 3600
    consultation = call()
    add(client, consultation.slug)
    send(client, consultation.slug)
    assert Comment.objects.get().moderation_state == "held"


def test_a_form_filled_by_a_program_waits_for_a_moderator(client: Client):
    consultation = call()
    add(client, consultation.slug)
    page = fields(body(client.get(f"/zh/c/{consultation.slug}/mine/check/")))
    client.post(f"/zh/c/{consultation.slug}/mine/check/", page | {"website": "http://spam.example"})
    assert Submission.objects.get().flagged
    assert Comment.objects.get().moderation_state == "held"


def test_the_address_is_encrypted_and_the_receipt_is_on_its_way(client: Client):
    consultation = call()
    add(client, consultation.slug)
    send(client, consultation.slug, email="resident@example.org")
    submission = Submission.objects.get()
    assert Contact.objects.get().email == "resident@example.org"
    letter = OutgoingMail.objects.get()
    assert submission.reference in letter.body
    assert f"reference={submission.reference}" in letter.body


def test_a_wrong_address_is_explained_and_kept(client: Client):
    consultation = call()
    add(client, consultation.slug)
    response = client.post(
        f"/en/c/{consultation.slug}/mine/about/", {"email": "resident@", "signature": "Library friend"}
    )
    assert response.status_code == 422
    assert "name@example.org" in body(response)
    assert "Library friend" in body(response)


def test_under_attack_a_challenge_stands_in_the_way(client: Client):
    consultation = call()
    add(client, consultation.slug)
    for _time in range(limits.ATTACK_WINDOW.limit + 1):
        limits.count("site", "all", (limits.ATTACK_WINDOW,))
    page = body(client.get(f"/en/c/{consultation.slug}/mine/check/"))
    assert 'data-behaviour="solve-challenge"' in page
    response = client.post(f"/en/c/{consultation.slug}/mine/check/", fields(page))
    assert response.status_code == 429
    assert "Wait 30 seconds" in body(response)
    assert WORDS in body(response)


def test_too_many_from_one_address_wait_and_lose_nothing(client: Client):
    consultation = call()
    for _time in range(limits.SEND_WINDOWS[0].limit):
        limits.count("send", "127.0.0.1", limits.SEND_WINDOWS)
    add(client, consultation.slug)
    response = send(client, consultation.slug)
    assert response.status_code == 429
    assert WORDS in body(response)
    cache.clear()
    assert send(client, consultation.slug).status_code == 302


def test_changing_and_removing_in_the_basket(client: Client):
    consultation = call()
    add(client, consultation.slug)
    item = client.session["baskets"][consultation.slug]["items"][0]["id"]
    client.post(
        f"/zh/c/{consultation.slug}/art-2/comment/?item={item}",
        {"stance": "oppose", "text": "改过的意见：不同意这样的开放时间。"},
    )
    page = body(client.get(f"/zh/c/{consultation.slug}/mine/"))
    assert "改过的意见" in page
    assert WORDS not in page
    client.post(f"/zh/c/{consultation.slug}/mine/", {"remove": item})
    assert "改过的意见" not in body(client.get(f"/zh/c/{consultation.slug}/mine/"))


def test_the_sender_changes_a_comment_until_the_close(client: Client):
    consultation = call()
    add(client, consultation.slug)
    send(client, consultation.slug)
    comment = Comment.objects.get()
    url = f"/zh/track/{comment.submission.reference}/comments/{comment.pk}/"
    assert client.get(url).status_code == 200
    changed = {"stance": "support", "text": "想过以后我赞成，五天也够了。", "suggested": ""}
    assert client.post(url, changed).status_code == 302
    comment.refresh_from_db()
    assert comment.stance == "support"
    assert comment.revisions.get().text == WORDS
    consultation.closes_at = timezone.now()
    consultation.save()
    late = client.post(url, changed | {"text": "截止以后再改一次试试看行不行。"})
    assert late.status_code == 403
    assert "截止以后再改" in body(late)


def test_withdrawn_comments_are_no_longer_public(client: Client):
    consultation = call()
    add(client, consultation.slug)
    send(client, consultation.slug)
    comment = Comment.objects.get()
    public = f"/zh/c/{consultation.slug}/comments/{comment.pk}/"
    assert Client().get(public).status_code == 200
    client.post(f"/zh/track/{comment.submission.reference}/withdraw/")
    assert Client().get(public).status_code == 404
    assert WORDS in body(client.get(f"/zh/track/{comment.submission.reference}/"))


def test_another_device_sees_nothing_without_the_code(client: Client):
    consultation = call()
    add(client, consultation.slug)
    send(client, consultation.slug)
    reference = Submission.objects.get().reference
    stranger = Client()
    for path in ("", "proof.json", "withdraw/"):
        response = stranger.get(f"/zh/track/{reference}/{path}")
        assert response.status_code in (302, 404)
        assert WORDS not in body(response)
    stranger.cookies[COOKIE] = "forged"
    assert stranger.get(f"/zh/receipt/{reference}/").status_code == 302


@pytest.mark.parametrize("moderation", ["pre", "post"])
def test_sending_needs_few_queries(client: Client, moderation):
    consultation = call(moderation=moderation)
    add(client, consultation.slug)
    page = fields(body(client.get(f"/zh/c/{consultation.slug}/mine/check/")))
    with CaptureQueriesContext(connection) as queries:
        client.post(f"/zh/c/{consultation.slug}/mine/check/", page)
    assert Comment.objects.count() == 1
    # Savepoints are the test's: outside a test the transaction is the outermost one.
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 15, "\n".join(statement[:120] for statement in statements)


def test_a_post_without_csrf_token_is_refused():
    consultation = call()
    strict = Client(enforce_csrf_checks=True)
    assert add(strict, consultation.slug).status_code == 403


def test_the_receipt_is_saved_as_pdf_by_its_holder_alone(client: Client):
    consultation = call()
    add(client, consultation.slug)
    send(client, consultation.slug)
    url = f"/zh/receipt/{Submission.objects.get().reference}/receipt.pdf"
    saved = client.get(url)
    assert saved.status_code == 200
    assert saved.content.startswith(b"%PDF")
    assert Client().get(url).status_code == 404


def test_who_reads_on_comes_back_to_the_article_just_commented_on(client: Client):
    consultation = call()
    add(client, consultation.slug, "art-2")
    page = body(client.get(f"/zh/c/{consultation.slug}/mine/"))
    assert f'href="/zh/c/{consultation.slug}/draft/#art-2"' in page
    add(client, consultation.slug, "")
    page = body(client.get(f"/zh/c/{consultation.slug}/mine/"))
    assert f'href="/zh/c/{consultation.slug}/draft/"' in page
