"""Signatures at full load while the web server, the worker and PostgreSQL are killed with SIGKILL in turn.

Every receipt that was shown has its row, there are as many rows as requests, and each signer was written to once or is
listed as unsent. ENGAGE_SIGNATURES says how many sign; without it 1,500. The aim is 200,000.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import pytest

from tests.faults.test_killed_worker import database
from tests.services import NOT_FOR_A_SITE, ROOT, Server, free_port
from tests.smtp_sink import SmtpSink

__all__ = ["database"]

pytestmark = pytest.mark.faults

SIZE = int(os.environ.get("ENGAGE_SIGNATURES", "1500"))
CONNECTIONS = 24
CSRF = "c" * 32
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SETTLED_SECONDS = 60 + SIZE // 50


class Crowd:
    """So many people who press until they see a receipt, each with the token of the form that they filled in."""

    def __init__(self, size: int, petition: int, port: int) -> None:
        self.chance = random.Random(20_261_126)
        self.waiting = [self.person() for _number in range(size)]
        self.petition, self.port = petition, port
        self.shown: dict[str, str] = {}

    def person(self) -> dict[str, str]:
        """Make somebody with a name, an address and a network of their own."""
        words = ["".join(self.chance.choices(LETTERS, k=self.chance.randint(4, 9))) for _word in range(4)]
        return {
            "csrfmiddlewaretoken": CSRF,
            "token": str(UUID(int=self.chance.getrandbits(128), version=4)),
            "name": f"{words[0].title()} {words[1].title()}",
            "email": f"{words[0]}.{words[1]}{self.chance.randint(1, 10**6)}@example.org",
            "region": "east",
            "eligible": "yes",
        }

    def request(self, person: dict[str, str]) -> bytes:
        """Return the press of the button as a browser sends it."""
        body = urlencode(person).encode()
        network = ".".join(str(self.chance.randint(1, 250)) for _part in range(4))
        head = [
            f"POST /zh/petitions/{self.petition}/sign/ HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            f"Cookie: csrftoken={CSRF}",
            f"X-Forwarded-For: {network}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*head, "", ""]).encode() + body

    async def one(self, moments: dict[int, list]) -> None:
        """Press for one person after the other; who sees no receipt presses again."""
        line = None
        while self.waiting:
            person = self.waiting.pop()
            try:
                line = line or await asyncio.open_connection("127.0.0.1", self.port)
                line[1].write(self.request(person))
                head = (await line[0].readuntil(b"\r\n\r\n")).decode().split("\r\n")
                length = next(int(one.split(":")[1]) for one in head if one.lower().startswith("content-length"))
                await line[0].readexactly(length)
            except (OSError, asyncio.IncompleteReadError):
                line = None
            if line is None or head[0].split()[1] != "303":
                # Nobody answers, or the database is away: the form is still open.
                self.waiting.append(person)
                await asyncio.sleep(0.05)
                continue
            place = next(one.split(": ", 1)[1] for one in head if one.lower().startswith("location: "))
            self.shown[place.rstrip("/").rsplit("/", 1)[1]] = person["email"]
            for kill in moments.pop(len(self.shown), []):
                await asyncio.to_thread(kill)

    def sign(self, moments: dict[int, list]) -> None:
        """Everybody signs; after so many receipts something is killed."""

        async def everybody() -> None:
            await asyncio.gather(*(self.one(moments) for _number in range(CONNECTIONS)))

        asyncio.run(everybody())


class Part:
    """A process of the site that is killed and comes back."""

    def __init__(self, arguments: list[str], environment: dict[str, str], said: str = "") -> None:
        self.arguments, self.environment, self.said = arguments, environment, said
        self.start()

    def start(self) -> None:
        """Start it and wait until it is there."""
        self.server = Server([sys.executable, *self.arguments], ROOT, self.environment)
        if self.said:
            self.server.wait_for(self.said)

    def kill(self) -> None:
        """Kill it with all its children, then start it again."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Kill it with all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()


def kill_postgres(url: str) -> None:
    """Kill a process of the database server that serves us: the server drops everybody and recovers from its log."""
    import psycopg

    with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as line:
        row = line.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
        ).fetchone()
        if row:
            os.kill(row[0], signal.SIGKILL)


@contextmanager
def parts(environment: dict[str, str], port: int) -> Iterator[tuple[Part, Part]]:
    """Run the site as in production: threads under WSGI, and the worker beside them."""
    arguments = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--workers", "1", "--blocking-threads", "8", "engage.wsgi:application"]
    web = Part(arguments, environment, "Started worker-1")
    worker = Part(["manage.py", "worker"], environment)
    try:
        yield web, worker
    finally:
        web.stop()
        worker.stop()


def test_every_receipt_has_its_row_and_each_signer_is_written_to_once(tmp_path: Path, database: dict[str, str]):
    port = free_port()
    outer = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    with SmtpSink() as sink:
        site = {
            **outer,
            "ENGAGE_VAR": str(tmp_path),
            "PORT": str(port),
            "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
            "TRUSTED_PROXY_COUNT": "1",
            "ENGAGE_MAILING_LEASE_SECONDS": "5",
            **database,
        }

        def ask(*what: str) -> str:
            command = [sys.executable, "-m", "tests.faults.signing_database", *what]
            return subprocess.run(command, cwd=ROOT, env=site, stdout=subprocess.PIPE, text=True, check=True).stdout

        petition = ask("fill").strip()
        crowd = Crowd(SIZE, int(petition), port)
        with parts(site, port) as (web, worker):
            moments = {SIZE // 4: [web.kill], SIZE // 2: [worker.kill]}
            # The server that the whole run shares is left alone unless it is told to be ours.
            if database and os.environ.get("ENGAGE_KILL_POSTGRES"):
                moments[SIZE * 3 // 4] = [lambda: kill_postgres(database["DATABASE_URL"])]
            crowd.sign(moments)
            ends = time.monotonic() + SETTLED_SECONDS
            while int(ask("waiting")) and time.monotonic() < ends:
                time.sleep(1)
        rows = json.loads(ask("states", petition))

    assert len(crowd.shown) == SIZE
    assert len(rows) == SIZE
    assert {reference: row[0] for reference, row in rows.items()} == crowd.shown
    signers = set(crowd.shown.values())
    written_to = Counter(address for letter in sink.letters for address in signers.intersection(letter.recipients))
    assert max(written_to.values()) == 1
    for address, state in rows.values():
        if state == "sent":
            assert written_to[address] == 1, address
        else:
            assert state in ("uncertain", "stopped", "failed"), (address, state)
    sent = sum(state == "sent" for _address, state in rows.values())
    assert sent > SIZE * 0.9, Counter(state for _address, state in rows.values())
