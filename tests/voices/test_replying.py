from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from consultations import actions as comments
from consultations import queries
from consultations.drafts.reader import parse_text
from consultations.models import Comment
from consultations.voices import replies, reply_queue
from consultations.voices.models import Reply
from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.departments.models import Department, Membership
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation.models import ModerationState, OutgoingMail
from engage.search.models import SearchEntry
from tests.accounts.people import person, sign_in
from tests.consultations.factories import CHINESE, call, comment, department
from tests.participation.factories import envelope
from tests.publishing.signing import sign_newest

pytestmark = pytest.mark.django_db
ANSWER = "周六已经开放，下个月起周日也开放。"


def officer():
    user = person(Role.OFFICER)
    Membership.objects.create(user=user, department=department(), role=Role.OFFICER)
    return user


def answer(sent: Comment, actor, **values) -> Reply:
    given = {"text": ANSWER, "language": "zh-hans", "now": timezone.now()} | values
    return replies.reply_to_comment(sent.pk, **given, actor=actor)


def body(response) -> str:
    return response.content.decode()


def test_the_department_in_charge_replies_from_the_desk_and_everybody_reads_it(client: Client):
    user = officer()
    sent, *_ = comment(call(), stance="question")
    desk = sign_in(Client(), user)
    assert reply_queue.counts(user) == {"questions": 1}
    desk.post("/desk/queues/replies/act/", {"act": f"reply/comment:{sent.pk}"})
    desk.post(
        "/desk/queues/replies/act/",
        {"act": "reply", "id": f"comment:{sent.pk}", "filled": "yes", "text": ANSWER, "language": "zh-hans"},
    )
    slug = sent.consultation.slug
    assert ANSWER not in body(client.get(f"/en/c/{slug}/comments/?before"))
    sign_newest("reply")
    for path in (f"comments/{sent.pk}/", "comments/", "art-2/"):
        page = body(client.get(f"/en/c/{slug}/{path}"))
        assert ANSWER in page
        assert "Reply by Culture unit" in page
    assert reply_queue.counts(user) == {"questions": 0}


def test_a_reply_stands_under_an_article_for_its_next_version_too(client: Client):
    user = officer()
    consultation = call()
    version = queries.published_version(consultation)
    article = version.clauses.get(key="art_2")
    replies.reply_to_clause(article.pk, text=ANSWER, language="zh-hans", now=timezone.now(), actor=user)
    assert ANSWER in body(client.get(f"/zh/c/{consultation.slug}/art-2/"))
    assert ANSWER not in body(client.get(f"/zh/c/{consultation.slug}/art-1/"))
    cache.clear()
    second = comments.store_draft(
        parse_text(CHINESE.replace("五天", "六天"), language="zh-hans"), draft=version.draft, actor=SYSTEM
    )
    comments.publish_version(second.pk, now=timezone.now(), actor=SYSTEM)
    page = body(client.get(f"/zh/c/{consultation.slug}/art-2/"))
    assert "六天" in page
    assert ANSWER in page


def test_the_sender_reads_it_in_the_timeline_and_gets_a_letter_in_the_own_language(client: Client):
    given = envelope(received_at=timezone.now(), email="reader@example.org", language="en")
    sent, submission, _code = comment(call(), token=given.token, email="reader@example.org", language="en")
    answer(sent, officer())
    client.post("/en/track/", {"reference": submission.reference, "code": given.code})
    page = body(client.get(f"/en/track/{submission.reference}/"))
    assert "The department replied" in page
    assert ANSWER in page
    letter = OutgoingMail.objects.order_by("-pk").first()
    assert letter.subject == "A reply to your comment: Community library rules"
    assert ANSWER in letter.body
    assert submission.reference in letter.body


def test_replies_are_found_by_search_and_read_in_the_api(client: Client):
    sent, *_ = comment(call())
    reply = answer(sent, officer())
    assert SearchEntry.objects.filter(kind="reply", owner_id=str(reply.pk)).exists()
    (row,) = client.get(f"/api/v1/consultations/{sent.consultation.slug}/replies?language=en").json()
    assert (row["comment"], row["clause"], row["text"]) == (sent.pk, "art_2", ANSWER)
    assert row["department"] == "Culture unit"


def test_who_is_no_officer_of_the_department_in_charge_cannot_reply():
    sent, *_ = comment(call())
    elsewhere = person(Role.OFFICER)
    parks = Department.add_root(code="parks", name_zh="园林处", name_en="Parks")
    Membership.objects.create(user=elsewhere, department=parks, role=Role.OFFICER)
    for actor in (ANYONE, person(Role.CITIZEN), person(Role.EDITOR), elsewhere):
        with pytest.raises(Refused):
            answer(sent, actor)
    assert not reply_queue.rows(elsewhere, "comments", {}, 1).rows
    assert not Reply.objects.exists()


def test_before_the_call_opens_nobody_replies():
    consultation = call()
    sent, *_ = comment(consultation)
    consultation.opens_at = timezone.now() + timedelta(days=1)
    consultation.save()
    with pytest.raises(Refused, match="replying_closed"):
        answer(sent, officer())


@pytest.mark.parametrize("text", ["", "好", "长" * 5_001])
def test_a_reply_has_a_length(text):
    sent, *_ = comment(call())
    with pytest.raises(Refused, match="reply_length"):
        answer(sent, officer(), text=text)


def test_a_reply_that_is_taken_back_is_nowhere_and_stays_in_the_record(client: Client):
    user = officer()
    sent, *_ = comment(call())
    reply = answer(sent, user)
    reply_queue.take_back(user, [f"reply:{reply.pk}"], {})
    assert ANSWER not in body(client.get(f"/zh/c/{sent.consultation.slug}/comments/"))
    assert client.get(f"/api/v1/consultations/{sent.consultation.slug}/replies").json() == []
    assert not SearchEntry.objects.filter(kind="reply").exists()
    assert Reply.objects.get().text == ANSWER


def test_a_reply_goes_with_its_comment(client: Client):
    user = officer()
    sent, *_ = comment(call())
    answer(sent, user)
    participation.moderate(sent, ModerationState.REJECTED, reason="off_topic", actor=user)
    assert not SearchEntry.objects.filter(kind="reply").exists()
    assert client.get(f"/api/v1/consultations/{sent.consultation.slug}/replies").json() == []


def test_only_the_sender_reads_the_reply_to_a_confidential_comment(client: Client):
    user = officer()
    consultation = call()
    given = envelope(received_at=timezone.now())
    secret = comments.CommentInput(
        key="art_2", stance="question", text="能不能悄悄告诉我结果？谢谢。", confidential=True
    )
    sent = comments.submit_comments(consultation.slug, [secret], given, title="", actor=ANYONE).comments.get()
    answer(sent, user)
    assert not SearchEntry.objects.filter(kind="reply").exists()
    assert client.get(f"/api/v1/consultations/{consultation.slug}/replies").json() == []
    client.post("/zh/track/", {"reference": sent.submission.reference, "code": given.code})
    assert ANSWER in body(client.get(f"/zh/track/{sent.submission.reference}/"))


@pytest.mark.parametrize("row_id", ["comment:0", "comment:x", "clause:999999", "reply:1", "", "comment:" + "9" * 30])
def test_a_target_that_is_not_there_is_refused(row_id):
    with pytest.raises(Refused, match="reply_gone"):
        reply_queue.reply(officer(), [row_id], {"text": ANSWER, "language": "zh-hans"})


def test_a_page_of_comments_with_replies_needs_few_queries(client: Client, django_assert_max_num_queries):
    user = officer()
    consultation = call()
    for number in range(12):
        sent, *_ = comment(consultation, text=f"第{number}条意见：周末也应当开放。")
        answer(sent, user)
    client.get(f"/zh/c/{consultation.slug}/comments/")
    with django_assert_max_num_queries(8):
        client.get(f"/zh/c/{consultation.slug}/comments/?page=1")
