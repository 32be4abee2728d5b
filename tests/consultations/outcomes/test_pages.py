"""What readers and senders see: the outcome, the lists, the feeds, the tracking page, the letters; nothing before."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from django.utils.html import strip_tags

from consultations.models import Comment
from consultations.outcomes import actions, queries, tasks
from consultations.outcomes.models import Export, Outcome
from engage.accounts.actors import SYSTEM, ReceiptHolder, Role
from engage.participation import actions as participation
from engage.participation.models import OutgoingMail
from engage.participation.queries import tracked
from tests.consultations.factories import call, comment
from tests.consultations.outcomes.builders import (
    close,
    decided_call,
    hand_in,
    person,
    point,
    published,
    revision,
    submitted,
    written,
)
from tests.publishing.signing import sign_object

# What pages show; the tables of tests/security open them on PostgreSQL too.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite_only]
SECRETS = ("周末开放了", "Libraries open at weekends", "方便上班的居民", "People who work can come")


def text_of(page: str) -> str:
    return " ".join(strip_tags(page).split())


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return response.content.decode()


@pytest.mark.parametrize("stage", ["draft", "submitted"])
def test_nothing_leaks_before_publication(client, stage):
    consultation = decided_call()
    if stage == "submitted":
        outcome = submitted(consultation)
        outcome.exports.get_or_create(kind="csv", language="zh-hans", state=Export.State.READY)
    else:
        written(consultation, author=person(Role.EDITOR))
    slug = consultation.slug
    for path in (
        f"/zh/c/{slug}/outcome/",
        f"/en/c/{slug}/outcome/",
        f"/zh/c/{slug}/outcome/csv",
        f"/en/c/{slug}/outcome/xlsx",
        f"/api/v1/consultations/{slug}/outcome",
    ):
        assert client.get(path).status_code == 404, path
    seen = [
        read(client, path)
        for path in (
            "/zh/", "/en/", "/zh/c/", "/zh/answers/", "/en/answers/", "/zh/awaiting-outcome/", "/zh/answers/feed.rss",
            "/en/answers/feed.atom", "/sitemap.xml", f"/zh/c/{slug}/", f"/zh/c/{slug}/draft/", f"/zh/c/{slug}/art-2/",
            "/zh/search/?q=周末", "/en/search/?q=weekends", "/api/v1/consultations/",
        )
    ]  # fmt: skip
    sent = consultation.comments.first().submission
    with translation.override("zh-hans"):
        holder = ReceiptHolder(sent.pk)
        seen.append(str(tracked(sent, actor=holder, now=timezone.now()).story))
    assert tasks.write_letters() == 0
    for page in seen:
        for secret in (*SECRETS, f"/{slug}/outcome"):
            assert secret not in page
    assert f"/c/{slug}/" in seen[5]


def test_the_outcome_of_a_hidden_call_is_hidden(client):
    outcome = published()
    outcome.exports.filter(kind="csv", language="zh-hans").update(state=Export.State.READY)
    outcome.consultation.pages.update(live=False)
    slug = outcome.consultation.slug
    for path in (f"/zh/c/{slug}/outcome/", f"/zh/c/{slug}/outcome/csv", f"/api/v1/consultations/{slug}/outcome"):
        assert client.get(path).status_code == 404
    for path in ("/zh/answers/", "/zh/answers/feed.rss", "/sitemap.xml", "/zh/"):
        assert f"/{slug}/outcome" not in read(client, path)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "zh",
            [
                "周末开放了。",
                "周末开放",
                "方便上班的居民。",
                "藏书有限。",
                "五册太少",
                "七月一日起实行。",
                "第二条 开放时间",
            ],
        ),
        (
            "en",
            [
                "Libraries open at weekends.",
                "People who work can come.",
                "The stock is limited.",
                "Five books are too few",
                "In force from 1 July.",
                "Article 2 Opening hours",
            ],
        ),
    ],
)
def test_the_page_says_everything_in_both_languages(client, language, said):
    outcome = published()
    page = read(client, f"/{language}/c/{outcome.consultation.slug}/outcome/")
    for words in said:
        assert words in page
    if language == "zh":
        assert "<del>五天</del><ins>六天，周末也开放</ins>" in page
        assert "Weekends" not in page
    else:
        assert "<del>five</del><ins>six</ins>" in page
        assert not re.search(r"[\u4e00-\u9fff]", text_of(page.split("<main")[1].split("</main>")[0]))


def test_small_counts_of_people_are_hidden_on_the_page_and_in_the_api(client):
    consultation = decided_call(people=30)
    outcome = published(consultation)
    page = read(client, f"/en/c/{consultation.slug}/outcome/")
    assert '<th scope="row">South</th><td class="num">&lt;5</td>' in page
    assert '<th scope="row">North</th><td class="num">hidden</td>' in page
    assert "Counts below 5 are hidden" in page
    api = client.get(f"/api/v1/consultations/{consultation.slug}/outcome?language=en").json()
    (regions,) = [table for table in api["took_part"] if table["by"] == "region"]
    assert {group["label"]: (group["people"], group["hidden"]) for group in regions["groups"]} == {
        "North": (None, "protecting"),
        "South": (None, "small"),
    }
    assert outcome.content["took_part"]["region"] == {"north": "protecting", "south": "small"}


def test_a_quote_disappears_when_its_comment_is_hidden(client):
    consultation, author = decided_call(), person(Role.EDITOR)
    outcome = written(consultation, author=author)
    quoted = consultation.comments.order_by("pk").first()
    clause = outcome.version.clauses.get(key="art_2")
    actions.write_clause(
        outcome.pk, clause.pk, reasons={}, quotes=[quoted.pk], revision=revision(outcome), actor=author
    )
    hand_in(outcome, author)
    sign_object(actions.KIND, outcome)
    path = f"/zh/c/{consultation.slug}/outcome/"
    assert quoted.text in read(client, path)
    participation.moderate(quoted, "rejected", reason="personal_attack", actor=SYSTEM)
    client.cookies["sessionid"] = "another"  # past the short cache of whole pages
    assert quoted.text not in read(client, path)


def test_lists_show_that_a_call_is_answered(client):
    outcome = published()
    slug = outcome.consultation.slug
    assert "outcome published" in read(client, "/en/c/")
    assert f"/c/{slug}/" in read(client, "/en/c/?state=answered")
    assert f"/c/{slug}/" not in read(client, "/en/c/?state=analysing")
    assert f"/c/{slug}/outcome/" in read(client, f"/en/c/{slug}/")
    assert client.get("/api/v1/consultations/").json()[0]["state"] == "answered"
    home = read(client, "/zh/")
    assert "<del>五天</del>" in home
    digest = read(client, "/en/answers/")
    for words in ("We asked", "You said", "We did", "Libraries open at weekends.", "Weekends"):
        assert words in digest
    for feed in ("rss", "atom"):
        assert f"/en/c/{slug}/outcome/" in read(client, f"/en/answers/feed.{feed}")
    assert f"/zh/c/{slug}/outcome/" in read(client, "/sitemap.xml")
    assert f"/en/c/{slug}/outcome/" in read(client, "/en/search/?q=weekends")


def test_calls_past_their_promised_day_are_listed_until_they_are_answered(client):
    late, in_time, still_open = decided_call(), call(), call()
    late.closes_at = timezone.now() - timedelta(days=65)
    late.opens_at = late.closes_at - timedelta(days=30)
    late.save()
    close(in_time)
    page = read(client, "/en/awaiting-outcome/")
    first, second = page.split("Being prepared")
    assert f"/c/{late.slug}/" in first and "days late" in first
    assert f"/c/{in_time.slug}/" in second
    assert f"/c/{still_open.slug}/" not in page
    published(late)
    assert f"/c/{late.slug}/" not in read(Client(headers={"host": "other.test"}), "/en/awaiting-outcome/")


def test_files_are_handed_over_when_ready_and_said_to_come_before(client):
    from consultations.outcomes import exports

    outcome = published()
    path = f"/zh/c/{outcome.consultation.slug}/outcome/"
    response = client.get(f"{path}csv")
    assert (response.status_code, response.url) == (302, f"{path}#files")
    export = outcome.exports.select_related("outcome__consultation").get(kind="csv", language="zh-hans")
    exports.make(export)
    response = client.get(f"{path}csv")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    assert b"".join(response.streaming_content).startswith(b"\xef\xbb\xbf")
    assert client.get(f"{path}exe").status_code == 404


def test_the_page_costs_the_same_number_of_queries_whatever_its_size(client, django_assert_max_num_queries):
    slug = published(decided_call(people=40)).consultation.slug
    client.get(f"/zh/c/{slug}/outcome/?warm")
    with django_assert_max_num_queries(20) as small:
        client.get(f"/zh/c/{slug}/outcome/?small")
    for _number in range(3):
        published()
    with django_assert_max_num_queries(14):
        client.get("/zh/answers/")
    with django_assert_max_num_queries(len(small)):
        client.get(f"/zh/c/{slug}/outcome/?again")


def test_building_takes_the_same_number_of_queries_whatever_its_size(django_assert_num_queries):
    def queries_of(people: int) -> int:
        outcome = written(decided_call(people=people), author=person(Role.EDITOR))
        outcome = Outcome.objects.select_related("consultation", "version", "version_after").get(pk=outcome.pk)
        with CaptureQueriesContext(connection) as caught:
            assert not queries.build(outcome).missing
        return len(caught)

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    few, many = queries_of(2), queries_of(25)
    assert few == many <= 60


# --- the sender


def story_of(made: Comment, language: str = "zh-hans"):
    submission = made.submission
    with translation.override(language):
        return tracked(submission, actor=ReceiptHolder(submission.pk), now=timezone.now())


def test_the_sender_reads_decision_reason_and_changed_words(client):
    outcome = published()
    consultation = outcome.consultation
    made = consultation.comments.filter(clause__key="art_2").first()
    story = story_of(made).story
    (part,) = story.context["parts"]
    (answer,) = part["own"].answers
    assert (answer.disposition, answer.reason) == ("adopted", "方便上班的居民。")
    assert ("del", "五天") in part["own"].pieces
    assert [step.state for step in story.steps] == ["done"] * 5
    assert "文化处" in story.holder
    assert [line.text for line in story_of(made).lines][-1]
    with translation.override("en"):
        refused = consultation.comments.filter(clause__key="art_3").first()
        (part,) = story_of(refused, "en").story.context["parts"]
    assert part["own"].answers[0].reason == "The stock is limited."
    assert part["own"].pieces == []


def test_the_tracking_page_shows_it(client):
    consultation = decided_call()
    consultation.closes_at = timezone.now() + timedelta(days=1)
    consultation.save()
    made, submission, code = comment(consultation, text="周末开放，晚上也开放。谢谢大家的辛苦。")
    point(made, consultation.themes.get(name="周末开放"), start=0, end=5)
    close(consultation)
    published(consultation)
    client.post("/zh/track/", {"reference": submission.reference, "code": code})
    page = read(client, f"/zh/track/{submission.reference}/")
    assert "<blockquote>周末开放，</blockquote>" in page
    assert "方便上班的居民。" in page
    assert "<del>五天</del><ins>六天，周末也开放</ins>" in page
    assert f"/zh/c/{consultation.slug}/outcome/" in page


def test_a_withdrawn_submission_gets_no_answer():
    consultation = decided_call()
    consultation.closes_at = timezone.now() + timedelta(days=1)
    consultation.save()
    made, submission, _code = comment(consultation, text="周末开放，越早越好，谢谢。", email="gone@example.org")
    point(made, consultation.themes.get(name="周末开放"))
    from consultations.actions import withdraw_comments

    withdraw_comments(submission.pk, ReceiptHolder(submission.pk))
    close(consultation)
    outcome = published(consultation)
    assert outcome.content["totals"]["comments"] == 8
    assert not outcome.answers.filter(comment=made).exists()
    assert not submission.timeline.filter(code="decided").exists()


def decided_letters() -> dict[str, OutgoingMail]:
    found = {}
    for mail in OutgoingMail.objects.select_related("contact").order_by("pk"):
        if "有了结果" in mail.subject or "decided" in mail.subject:
            found.setdefault(mail.contact.email, []).append(mail)
    return found


def test_everybody_with_an_address_gets_their_own_answer_once(monkeypatch):
    monkeypatch.setattr(tasks, "LETTERS_PER_TURN", 2)
    outcome = published()
    turns = [tasks.write_letters() for _turn in range(5)]
    assert turns == [2, 2, 1, 0, 0]
    found = decided_letters()
    assert sorted(found) == [f"{name}@example.org" for name in ("family0", "family1", "reader1", "reader3", "reader5")]
    assert all(len(mails) == 1 for mails in found.values())
    (english,) = found["family1@example.org"]
    assert "Five books are too few for a family, reader 1." in english.body
    assert "reader 0" not in english.body
    assert "The stock is limited." in english.body
    (chinese,) = found["reader3@example.org"]
    for words in ("方便上班的居民。", "五天", "六天，周末也开放", f"/zh/c/{outcome.consultation.slug}/outcome/"):
        assert words in chinese.body
    assert not re.search(r"[A-Za-z]{4,}", re.sub(r"http\S+|C-\d+-\d+-\w", "", chinese.body))
    outcome.refresh_from_db()
    assert outcome.lettered_at is not None


def test_a_worker_that_dies_in_a_batch_writes_each_letter_once(monkeypatch):
    outcome = published()
    calls_made = []

    def die_at_the_third(*given):
        calls_made.append(given)
        if len(calls_made) == 3:
            raise RuntimeError("killed")
        return original(*given)

    from consultations.outcomes import letters as room

    original = room.write_letter
    monkeypatch.setattr(room, "write_letter", die_at_the_third)
    with pytest.raises(RuntimeError):
        actions.write_letters(outcome.pk, limit=10, now=timezone.now())
    assert decided_letters() == {}
    monkeypatch.undo()
    actions.write_letters(outcome.pk, limit=10, now=timezone.now())
    assert all(len(mails) == 1 for mails in decided_letters().values())
    assert len(decided_letters()) == 5


def test_a_correction_writes_only_to_those_whose_answer_changed():
    outcome = published()
    while tasks.write_letters():
        pass
    from consultations.coding.models import Decision
    from tests.consultations.outcomes.builders import decide

    consultation, author = outcome.consultation, person(Role.EDITOR)
    books = consultation.themes.get(name="Five books are too few")
    Decision.objects.filter(theme=books).update(replaced_at=timezone.now())
    decide(books, "in_part", "家庭可借八册。", "Families may borrow eight.", reason_code="other")
    correction = actions.open_outcome(consultation.pk, actor=author)
    hand_in(correction, author)
    sign_object(actions.KIND, correction)
    while tasks.write_letters():
        pass
    counted = {address: len(mails) for address, mails in decided_letters().items()}
    assert counted == {
        "family0@example.org": 2, "family1@example.org": 2,
        "reader1@example.org": 1, "reader3@example.org": 1, "reader5@example.org": 1,
    }  # fmt: skip
    assert "corrected" in decided_letters()["family0@example.org"][1].body


def test_who_was_not_told_when_the_correction_came_gets_the_whole_answer():
    outcome = published()
    assert tasks.write_letters() == 5 and outcome.answers.exists()
    last = outcome.consultation.comments.latest("submission").submission_id
    Outcome.objects.filter(pk=outcome.pk).update(lettered_up_to=last - 1)
    OutgoingMail.objects.filter(submission=last).delete()
    author = person(Role.EDITOR)
    correction = actions.open_outcome(outcome.consultation_id, actor=author)
    hand_in(correction, author)
    sign_object(actions.KIND, correction)
    while tasks.write_letters():
        pass
    assert [mail.submission_id for mail in OutgoingMail.objects.filter(about=correction.letters)] == [last]
