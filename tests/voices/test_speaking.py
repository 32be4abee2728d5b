"""For whom somebody speaks, and what only the department reads."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation

from consultations import actions, imports, queries
from consultations.models import Comment
from consultations.voices.models import Organisation
from consultations.voices.organisations import OnBehalf
from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation import desk
from engage.participation.models import Consent, ModerationState, Submission
from engage.search.models import SearchEntry
from tests.accounts.people import person
from tests.consultations.factories import call
from tests.consultations.test_commenting import WORDS, add, body, send
from tests.participation.factories import envelope

pytestmark = pytest.mark.django_db
READING_CLUB = {"organisation": "城南读书会", "organisation_size": "small", "organisation_role": "会长"}


@pytest.fixture(autouse=True)
def _nobody_is_too_fast(settings):
    settings.FASTEST_PERSON_SECONDS = 0


def confidential(consultation, text: str = WORDS, **values) -> Comment:
    given = actions.CommentInput(key="art_2", stance="change", text=text, confidential=True)
    sealed = envelope(**({"received_at": timezone.now()} | values))
    return actions.submit_comments(consultation.slug, [given], sealed, title="", actor=ANYONE).comments.get()


def test_an_organisation_is_named_with_its_size_and_its_speaker_is_not(client: Client):
    consultation = call()
    add(client, consultation.slug)
    send(client, consultation.slug, **READING_CLUB, signature="王小明")
    organisation = Submission.objects.get().organisation
    assert (organisation.name, organisation.size, organisation.role) == ("城南读书会", "small", "会长")
    page = body(client.get(f"/en/c/{consultation.slug}/comments/"))
    assert "城南读书会 · 10 to 49 people" in page
    assert "王小明" not in page
    assert "会长" not in page


@pytest.mark.parametrize("missing", READING_CLUB)
def test_half_an_organisation_is_asked_for_the_rest(client: Client, missing):
    consultation = call()
    add(client, consultation.slug)
    response = client.post(f"/en/c/{consultation.slug}/mine/about/", READING_CLUB | {missing: ""})
    assert response.status_code == 422
    assert f'href="#id_{missing}"' in body(response)


def test_the_action_takes_no_half_organisation_from_other_doors():
    consultation = call()
    for wrong in (
        OnBehalf("", "small", "会长"),
        OnBehalf("读书会", "huge", "会长"),
        OnBehalf("读" * 121, "small", "会长"),
    ):
        with pytest.raises(Refused, match="organisation_incomplete"):
            actions.submit_comments(
                consultation.slug,
                [actions.CommentInput(key="art_2", stance="change", text=WORDS)],
                envelope(received_at=timezone.now()),
                title="",
                on_behalf=wrong,
                actor=ANYONE,
            )
    assert not Organisation.objects.exists()
    assert not Submission.objects.exists()


def test_confidence_is_said_before_sending_and_publication_is_not_agreed_to(client: Client):
    consultation = call()
    assert "Keep this comment confidential" in body(client.get(f"/en/c/{consultation.slug}/art-2/comment/"))
    add(client, consultation.slug, confidential="on")
    client.post(f"/en/c/{consultation.slug}/mine/about/", {})
    page = body(client.get(f"/en/c/{consultation.slug}/mine/check/"))
    assert "1 comment is confidential" in page
    assert "you agree that the text is published" not in page
    send(client, consultation.slug)
    assert Comment.objects.get().confidential
    assert not Consent.objects.exists()


def test_a_confidential_comment_is_counted_and_nowhere_shown(client: Client):
    consultation = call()
    sent = confidential(consultation, text="我是馆员，这件事只能悄悄说。")
    assert sent.moderation_state == ModerationState.PRIVATE
    version = queries.published_version(consultation)
    drawn = queries.text_of(version, language="zh-hans")
    assert {article.clause_id: article.comments for article in drawn.articles if article.comments} == {
        sent.clause_id: 1
    }
    found = queries.call(consultation.slug, language="zh-hans", actor=ANYONE, now=timezone.now())
    assert found.comment_count == 1
    for path in ("draft/", "art-2/", "comments/", "comments/?clause=art-2"):
        assert "悄悄说" not in body(client.get(f"/zh/c/{consultation.slug}/{path}"))
    assert client.get(f"/api/v1/consultations/{consultation.slug}/comments").json()["items"] == []
    assert client.get(f"/zh/c/{consultation.slug}/comments/{sent.pk}/").status_code == 404
    assert not SearchEntry.objects.filter(kind="comment").exists()
    assert "1 more comment is confidential" in body(client.get(f"/en/c/{consultation.slug}/art-2/"))
    assert "1 more comment is confidential" in body(client.get(f"/en/c/{consultation.slug}/comments/"))


def confidential_count(sent: Comment) -> int:
    slug = sent.consultation.slug
    return queries.call(slug, language="zh-hans", actor=ANYONE, now=timezone.now()).confidential_count


def test_the_desk_reads_it_and_can_count_or_reject_it_but_not_publish_it():
    officer = person(Role.OFFICER)
    sent = confidential(call(moderation="pre"))
    assert confidential_count(sent) == 0
    with translation.override("en"):
        (row,) = desk.rows(officer, ModerationState.HELD, {}, 1).rows
        assert row.body == WORDS
        assert "Confidential" in str(row.notes[0])
    assert row.actions == {"private", "reject"}
    with pytest.raises(Refused, match="confidential_stays"):
        participation.moderate(sent, ModerationState.PUBLISHED, actor=officer)
    participation.moderate(sent, ModerationState.PRIVATE, actor=officer)
    assert confidential_count(sent) == 1


def test_the_database_refuses_a_published_confidence():
    sent = confidential(call())
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(pk=sent.pk).update(moderation_state="published")


def test_a_change_keeps_the_confidence(client: Client):
    given = envelope(received_at=timezone.now())
    sent = confidential(call(), token=given.token)
    client.post("/en/track/", {"reference": sent.submission.reference, "code": given.code})
    client.post(
        f"/en/track/{sent.submission.reference}/comments/{sent.pk}/",
        {"stance": "oppose", "text": "改了主意：现在这样就很好，不必再开放。"},
    )
    sent.refresh_from_db()
    assert sent.stance == "oppose"
    assert sent.confidential
    assert sent.moderation_state == ModerationState.PRIVATE


def test_an_import_cannot_publish_a_confidence():
    arrival = imports.Arrival(
        external_id="1",
        comments=(actions.CommentInput(key="art_2", stance="change", text=WORDS, confidential=True),),
        language="zh-hans",
        received_at=timezone.now(),
        decision="published",
    )
    with pytest.raises(Refused, match="import_refused"):
        imports.import_comments(call().slug, [arrival], channel="paper", now=timezone.now(), actor=person(Role.OFFICER))


def test_the_sender_is_told_that_it_counts_and_is_not_shown(client: Client):
    given = envelope(received_at=timezone.now())
    sent = confidential(call(), token=given.token)
    client.post("/en/track/", {"reference": sent.submission.reference, "code": given.code})
    page = body(client.get(f"/en/track/{sent.submission.reference}/"))
    assert "Confidential: counted, not shown" in page
    assert "Everybody can read it" not in page
