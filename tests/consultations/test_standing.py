"""Where comments stand, in their own version and in later ones, and how many count."""

import threading

import pytest
from django.db import connection, connections
from django.db.models import Sum
from django.test import Client
from django.utils import timezone

from consultations import actions, queries
from consultations.drafts.reader import parse_text
from consultations.models import Comment, Consultation
from consultations.voices import tasks
from consultations.voices.models import CommentTally
from engage.accounts.actors import SYSTEM, ReceiptHolder
from engage.participation import actions as participation
from tests.consultations.factories import CHINESE, call, comment

# Article 1 is gone, article 2 is reworded and became article 1, article 3 stayed as it was and became article 2.
LATER = """社区图书馆管理办法（征求意见稿二次稿）
（某市文化局起草）

第一章 服务
第一条　开放时间
社区图书馆每周开放不少于六天。
开放时间应当在门口公示：
（一）工作日；
（二）周末和节假日。
第二章 借阅
第二条　借书
居民凭读者证借书，每次不超过五册。
"""
# Articles 2 and 3 in one.
MERGED = """社区图书馆管理办法（征求意见稿二次稿）
（某市文化局起草）

第一章 总则
第一条　目的
为了方便居民读书，制定本办法。
第二条　开放时间和借书
社区图书馆每周开放不少于五天。
开放时间应当在门口公示：
（一）工作日；
（二）周末和节假日。
居民凭读者证借书，每次不超过五册。
"""

pytestmark = pytest.mark.django_db


def publish(consultation: Consultation, chinese: str) -> None:
    draft = queries.published_version(consultation).draft
    version = actions.store_draft(parse_text(chinese, language="zh-hans"), draft=draft, actor=SYSTEM)
    actions.publish_version(version.pk, now=timezone.now(), actor=SYSTEM)


def counted(consultation: Consultation) -> dict[str, int]:
    text = queries.text_of(queries.published_version(consultation), language="zh-hans")
    return {article.key: article.comments for article in text.articles if article.comments}


def recounted(consultation: Consultation) -> dict[int | None, int]:
    """What a look at every comment gives."""
    found: dict[int | None, int] = {}
    for row in Comment.objects.filter(consultation=consultation).select_related("submission"):
        counts = row.moderation_state == "published" or (row.moderation_state == "private" and row.confidential)
        if counts and row.submission.state == "active":
            found[row.clause_id] = found.get(row.clause_id, 0) + 1
    return found


def tallied(consultation: Consultation) -> dict[int | None, int]:
    rows = CommentTally.objects.filter(consultation=consultation).order_by()
    sums = rows.values_list("clause").annotate(n=Sum("change"))
    return {clause: n for clause, n in sums if n}


def body(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_tally_follows_whatever_happens_to_a_comment():
    consultation = call()
    first, first_sent, _code = comment(consultation)
    second, second_sent, _code = comment(consultation)
    comment(consultation, key="")
    third, _sent, _code = comment(consultation, key="art_3")
    assert tallied(consultation) == recounted(consultation) == {first.clause_id: 2, None: 1, third.clause_id: 1}

    participation.moderate(first, "rejected", reason="personal_attack", actor=SYSTEM)
    assert tallied(consultation) == recounted(consultation) == {second.clause_id: 1, None: 1, third.clause_id: 1}

    participation.withdraw(second_sent.pk, actor=ReceiptHolder(second_sent.pk))
    assert tallied(consultation) == recounted(consultation) == {None: 1, third.clause_id: 1}

    Comment.objects.filter(pk=third.pk).update(moderation_state="private", confidential=True)
    assert tallied(consultation) == recounted(consultation) == {None: 1, third.clause_id: 1}

    Comment.objects.filter(pk=third.pk).update(clause=first.clause_id)
    assert tallied(consultation) == recounted(consultation) == {None: 1, first.clause_id: 1}

    Comment.objects.filter(consultation=consultation, clause=None).delete()
    assert tallied(consultation) == recounted(consultation) == {first.clause_id: 1}


def test_a_comment_that_waits_for_a_moderator_does_not_count_before():
    consultation = call(moderation="pre")
    waiting, _sent, _code = comment(consultation)
    assert tallied(consultation) == {}
    participation.moderate(waiting, "published", actor=SYSTEM)
    assert tallied(consultation) == {waiting.clause_id: 1}


def test_folding_changes_no_sum_and_leaves_one_row_a_clause():
    consultation = call()
    for _ in range(3):
        comment(consultation)
        comment(consultation, key="")
    gone, _sent, _code = comment(consultation)
    participation.moderate(gone, "rejected", reason="personal_attack", actor=SYSTEM)
    before = tallied(consultation)
    assert tasks.fold_tallies() == 6
    assert tallied(consultation) == before == recounted(consultation)
    assert CommentTally.objects.filter(consultation=consultation).count() == 2
    assert tasks.fold_tallies() == 0


@pytest.mark.django_db(transaction=True)
def test_what_is_written_while_rows_are_folded_is_counted_once():
    consultation = call()
    made = [comment(consultation)[0] for _ in range(4)]
    failed: list[BaseException] = []

    def flip(row: Comment) -> None:
        try:
            for state in ("held", "published") * 10:
                Comment.objects.filter(pk=row.pk).update(moderation_state=state)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=flip, args=[row]) for row in made]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        tasks.fold_tallies()
    for thread in threads:
        thread.join()
    tasks.fold_tallies()
    assert not failed
    assert tallied(consultation) == recounted(consultation) == {made[0].clause_id: 4}
    assert CommentTally.objects.filter(consultation=consultation).count() == 1


def test_comments_stand_by_the_clause_that_carries_theirs_on(client: Client):
    consultation = call()
    comment(consultation, key="art_1", text="目的应当写得更清楚一些。")
    comment(consultation, key="art_2", text="开放五天太少，周末也应当开放。")
    comment(consultation, key="art_3", text="每次五册太少，应当可以借十册。")
    comment(consultation, key="art_3", text="读者证应当免费办理，不收押金。")
    comment(consultation, key="", text="整部办法写得很好，支持早日施行。")
    publish(consultation, LATER)
    comment(consultation, key="art_2", text="新的第二条我也同意，不用再改。")

    assert counted(consultation) == {"art_1": 1, "art_2": 3}
    first = body(client.get(f"/zh/c/{consultation.slug}/art-1/"))
    assert "开放五天太少" in first and "写于第1版第二条" in first
    assert "目的应当写得更清楚" not in first
    second = body(client.get(f"/zh/c/{consultation.slug}/comments/?clause=art-2"))
    assert "读者证应当免费" in second and "新的第二条我也同意" in second and "开放五天太少" not in second
    whole = body(client.get(f"/zh/c/{consultation.slug}/comments/?clause=whole"))
    assert "整部办法写得很好" in whole and "目的应当写得更清楚" in whole
    assert "写于第1版第一条，现在的版本里已没有这一条" in whole
    rows = client.get(f"/api/v1/consultations/{consultation.slug}/comments").json()["items"]
    where = {row["text"][:4]: (row["clause"], row["written"]) for row in rows}
    assert where["目的应当"] == ("", {"version": 1, "clause": "第一条", "gone": True})
    assert where["开放五天"] == ("art_1", {"version": 1, "clause": "第二条", "gone": False})
    assert where["新的第二"] == ("art_2", None)


def test_comments_on_clauses_that_became_one_stand_there_together(client: Client):
    consultation = call()
    comment(consultation, key="art_2", text="开放五天太少，周末也应当开放。")
    comment(consultation, key="art_3", text="每次五册太少，应当可以借十册。")
    publish(consultation, MERGED)
    assert counted(consultation) == {"art_2": 2}
    page = body(client.get(f"/zh/c/{consultation.slug}/art-2/"))
    assert "开放五天太少" in page and "每次五册太少" in page


def test_comments_keep_their_clause_over_two_versions():
    consultation = call()
    comment(consultation, key="art_3", text="每次五册太少，应当可以借十册。")
    publish(consultation, LATER)
    publish(consultation, CHINESE)
    assert counted(consultation) == {"art_3": 1}


def test_an_unknown_number_of_comments_is_counted_without_reading_them(django_assert_num_queries):
    consultation = call()
    version = queries.published_version(consultation)
    comment(consultation)
    with django_assert_num_queries(2):
        queries.text_of(version, language="zh-hans")
    publish(consultation, LATER)
    later = queries.published_version(consultation)
    with django_assert_num_queries(2) as seen:
        queries.text_of(later, language="zh-hans")
    assert not any("consultations_comment" in query["sql"] for query in seen)


def test_the_database_keeps_count_whichever_it_is():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'voices_tally%'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'voices_tally%'")
        assert {name for (name,) in cursor.fetchall()} >= {"voices_tally_changed", "voices_tally_submission"}
