"""The ledger: nothing before the release, each delivery once through kills, lost answers and several workers."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection
from django.utils import timezone

from engage.accounts.actors import ANYONE, Role
from engage.errors import Refused
from engage.journal.models import JournalRow
from engage.outreach.delivery import actions, adapters, audience_senders, queries, rules
from engage.outreach.delivery.models import Attempt, Channel, Delivery
from engage.participation.actions import deliver_mail
from engage.participation.models import OutgoingMail
from tests.accounts.people import person
from tests.delivery.builders import channel, item, release, row_of
from tests.delivery.receivers import Heard, Receiver, receiver

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-some-length"
State = Delivery.State


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    with receiver() as told:
        settings.OUTBOUND_HOSTS, settings.OUTBOUND_HTTP = [told.host], True
        yield told


@pytest.fixture(autouse=True)
def _exports(settings: Any, tmp_path: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "outbox": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path), "base_url": None},
        }
    }


@contextmanager
def carried_by(adapter: adapters.Adapter) -> Iterator[None]:
    """Let another adapter carry the channels of its code for a while."""
    before = adapters.find(adapter.code)
    adapters.unregister(adapter.code)
    adapters.register(adapter)
    try:
        yield
    finally:
        adapters.unregister(adapter.code)
        if before:
            adapters.register(before)


def hook(other: Receiver, adapter: str = "webhook", **row: Any) -> Channel:
    return channel(adapter, "short", config={"url": f"{other.url}/hook", "secret": SECRET}, **row)


def states(one: Any) -> list[str]:
    return list(Delivery.objects.filter(item=one).order_by("pk").values_list("state", flat=True))


def later(minutes: int = 0) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def keys_of(other: Receiver) -> list[str]:
    return [heard.headers["idempotency-key"] for heard in other.heard]


def test_a_webhook_gets_the_released_bytes_signed(other: Receiver) -> None:
    one = release(item(hook(other)))
    now = later()
    assert actions.hand_over_due(now=now) == 1
    row, heard = row_of(one), other.heard[0]
    assert (row.state, row.tries, row.due_at) == (State.ACKNOWLEDGED, 1, None)
    assert rules.is_signed(heard.headers["engage-signature"], [SECRET], heard.body, int(now.timestamp()))
    told = json.loads(heard.body)
    assert (told["key"], told["sha256"], told["content"]) == (str(row.key), row.sha256, row.content)
    assert told["content"].startswith("【图书馆条例征求意见】") and told["url"].startswith("http")
    assert heard.headers["engage-acknowledge"].endswith(f"/hooks/acknowledge/{row.key}/")
    assert actions.hand_over_due(now=later(600)) == 0
    assert JournalRow.objects.filter(verb="delivery.acknowledged").count() == 1


def test_a_failure_waits_longer_each_time_and_is_given_up_at_last(other: Receiver) -> None:
    other.answer = lambda heard: (503, {}, b"no")
    one, now = release(item(hook(other))), later()
    pauses = []
    for _turn in range(rules.TRIES_MOST):
        assert actions.hand_over_due(now=now) == 1
        row = row_of(one)
        if row.due_at is None:
            break
        pauses.append((row.due_at - now) // timedelta(minutes=1))
        now = row.due_at
    assert pauses[:4] == [1, 2, 4, 8] and len(pauses) == rules.TRIES_MOST - 1
    assert (row.state, row.reason, row.reason_values) == (State.GIVEN_UP, "channel_answered", {"status": 503})
    assert row.attempts.filter(outcome="failed").count() == rules.TRIES_MOST
    assert len(set(keys_of(other))) == 1
    other.answer = lambda heard: (200, {}, b"")
    editor = person(Role.EDITOR)
    actions.retry([row.pk], now=now, actor=editor)
    assert actions.hand_over_due(now=now) == 1
    assert states(one) == [State.ACKNOWLEDGED]
    with pytest.raises(Refused, match="delivery_not_failed"):
        actions.retry([row.pk], now=now, actor=editor)


def test_a_synchronised_site_is_told_until_it_names_the_key_and_stores_it_once(other: Receiver) -> None:
    """The answers are lost twice, then a proxy answers with a friendly page: the other site stored it at the first."""
    stored: dict[str, bytes] = {}
    answers = iter(["lost", "lost", "page", "named"])

    def site(heard: Heard) -> Any:
        stored.setdefault(heard.headers["idempotency-key"], heard.body)
        assert stored[heard.headers["idempotency-key"]] == heard.body
        how = next(answers)
        if how == "lost":
            return None
        named = json.dumps({"acknowledged": heard.headers["idempotency-key"], "id": "their-7"}).encode()
        return (200, {}, named if how == "named" else b"<html>Welcome</html>")

    other.answer = site
    one, now, seen = release(item(hook(other, "sync"))), later(), []
    for _turn in range(4):
        assert actions.hand_over_due(now=now) == 1
        seen.append(row_of(one).state)
        now = row_of(one).due_at or now
    assert seen == [State.FAILED, State.FAILED, State.SENT, State.ACKNOWLEDGED]
    assert (len(stored), row_of(one).remote, len(other.heard)) == (1, "their-7", 4)
    assert actions.hand_over_due(now=now + timedelta(days=30)) == 0


def test_synchronisation_is_never_given_up_by_itself(other: Receiver) -> None:
    other.answer = lambda heard: (500, {}, b"")
    one = release(item(hook(other, "sync")))
    Delivery.objects.update(tries=10_000)
    actions.hand_over_due(now=later())
    assert states(one) == [State.FAILED]


def test_a_later_acknowledgement_ends_the_repetition(other: Receiver, client: Any) -> None:
    other.answer = lambda heard: (202, {}, b"")
    one = release(item(hook(other)))
    actions.hand_over_due(now=later())
    row = row_of(one)
    assert (row.state, row.due_at is not None) == (State.SENT, True)
    url = f"/hooks/acknowledge/{row.key}/"
    body = json.dumps({"acknowledged": str(row.key), "id": "7"}).encode()

    def post(secret: str, at: datetime, to: str = url, said: bytes = body) -> int:
        header = rules.signature_header([secret], int(at.timestamp()), said)
        return client.post(to, said, content_type="application/json", headers={"Engage-Signature": header}).status_code

    now = timezone.now()
    assert client.post(url, body, content_type="application/json").status_code == 403
    assert post("another-secret-entirely", now) == 403
    assert post(SECRET, now - timedelta(minutes=6)) == 403
    assert post(SECRET, now, said=b'{"acknowledged": "x"}') == 422
    assert post(SECRET, now, said=b"[" * 4_000) == 422
    assert post(SECRET, now, said=b" " * 5_000) == 413
    unknown = uuid.uuid4()
    assert post(SECRET, now, f"/hooks/acknowledge/{unknown}/", f'{{"acknowledged": "{unknown}"}}'.encode()) == 404
    assert client.get(url).status_code == 405
    assert states(one) == [State.SENT]
    assert [post(SECRET, now), post(SECRET, now)] == [200, 200]
    row = row_of(one)
    assert (row.state, row.due_at, row.remote) == (State.ACKNOWLEDGED, None, "7")
    assert row.attempts.filter(outcome="acknowledged").count() == 1
    assert actions.hand_over_due(now=later(10_000)) == 0


def test_a_worker_killed_before_sending_leaves_it_to_the_next(other: Receiver) -> None:
    class Killed(adapters.WebhookAdapter):
        def hand_over(self, parcel: Any, config: Any, now: datetime) -> Any:
            raise SystemExit

    one = release(item(hook(other)))
    with carried_by(Killed()), pytest.raises(SystemExit):
        actions.hand_over_due(now=later())
    assert (states(one), other.heard) == ([State.SENDING], [])
    assert actions.hand_over_due(now=later(4)) == 0  # somebody may still have it in hand
    assert actions.hand_over_due(now=later(6)) == 1
    assert (states(one), len(other.heard)) == ([State.ACKNOWLEDGED], 1)
    assert list(row_of(one).attempts.values_list("outcome", flat=True)) == ["lost", "acknowledged"]


def test_a_worker_killed_after_sending_repeats_the_same_request(other: Receiver) -> None:
    class Killed(adapters.WebhookAdapter):
        def hand_over(self, parcel: Any, config: Any, now: datetime) -> Any:
            super().hand_over(parcel, config, now)
            raise SystemExit

    one = release(item(hook(other)))
    with carried_by(Killed()), pytest.raises(SystemExit):
        actions.hand_over_due(now=later())
    assert actions.hand_over_due(now=later(6)) == 1
    first, second = other.heard
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] and first.body == second.body
    assert states(one) == [State.ACKNOWLEDGED]


def test_letters_to_a_list_are_written_once_through_a_kill(mailoutbox: list[Any]) -> None:
    class Killed(adapters.MailListAdapter):
        def hand_over(self, parcel: Any, config: Any, now: datetime) -> Any:
            super().hand_over(parcel, config, now)
            raise SystemExit

    to = channel("mail_list", "mail", config={"addresses": "a@example.org\nb@example.org a@example.org"})
    one = release(item(to))
    with carried_by(Killed()), pytest.raises(SystemExit):
        actions.hand_over_due(now=later())
    assert OutgoingMail.objects.count() == 0
    assert actions.hand_over_due(now=later(6)) == 1
    deliver_mail(now=later(7))
    assert sorted(mail.to[0] for mail in mailoutbox) == ["a@example.org", "b@example.org"]
    assert mailoutbox[0].subject == "图书馆条例征求意见"
    assert mailoutbox[0].alternatives[0][1] == "text/html"
    assert (states(one), row_of(one).recipients) == ([State.ACKNOWLEDGED], 2)


def test_an_export_is_written_whole_once_and_marked_by_hand(tmp_path: Any) -> None:
    one = release(item(channel("file", "article")))
    row = row_of(one)
    name = f"{row.channel.code}/{row.key}.html"
    storages["outbox"].save(name, ContentFile(b"<section"))  # what a crash left of an earlier try
    assert actions.hand_over_due(now=later()) == 1
    row.refresh_from_db()
    assert (tmp_path / name).read_bytes() == row.content.encode()
    told = json.loads((tmp_path / row.channel.code / f"{row.key}.manifest.json").read_bytes())
    assert (told["sha256"], told["file"]) == (row.sha256, name)
    assert (row.state, row.due_at) == (State.SENT, None)
    assert len(list((tmp_path / row.channel.code).iterdir())) == 2
    editor = person(Role.EDITOR)
    actions.mark_posted([row.pk], now=later(), actor=editor)
    assert states(one) == [State.ACKNOWLEDGED]
    with pytest.raises(Refused, match="delivery_not_by_hand"):
        actions.mark_posted([row.pk], now=later(), actor=editor)
    actions.unmark_posted([row.pk], within=timedelta(minutes=1), now=later(), actor=editor)
    assert states(one) == [State.SENT]


def test_followers_are_told_once_through_the_port() -> None:
    queued: list[audience_senders.Message] = []

    def queue(message: audience_senders.Message, now: datetime) -> int:
        queued.append(message)
        return 40

    def progress(keys: Any) -> dict[str, audience_senders.Progress]:
        return {key: audience_senders.Progress(40, 38, 2) for key in keys}

    to = channel("push", "push")
    one = release(item(to, subject=("campaign", "7")))
    before = audience_senders.find(audience_senders.PUSH)
    audience_senders.unregister(audience_senders.PUSH)
    try:
        actions.hand_over_due(now=later())
        assert (states(one), row_of(one).reason) == ([State.FAILED], "sender_missing")
        audience_senders.register(audience_senders.PUSH, audience_senders.Sender(queue, progress))
        assert actions.hand_over_due(now=later(2)) == 1
        assert actions.hand_over_due(now=later(20_000)) == 0
        assert [(message.title, message.subject, message.language) for message in queued] == [
            ("图书馆条例征求意见", ("campaign", "7"), "zh-hans")
        ]
        assert queries.reach("campaign", 7) == {to.code: {"sent": 1, "failed": 0, "acknowledged": 0, "recipients": 38}}
    finally:
        audience_senders.unregister(audience_senders.PUSH)
        if before:
            audience_senders.register(audience_senders.PUSH, before)


def test_reach_counts_each_channel(other: Receiver) -> None:
    site, to = channel(), hook(other)
    other.answer = lambda heard: (500, {}, b"")
    one = release(item(site, to, languages=("zh-hans", "en"), subject=("campaign", "9")))
    actions.hand_over_due(now=later())
    assert queries.reach("campaign", "9") == {
        site.code: {"sent": 2, "failed": 0, "acknowledged": 2, "recipients": 0},
        to.code: {"sent": 0, "failed": 2, "acknowledged": 0, "recipients": 0},
    }
    assert queries.reach("campaign", "1") == {}
    assert len(states(one)) == 4


def test_nothing_goes_before_its_moment_outside_its_window_or_on_a_channel_that_is_off(other: Receiver) -> None:
    noon = timezone.localtime(later()).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    to = hook(other, opens=time(8), closes=time(10))
    one = release(item(to, send_at=noon), now=noon - timedelta(hours=20))
    opening = (noon + timedelta(days=1)).replace(hour=8)
    assert timezone.localtime(row_of(one).scheduled_at) == opening
    assert actions.hand_over_due(now=noon) == 0
    Channel.objects.filter(pk=to.pk).update(enabled=False)
    assert actions.hand_over_due(now=opening) == 0
    Channel.objects.filter(pk=to.pk).update(enabled=True)
    assert actions.hand_over_due(now=opening) == 1
    other.answer = lambda heard: (500, {}, b"")


def test_a_webhook_that_turns_inside_is_refused_and_told(other: Receiver, settings: Any) -> None:
    one = release(item(hook(other)))
    settings.OUTBOUND_HOSTS, settings.OUTBOUND_PORTS = [], [other.port]
    actions.hand_over_due(now=later())
    row = row_of(one)
    assert (row.state, row.reason, other.heard) == (State.FAILED, "outbound_host_closed", [])


def test_stopping_and_who_may(other: Receiver) -> None:
    other.answer = lambda heard: (500, {}, b"")
    one = release(item(hook(other)))
    actions.hand_over_due(now=later())
    row = row_of(one)
    for stranger in (person(Role.OFFICER), person(Role.CITIZEN), ANYONE):
        with pytest.raises(Refused, match="not_allowed"):
            actions.give_up([row.pk], now=later(), actor=stranger)
        assert list(Delivery.objects.visible_to(stranger)) == []
    editor = person(Role.EDITOR)
    actions.give_up([row.pk], now=later(), actor=editor)
    assert (states(one), actions.hand_over_due(now=later(9_000))) == ([State.GIVEN_UP], 0)
    with pytest.raises(Refused, match="delivery_not_open"):
        actions.give_up([row.pk], now=later(), actor=editor)


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_hand_everything_over_once(other: Receiver) -> None:
    to = [hook(other) for _turn in range(3)]
    for _turn in range(4):
        release(item(*to, languages=("zh-hans", "en")))
    now, start, faults = later(), threading.Barrier(4), []

    def work() -> None:
        try:
            start.wait(10)
            actions.hand_over_due(now=now)
        except BaseException as fault:  # shown by the test
            faults.append(fault)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _turn in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert faults == []
    assert len(keys_of(other)) == len(set(keys_of(other))) == 24
    assert set(Delivery.objects.values_list("state", "tries")) == {(State.ACKNOWLEDGED, 1)}
    assert Attempt.objects.count() == 24
