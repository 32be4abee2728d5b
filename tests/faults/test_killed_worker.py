"""A newsletter through two kills of the worker: each address gets it once, or is listed as uncertain.

The worker's whole process is killed with SIGKILL twice while the mail server holds a letter that it has not
acknowledged yet; then another worker finishes. ENGAGE_MAILING_SIZE says to how many; 1,000 without it.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

from engage.outreach.follows.rules import CHUNK
from tests import prepared
from tests.services import NOT_FOR_A_SITE, ROOT, Server
from tests.smtp_sink import Letter, SmtpSink

pytestmark = pytest.mark.faults

SIZE = int(os.environ.get("ENGAGE_MAILING_SIZE", "1000"))
MOMENTS = (SIZE // 5 + 3, SIZE // 2 + 7)
# Longer than any run: a test that waits for nothing must end.
MOST_SECONDS = 60 + SIZE / 20


@pytest.fixture
def database(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment that gives a site a migrated database of its own, of the kind that this run is about."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        if not prepared.migrated_file(tmp_path / "engage.sqlite3"):
            prepared.migrate(ENGAGE_VAR=str(tmp_path))
        yield {}
        return
    import psycopg

    name = f"engage_faults_{secrets.token_hex(4)}"
    template = prepared.migrated_template(url)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template or 'template1'}")
    own = {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
    if not template:
        prepared.migrate(ENGAGE_VAR=str(tmp_path), **own)
    yield own
    # A new connection: a test may have killed the server under the old one.
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Counting(SmtpSink):
    """A mail server that says when so many letters came, before it acknowledges the last of them."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Condition()
        self.hold_at = 0
        self.go_on = threading.Event()

    def take(self, letter: Letter) -> None:
        head = letter.raw.partition(b"\r\n\r\n")[0]
        super().take(Letter(letter.sender, letter.recipients, head))
        with self.came:
            self.came.notify_all()
        if len(self.letters) == self.hold_at:
            self.go_on.wait(MOST_SECONDS)

    def wait_for(self, count: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.letters) >= count, MOST_SECONDS), len(self.letters)


def test_a_newsletter_reaches_each_address_once_or_lists_it_through_two_kills(tmp_path, database):
    outer = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    with Counting() as sink:
        site = {
            **outer,
            "ENGAGE_VAR": str(tmp_path),
            "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
            "ENGAGE_MAILING_LEASE_SECONDS": "2",
            "LOG_LEVEL": "INFO",
            **database,
        }

        def program(*arguments: str) -> str:
            called = [sys.executable, "-m", "tests.faults.mailing_database", *arguments]
            return subprocess.run(called, cwd=ROOT, env=site, stdout=subprocess.PIPE, text=True, check=True).stdout

        def worker() -> Server:
            return Server([sys.executable, "manage.py", "worker"], Path(ROOT), site)

        program("fill", str(SIZE))
        began = time.monotonic()
        for moment in MOMENTS:
            sink.hold_at = moment
            running = worker()
            try:
                sink.wait_for(moment)
            finally:
                running.stop(signal.SIGKILL)
                sink.go_on.set()
            sink.go_on.clear()
        sink.hold_at = 0
        last = worker()
        try:
            last.wait_for("mailing newsletter-1 is done")
        finally:
            assert last.stop() == 0
        seconds = time.monotonic() - began
        came = Counter(sink.recipients)

    states = json.loads(program("states"))
    assert len(states) == SIZE
    assert set(states.values()) <= {"SENT", "UNCERTAIN"}
    assert {address: count for address, count in came.items() if count > 1} == {}
    sent = {address for address, state in states.items() if state == "SENT"}
    uncertain = set(states) - sent
    assert sent <= set(came) and set(came) <= set(states)
    assert 0 < len(uncertain) <= CHUNK * len(MOMENTS)
    names = {re.search(rb"(?im)^message-id: *(\S+)", letter.raw)[1] for letter in sink.letters}
    assert len(names) == len(sink.letters)
    print(
        f"{SIZE} addresses, {len(MOMENTS)} kills, {len(came)} letters arrived, each once; {len(sent)} sent, "
        f"{len(uncertain)} listed as uncertain, of which {len(uncertain & set(came))} had arrived; {seconds:.0f} s"
    )
