"""The channel of mail that comes in: what is looked at, when it alarms, and that looking leaves no trace."""

from __future__ import annotations

import os
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from engage.outreach.health import registry
from engage.outreach.health.registry import Result
from engage.outreach.health.rules import State
from mailbox.post import actions
from mailbox.post.models import InMail
from mailbox.post.probes import INCOMING, incoming
from tests.mailbox.factories import NOW, house
from tests.mailbox.test_post_intake import BASE, Imap, free_port, letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.MAIL_ADDRESS = BASE
    house()


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_DROP_DIR = str(tmp_path)
    return tmp_path


@pytest.fixture
def server() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        server.seen, server.fetched, server.daemon_threads = None, letter(), True  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"imap://mei:word@127.0.0.1:{server.server_address[1]}/INBOX"
        server.shutdown()


def put(folder: Path, minutes: int) -> Path:
    """Put a mail into the folder, so long ago."""
    path = folder / "a.eml"
    path.write_bytes(letter())
    at = (NOW - timedelta(minutes=minutes)).timestamp()
    os.utime(path, (at, at))
    return path


def test_it_is_one_of_the_channels_and_has_nothing_to_say_of_a_site_that_takes_no_mail(settings: Any) -> None:
    assert registry.get("mail-in") is INCOMING
    actions.take_in(letter(), way=InMail.Way.DROP, now=NOW - timedelta(days=9))
    settings.MAIL_ADDRESS = ""
    assert incoming(NOW) == Result()


@pytest.mark.parametrize(
    ("minutes", "state", "detail"),
    [(1, State.OK, ""), (10, State.SLOW, "folder_full"), (90, State.FAILING, "folder_full")],
)
def test_mail_that_lies_in_its_folder_alarms(folder: Path, minutes: int, state: State, detail: str) -> None:
    path = put(folder, minutes)
    (folder / "b.eml.part").write_bytes(b"x")
    found = incoming(NOW)
    assert (found.state, found.detail) == (state, detail)
    assert path.exists() and not InMail.objects.exists()


def test_a_folder_that_is_not_there_alarms(folder: Path, settings: Any) -> None:
    settings.MAIL_DROP_DIR = str(folder / "none")
    assert (incoming(NOW).state, incoming(NOW).detail) == (State.FAILING, "folder_away")


def test_the_mailbox_on_a_server_is_looked_into_and_nothing_is_fetched(server: str, settings: Any) -> None:
    settings.MAIL_IMAP_URL = server
    assert incoming(NOW).state is State.OK
    assert not InMail.objects.exists()
    settings.MAIL_IMAP_URL = f"imap://a:b@127.0.0.1:{free_port()}/INBOX"
    assert (incoming(NOW).state, incoming(NOW).detail) == (State.FAILING, "server_away")


@pytest.mark.parametrize(
    ("minutes", "state"), [(1, State.OK), (10, State.SLOW), (90, State.FAILING)], ids=["new", "late", "very late"]
)
def test_what_was_taken_in_and_is_not_read_alarms(minutes: int, state: State) -> None:
    actions.take_in(letter(), way=InMail.Way.DROP, now=NOW - timedelta(minutes=minutes))
    found = incoming(NOW)
    assert (found.state, found.queue_age_seconds) == (state, minutes * 60)
    assert found.figures == {"new": 1, "for_a_person": 0, "hours_since_last": minutes // 60}
    actions.read_new(now=NOW)
    assert incoming(NOW).state is State.OK


def test_what_waits_for_a_person_alarms_after_three_days() -> None:
    actions.take_in(letter(**{"from": "", "message_id": "<e@e>"}), way=InMail.Way.SMTP, now=NOW)
    actions.read_new(now=NOW)
    assert InMail.objects.get().state == InMail.State.NEEDS_READING
    assert incoming(NOW + timedelta(days=2)).state is State.OK
    found = incoming(NOW + timedelta(days=4))
    assert (found.state, found.detail, found.values) == (State.SLOW, "for_a_person", {"n": 1})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_sentence_names_a_host_or_a_folder(language: str) -> None:
    with translation.override(language):
        for sentence in (*INCOMING.details.values(), *INCOMING.figures.values(), INCOMING.label, INCOMING.instead):
            assert "%(" not in str(sentence) % {"n": 3}
