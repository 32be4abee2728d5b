import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from consultations import queries as calls
from consultations.voices import actions, queries, tasks
from consultations.voices.device import COOKIE
from consultations.voices.models import Agreement, AgreementTotal
from consultations.voices.rules import Agreed
from consultations.voices.views import PRESS_WINDOWS
from engage.errors import Refused
from tests.consultations.factories import call, comment

pytestmark = pytest.mark.django_db


def path(sent, prefix: str = "en") -> str:
    return f"/{prefix}/c/{sent.consultation.slug}/comments/{sent.pk}/agree/"


def press(client: Client, sent, do: str = "agree", prefix: str = "en"):
    client.get(path(sent, prefix))
    return client.post(path(sent, prefix), {"do": do}, follow=True)


def agree(sent, device: str, **values) -> None:
    actions.agree(sent.pk, device=device, **({"own": False, "now": timezone.now()} | values))


def total(sent) -> int:
    tasks.roll_up_agreements()
    return calls.present([calls.public_comment(sent.pk)], calls.text_of(sent.version, language="en"))[0].agreements


def test_a_device_agrees_without_an_account_and_counts_once(client: Client):
    sent, *_ = comment(call())
    assert "You agree with this comment" in press(client, sent).content.decode()
    press(client, sent)
    press(client, sent)
    assert total(sent) == 1
    listed = client.get(f"/en/c/{sent.consultation.slug}/comments/").content.decode()
    assert "1 reader agrees" in listed


def test_agreement_is_never_mixed_with_comments(client: Client):
    sent, *_ = comment(call())
    for number in range(5):
        agree(sent, f"device-{number}")
    assert total(sent) == 5
    found = calls.call(sent.consultation.slug, language="en", actor=actions.ANYONE, now=timezone.now())
    assert found.comment_count == 1


def test_it_can_be_taken_back_on_the_same_day_and_given_again(client: Client):
    sent, *_ = comment(call())
    press(client, sent)
    assert total(sent) == 1
    page = press(client, sent, "take_back").content.decode()
    assert total(sent) == 0
    assert 'value="agree"' in page
    press(client, sent)
    assert total(sent) == 1
    assert Agreement.objects.count() == 1


def test_what_was_given_on_an_earlier_day_stands_and_is_not_counted_twice():
    sent, *_ = comment(call())
    yesterday, now = timezone.now() - timedelta(days=1), timezone.now()
    agree(sent, "device", now=yesterday)
    actions.take_agreement_back(sent.pk, device="device", now=now)
    agree(sent, "device", now=now)
    assert queries.agreed(sent, "device", timezone.localdate(now)) is Agreed.EARLIER
    assert total(sent) == 1
    assert Agreement.objects.count() == 1


def test_another_device_does_not_take_it_back():
    sent, *_ = comment(call())
    agree(sent, "mine")
    actions.take_agreement_back(sent.pk, device="yours", now=timezone.now())
    assert total(sent) == 1


def test_nobody_agrees_with_the_own_comment(client: Client):
    sent, submission, code = comment(call())
    client.post("/en/track/", {"reference": submission.reference, "code": code})
    response = press(client, sent)
    assert response.status_code == 403
    assert "your own comment" in response.content.decode()
    assert not Agreement.objects.exists()


def test_a_press_without_our_mark_is_refused_and_says_why(client: Client):
    sent, *_ = comment(call())
    client.cookies[COOKIE] = "forged:mark"
    response = client.post(path(sent), {"do": "agree"})
    assert response.status_code == 403
    assert "cookie" in response.content.decode()
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(("opens", "closes"), [(-20, -1), (1, 20)])
def test_outside_the_call_nobody_agrees(opens, closes):
    sent, *_ = comment(call())
    consultation = sent.consultation
    now = timezone.now()
    consultation.opens_at, consultation.closes_at = now + timedelta(days=opens), now + timedelta(days=closes)
    consultation.save()
    with pytest.raises(Refused, match="agreeing_closed"):
        agree(sent, "device")
    listed = Client().get(f"/en/c/{consultation.slug}/comments/").content.decode()
    assert f"/comments/{sent.pk}/agree/" not in listed


def test_a_hidden_comment_cannot_be_agreed_with(client: Client):
    sent, *_ = comment(call(moderation="pre"))
    assert client.get(path(sent)).status_code == 404
    with pytest.raises(Refused, match="comment_hidden"):
        agree(sent, "device")


def test_a_program_is_stopped(client: Client):
    sent, *_ = comment(call())
    client.get(path(sent))
    answers = [client.post(path(sent), {"do": "agree"}).status_code for _ in range(PRESS_WINDOWS[0].limit + 1)]
    assert answers[-1] == 429


def test_the_mark_of_one_call_is_not_that_of_another():
    one, *_ = comment(call())
    other, *_ = comment(call())
    agree(one, "device")
    agree(other, "device")
    assert len(set(Agreement.objects.values_list("device", flat=True))) == 2


def test_the_most_agreed_come_first_when_asked_for(client: Client):
    consultation = call()
    sent = [comment(consultation, text=f"第{n}条意见：周末也应当开放。")[0] for n in range(3)]
    for times, one in zip((1, 3, 2), sent, strict=True):
        for number in range(times):
            agree(one, f"device-{number}")
    tasks.roll_up_agreements()
    page = client.get(f"/zh/c/{consultation.slug}/comments/?sort=agreed").content.decode()
    places = [page.index(f'id="c{one.pk}"') for one in sent]
    assert places[1] < places[2] < places[0]


def test_the_roll_up_takes_everything_in_however_much_it_is(monkeypatch):
    monkeypatch.setattr(actions, "ROLL_UP_AT_ONCE", 3)
    sent, *_ = comment(call())
    for number in range(8):
        agree(sent, f"device-{number}")
    assert tasks.roll_up_agreements() == 8
    assert AgreementTotal.objects.get().devices == 8
    assert tasks.roll_up_agreements() == 0


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted_while_the_roll_up_runs():
    sent, *_ = comment(call())
    faults: list[BaseException] = []

    def many(start: int) -> None:
        try:
            for number in range(start, start + 15):
                agree(sent, f"device-{number}")
                actions.roll_up_agreements()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=many, args=(start,)) for start in (0, 15, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert total(sent) == 45
