"""A receipt that was shown is kept, and nothing is there twice, however the server ends.

The whole process group is killed with SIGKILL while 500 people press "send" at once. Then everybody presses again, with
a receipt or without. Acknowledged means committed: on SQLite and on PostgreSQL. ENGAGE_FAULT_ROUNDS says how often, up
to twenty times; once without it, for a round takes some twenty seconds.
"""

import asyncio
import json
import os
import random
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import pytest

from tests import prepared
from tests.services import NOT_FOR_A_SITE, ROOT, RunningSite, running_site

pytestmark = pytest.mark.faults

ROUNDS = int(os.environ.get("ENGAGE_FAULT_ROUNDS", "1"))
PEOPLE = 500
# Moments of the kill: after so many receipts, the same in every run of the test.
MOMENTS = random.Random(20_260_214).sample(range(1, 400), 20)[:ROUNDS]


@dataclass
class Person:
    """Somebody one click before sending, and the reference that they were shown."""

    path: str
    token: str
    session: str
    address: str = field(default_factory=lambda: ".".join(str(secrets.randbelow(254) + 1) for _ in range(4)))
    shown: str = ""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment that gives a site a database of its own, of the kind that this run is about."""
    url = os.environ.get("DATABASE_URL")
    # Without the demo's content, which takes a minute to load.
    bare = {"ENGAGE_DEMO": "0"}
    if not url:
        prepared.migrated_file(tmp_path / "engage.sqlite3")
        yield bare
        return
    import psycopg

    name = f"engage_faults_{secrets.token_hex(4)}"
    template = prepared.migrated_template(url) or "template1"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield bare | {"DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def send(host: str, port: int, person: Person) -> str:
    """Press "send"; return the reference of the receipt that the answer leads to, "" when there is no whole answer."""
    form = {"token": person.token, "csrfmiddlewaretoken": "a" * 32, "website": "", "opened": "", "altcha": ""}
    body = urlencode(form)
    head = [
        f"POST {person.path} HTTP/1.1",
        f"Host: {host}:{port}",
        f"Cookie: sessionid={person.session}; csrftoken={'a' * 32}",
        f"X-Forwarded-For: {person.address}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    ]
    try:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write("\r\n".join([*head, "", body]).encode())
        await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    except (OSError, asyncio.IncompleteReadError):
        return ""
    lines = answer.decode().split("\r\n")
    places = [line.split(": ", 1)[1] for line in lines if line.lower().startswith("location: ")]
    assert lines[0].split()[1] == "302", lines[0]
    assert len(places) == 1
    return places[0].rstrip("/").rsplit("/", 1)[1]


def all_send(site: RunningSite, people: list[Person], *, kill_after: int | None = None) -> None:
    """Everybody sends at once. After so many receipts the site is killed, or it may finish."""
    address = urlsplit(site.url)
    shown = 0

    async def one(person: Person) -> None:
        nonlocal shown
        person.shown = await send(address.hostname, address.port, person)
        shown += bool(person.shown)
        if shown == kill_after:
            with suppress(ProcessLookupError):
                os.killpg(site.server.pid, signal.SIGKILL)

    async def everybody() -> None:
        await asyncio.gather(*(one(person) for person in people))

    try:
        asyncio.run(everybody())
    finally:
        # Shown with a failure alone: why the server answered what it did.
        print(site.server.said[-20_000:])


def ask(site: RunningSite, database: dict[str, str], *arguments: str, given: str = "") -> str:
    """Run a program against the site's database."""
    outer = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**outer, "ENGAGE_VAR": str(site.var), **database},
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def test_every_receipt_that_was_shown_exists_once_after_the_server_was_killed(tmp_path, database):
    # Each person comes from an address of their own: so many from one would be held up as abuse. Whoever is last waits
    # for 499 others, and how long that takes is the machine's matter.
    patience = {"DATABASE_POOL_WAIT_SECONDS": "600", "DATABASE_BUSY_SECONDS": "600"}
    environment = {**database, **patience, "TRUSTED_PROXY_COUNT": "1"}
    everybody: list[Person] = []
    people: list[Person] = []
    shown_before_a_kill = 0
    for moment in [*MOMENTS, None]:
        with running_site(tmp_path, **environment) as site:
            # Those of the last round: who saw no receipt tries again, who saw one presses a second time.
            before = {person.token: person.shown for person in people}
            all_send(site, people)
            assert [person.token for person in people if before[person.token] not in ("", person.shown)] == []
            assert all(person.shown for person in people)
            if moment is None:
                break
            program = ["-m", "tests.faults.site_database"]
            people = [Person(**row) for row in json.loads(ask(site, database, *program, "fill", str(PEOPLE)))]
            everybody += people
            all_send(site, people, kill_after=moment)
            shown = sum(bool(person.shown) for person in people)
            assert shown >= moment
            shown_before_a_kill += shown
            assert site.server.wait() == -signal.SIGKILL

    tokens = "\n".join(person.token for person in everybody)
    kept = json.loads(ask(site, database, *program, "kept", given=tokens))
    expected = {person.token: [[person.shown, True, 1]] for person in everybody}
    assert {token: rows for token, rows in kept.items() if rows != expected[token]} == {}
    verdict = json.loads(ask(site, database, "manage.py", "journal_verify", "--json"))
    assert (verdict["ok"], verdict["faults"]) == (True, [])
    assert verdict["rows"] >= len(everybody)
    print(
        f"{len(MOMENTS)} kills, {len(everybody)} people, {shown_before_a_kill} receipts shown before a kill; all exist "
        f"once; journal of {verdict['rows']} rows verified"
    )
