"""Comments that came on another way: all or nothing, once, with their channel, under the same rules of publication."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from consultations.actions import CommentInput
from consultations.imports import Arrival, import_comments
from consultations.models import Comment
from engage.accounts.actors import ANYONE, SYSTEM
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.participation.models import OutgoingMail, Submission
from engage.participation.rules import external_token
from engage.search.models import SearchEntry
from tests.consultations.factories import call

pytestmark = pytest.mark.django_db


def arrival(external_id: str = "7", text: str = "周末也应当开放。", **values) -> Arrival:
    given = {
        "comments": (CommentInput(key="art_2", stance="unstated", text=text),),
        "language": "zh-hans",
        "received_at": timezone.now() - timedelta(days=1),
    } | values
    return Arrival(external_id, **given)


def take_in(consultation, *arrivals, channel="paper", actor=SYSTEM, **values):
    return import_comments(consultation.slug, arrivals, channel=channel, now=timezone.now(), actor=actor, **values)


def faults_of(consultation, *arrivals) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        take_in(consultation, *arrivals)
    assert refused.value.code == "import_refused"
    return [(fault.external_id, fault.code) for fault in refused.value.values["faults"]]


def test_an_arrival_keeps_its_channel_date_and_clause():
    consultation = call()
    given = arrival(received_at=timezone.now() - timedelta(days=3), region="east", signature="王某")
    done = take_in(consultation, given)
    comment = Comment.objects.get()
    assert (len(done.submissions), done.comments, done.known) == (1, 1, 0)
    assert (comment.clause.key, comment.stance, comment.created_at) == ("art_2", "unstated", given.received_at)
    assert comment.submission.channel == "paper"
    assert (comment.submission.signature, comment.submission.region) == ("王某", "east")
    assert comment.submission.timeline.first().code == "received"


def test_the_same_name_on_the_same_channel_is_taken_in_once():
    consultation, other = call(), call()
    take_in(consultation, arrival("7"), arrival("8"))
    again = take_in(consultation, arrival("7"), arrival("8"), arrival("9"))
    assert (again.comments, again.known) == (1, 2)
    take_in(consultation, arrival("7"), channel="email")
    take_in(other, arrival("7"))
    assert Comment.objects.count() == 5


def test_one_person_may_say_several_things():
    consultation = call()
    both = (CommentInput("art_2", "support", "同意。"), CommentInput("", "oppose", "整体不必要。"))
    done = take_in(consultation, arrival(comments=both))
    assert done.comments == 2
    assert {comment.submission_id for comment in Comment.objects.all()} == {done.submissions[0].pk}


def test_one_fault_keeps_everything_out_and_all_faults_are_told():
    consultation = call(closes=timedelta(hours=-1))
    now = timezone.now()
    wrong = [
        arrival("empty", text=" \n "),
        arrival("nul", text="一\0二"),
        arrival("long", text="长" * 5_001),
        arrival("late", received_at=now),
        arrival("early", received_at=now - timedelta(days=90)),
        arrival("clause", comments=(CommentInput("art_99", "support", "这一条不在。"),)),
        arrival("stance", comments=(CommentInput("", "perhaps", "不知道是什么立场。"),)),
        arrival("nothing", comments=()),
        arrival("language", language="fr"),
        arrival("decision", decision="burnt"),
        arrival("reason", decision="rejected"),
        arrival("good"),
        arrival("good"),
        arrival(" "),
    ]
    assert faults_of(consultation, *wrong) == [
        ("empty", "text_too_short"),
        ("nul", "text_unreadable"),
        ("long", "text_too_long"),
        ("late", "call_closed"),
        ("early", "call_planned"),
        ("clause", "clause_gone"),
        ("stance", "stance_missing"),
        ("nothing", "basket_empty"),
        ("language", "import_language_unknown"),
        ("decision", "unknown_decision"),
        ("reason", "reason_missing"),
        ("good", "import_id_twice"),
        (" ", "import_id_missing"),
    ]
    assert not Submission.objects.exists()
    assert not JournalRow.objects.filter(verb="comments.imported").exists()


def test_paper_that_arrived_in_time_is_taken_in_after_the_close():
    consultation = call(closes=timedelta(hours=-1))
    assert take_in(consultation, arrival()).comments == 1


def test_without_a_decision_the_rule_of_the_call_decides():
    before, after = call(moderation="pre"), call(moderation="post")
    take_in(before, arrival())
    take_in(after, arrival("1"), arrival("2", text="请打我的手机 13812345678。"))
    states = Comment.objects.order_by("pk").values_list("moderation_state", flat=True)
    assert list(states) == ["held", "published", "held"]


def test_a_decision_given_with_it_holds_and_only_what_is_published_is_found():
    consultation = call(moderation="pre")
    take_in(
        consultation,
        arrival("1", decision="published"),
        arrival("2", decision="private"),
        arrival("3", decision="rejected", reason="advertising"),
    )
    comments = Comment.objects.order_by("pk")
    assert [comment.moderation_state for comment in comments] == ["published", "private", "rejected"]
    assert comments[2].moderation_reason == "advertising"
    assert [entry.code for entry in comments[2].submission.timeline.all()] == ["received", "moderated_rejected"]
    assert list(Comment.objects.visible_to(ANYONE)) == [comments[0]]
    assert set(SearchEntry.objects.filter(kind="comment").values_list("owner_id", flat=True)) == {str(comments[0].pk)}


def test_the_journal_tells_the_import_and_each_arrival():
    consultation = call(moderation="pre")
    take_in(consultation, arrival("1"), arrival("2", decision="published"))
    row = JournalRow.objects.get(verb="comments.imported")
    assert row.content == {
        "channel": "paper",
        "submissions": 2,
        "comments": 2,
        "known": 0,
        "states": {"held": 1, "published": 1},
    }
    assert JournalRow.objects.filter(verb="comment.received").count() == 2


def test_only_who_may_moderate_imports():
    consultation = call()
    with pytest.raises(Refused, match="not_allowed"):
        take_in(consultation, arrival(), actor=ANYONE)


@pytest.mark.parametrize("channel", ["", "web", "x" * 65])
def test_an_import_has_a_channel_of_its_own(channel):
    consultation = call()
    with pytest.raises(Refused, match="channel_wrong"):
        take_in(consultation, arrival(), channel=channel)


def test_senders_with_an_address_get_a_receipt_when_asked():
    consultation = call()
    take_in(consultation, arrival("1", email="wang@example.org"), arrival("2"))
    assert not OutgoingMail.objects.exists()
    take_in(consultation, arrival("3", email="wang@example.org"), arrival("4"), title="社区图书馆管理办法")
    assert "社区图书馆管理办法" in OutgoingMail.objects.get().subject


def test_nobody_computes_the_token_of_an_arrival_without_the_key():
    assert external_token("1:paper", "7", "a") != external_token("1:paper", "7", "b")
    assert external_token("1:paper", "7", "a") != external_token("1:pape", "r7", "a")


def test_an_import_costs_the_same_number_of_reads_whatever_its_size(django_assert_max_num_queries):
    consultation = call(moderation="pre")
    with django_assert_max_num_queries(10 + 3 * 50):
        take_in(consultation, *(arrival(str(number)) for number in range(50)))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_equal_imports_at_once_take_each_arrival_in_once():
    consultation = call()
    given = [arrival(str(number)) for number in range(40)]
    faults: list[Exception] = []

    def run() -> None:
        try:
            take_in(consultation, *given)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert Comment.objects.count() == 40
