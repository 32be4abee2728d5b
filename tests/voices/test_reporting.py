import pytest
from django.test import Client

from consultations.voices import actions
from consultations.voices.models import Report
from consultations.voices.views import REPORT_WINDOWS
from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.participation import actions as participation
from engage.participation import desk
from engage.participation.models import ModerationState
from tests.accounts.people import person
from tests.consultations.factories import call, comment

pytestmark = pytest.mark.django_db


def path(sent) -> str:
    return f"/en/c/{sent.consultation.slug}/comments/{sent.pk}/report/"


def send(client: Client, sent, **values):
    client.get(path(sent))
    return client.post(
        path(sent), {"reason": "personal_attack", "note": "It names my neighbour."} | values, follow=True
    )


def reported_rows(officer):
    return desk.rows(officer, desk.REPORTED, {}, 1).rows


def test_a_reader_reports_without_an_account_and_the_desk_shows_it_as_a_view(client: Client):
    officer = person(Role.OFFICER)
    sent, *_ = comment(call())
    assert "You reported this comment" in send(client, sent).content.decode()
    (row,) = reported_rows(officer)
    assert row.id == f"comment:{sent.pk}"
    assert "It names my neighbour." in str(row.notes[0])
    assert "settle" in row.actions
    assert desk.counts(officer)[desk.REPORTED] == 1


def test_pressing_again_changes_the_report_and_makes_no_second_one(client: Client):
    sent, *_ = comment(call())
    send(client, sent)
    send(client, sent, reason="unlawful", note="")
    assert Report.objects.get().reason == "unlawful"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"reason": ""}, "Choose what is wrong"),
        ({"reason": "ugly"}, "Choose what is wrong"),
        ({"note": "长" * 1_020}, "cut 20"),
    ],
)
def test_a_wrong_report_is_explained_and_kept(client: Client, values, message):
    sent, *_ = comment(call())
    response = send(client, sent, **values)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert values.get("note", "It names my neighbour.") in response.content.decode()
    assert not Report.objects.exists()


def test_reporting_has_limits(client: Client):
    sent, *_ = comment(call())
    client.get(path(sent))
    answers = [client.post(path(sent), {"reason": "other"}).status_code for _ in range(REPORT_WINDOWS[0].limit + 1)]
    assert answers[-1] == 429


def test_what_is_left_as_it_is_stays_published_and_leaves_the_view(client: Client):
    officer = person(Role.OFFICER)
    sent, *_ = comment(call())
    send(client, sent)
    done = desk.settle(officer, [f"comment:{sent.pk}"], {})
    sent.refresh_from_db()
    assert sent.moderation_state == ModerationState.PUBLISHED
    assert not reported_rows(officer)
    desk.unsettle(officer, done.undo)
    assert len(reported_rows(officer)) == 1


def test_a_rejection_closes_the_reports(client: Client):
    officer = person(Role.OFFICER)
    sent, *_ = comment(call())
    send(client, sent)
    participation.moderate(sent, ModerationState.REJECTED, reason="personal_attack", actor=officer)
    assert Report.objects.get().settled_by == officer
    assert not reported_rows(officer)


def test_only_moderators_settle():
    sent, *_ = comment(call())
    for actor in (ANYONE, person(Role.CITIZEN), person(Role.EDITOR)):
        with pytest.raises(Refused, match="not_allowed"):
            actions.settle_reports(sent, actor)


def test_a_hidden_comment_cannot_be_reported(client: Client):
    sent, *_ = comment(call(moderation="pre"))
    assert client.get(path(sent)).status_code == 404


def test_moderators_see_personal_data_marked_and_what_the_public_will_read():
    officer = person(Role.OFFICER)
    sent, *_ = comment(call(), text="请打我电话13812345678，我愿意说明理由。")
    (row,) = desk.rows(officer, ModerationState.HELD, {}, 1).rows
    assert ("13812345678", True) in row.pieces
    assert "".join(words for words, _marked in row.pieces) == sent.text
    assert "13812345678" not in row.seen
    assert "我愿意说明理由" in row.seen


def test_a_text_without_personal_data_is_shown_plainly():
    assert desk.marked("开放五天太少。") == []
