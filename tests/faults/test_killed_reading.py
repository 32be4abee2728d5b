"""All the samples of mail through two kills of who reads them: each is kept as it came, and dealt with once.

The process that reads is killed with SIGKILL in the middle of parsing a mail, and another one when it has done all
that follows from a mail and committed none of it. A third one reads the rest.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.test_killed_worker import database
from tests.services import NOT_FOR_A_SITE, ROOT
from tests.shared import shared_file

__all__ = ["database"]

pytestmark = pytest.mark.faults
SETTLED = {"added", "opened", "automatic", "bounce", "another", "needs_reading", "duplicate"}


def test_every_mail_is_kept_and_dealt_with_once_through_two_kills(tmp_path: Path, database: dict[str, str]):
    folder = shared_file("data", "mail")
    samples = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*/*")}
    outer = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    site = {**outer, "ENGAGE_VAR": str(tmp_path), "ENGAGE_MAIL_ADDRESS": "case@gov.example", **database}

    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.faults.mail_database", *arguments]

    def program(*arguments: str) -> str:
        return subprocess.run(
            command(*arguments), cwd=ROOT, env=site, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def killed(where: str, number: int) -> None:
        """Let a reader come to a mail and kill it there."""
        with subprocess.Popen(
            command("stand", where, str(number)), cwd=ROOT, env=site, stdout=subprocess.PIPE, text=True
        ) as running:
            assert running.stdout is not None
            assert running.stdout.readline() == "stands\n"
            running.send_signal(signal.SIGKILL)

    def new() -> int:
        return sum(row["state"] == "new" for row in json.loads(program("states"))["mails"].values())

    assert len(samples) >= 145
    program("take", str(folder))
    third = len(samples) // 3
    killed("parsing", third)
    assert new() == len(samples) - (third - 1)
    killed("written", third)
    assert new() == len(samples) - 2 * (third - 1)
    program("read")
    first = program("states")
    program("take", str(folder))
    program("read")
    assert program("states") == first

    held = json.loads(first)
    mails = held["mails"]
    assert set(mails) == samples
    for key, row in mails.items():
        assert row["kept"] == key
        assert row["state"] in SETTLED and row["recorded"] == 1, (key, row)
        assert row["why"] != "failed", key
        assert bool(row["why"]) or row["state"] != "needs_reading", key
    states = Counter(row["state"] for row in mails.values())
    assert states["bounce"] > 50 and states["opened"] and states["needs_reading"]
    # What opened a case opened one, and what became a message became one.
    opened = [row["case"] for row in mails.values() if row["state"] == "opened"]
    assert len(set(opened)) == len(opened) == held["cases"]
    became = [row["message"] for row in mails.values() if row["state"] in ("opened", "added")]
    assert None not in became and len(set(became)) == len(became) == held["messages"]
    print(f"{len(mails)} mails, 2 kills: {dict(states)}")
