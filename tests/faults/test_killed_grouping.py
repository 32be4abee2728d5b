"""Many copies of one letter among others: one answer, through two kills of who sends it.

The process that joins the letters, and then the one that answers them, is killed with SIGKILL half-way; another goes
on. What a mail server took is counted, not what the outbox holds.
ENGAGE_GROUP_SIZE says how many copies, among two and a half times as many others; without it 60. The aim is for 400.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.grouping_database import ANSWER
from tests.faults.test_killed_worker import database
from tests.services import NOT_FOR_A_SITE, ROOT
from tests.smtp_sink import SmtpSink

__all__ = ["database"]

pytestmark = pytest.mark.faults
SIZE = int(os.environ.get("ENGAGE_GROUP_SIZE", "60"))
OTHERS = SIZE * 5 // 2


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """The mail server that the site sends by."""
    with SmtpSink() as server:
        yield server


def test_every_sender_of_a_campaign_gets_the_answer_once_through_two_kills(
    tmp_path: Path, database: dict[str, str], sink: SmtpSink
):
    outer = {name: value for name, value in os.environ.items() if name not in NOT_FOR_A_SITE}
    mail = f"smtp://{sink.host}:{sink.port}"
    site = {**outer, "ENGAGE_VAR": str(tmp_path), "EMAIL_URL": mail, **database}

    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "tests.faults.grouping_database", *arguments]

    def program(*arguments: str) -> str:
        return subprocess.run(
            command(*arguments), cwd=ROOT, env=site, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def killed(name: str, after: int) -> None:
        """Run a part of the worker and kill it when it has done so many."""
        with subprocess.Popen(command(name), cwd=ROOT, env=site, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            for _number in range(after):
                assert running.stdout.readline()
            running.send_signal(signal.SIGKILL)

    began = time.monotonic()
    program("fill", str(SIZE), str(OTHERS))
    killed("join", SIZE // 2)
    program("join")
    program("approve")
    killed("answer", SIZE // 2)
    program("answer")
    assert program("answer") == ""
    program("deliver")

    letters = json.loads(program("states"))
    assert len(letters) == SIZE + OTHERS
    members = {address for address, one in letters.items() if one["is_member"]}
    copies = {address for address in letters if address.startswith("copy")}
    assert len(members & copies) / len(members) >= 0.98
    assert len(members & copies) / len(copies) >= 0.98
    for address, one in letters.items():
        assert one["code"], address
        assert one["answers"] == int(one["is_member"]), address
        assert one["answered"] == one["is_member"], address
    # The receipt, and for who was answered the letter that tells of it.
    assert {one["mails"] for one in letters.values() if not one["is_member"]} == {1}
    assert {letters[address]["mails"] for address in members if not letters[address]["leads"]} == {2}
    # Each of them has the answer in the own postbox, once, under the number of the own letter; and nobody else has it.
    told = [letter for letter in sink.letters if ANSWER in letter.message.get_content()]
    assert Counter(recipient for letter in told for recipient in letter.recipients) == dict.fromkeys(members, 1)
    assert len({letter.message["Subject"] for letter in told}) == len(members)
    assert len(sink.letters) == sum(one["mails"] for one in letters.values())
    seconds = time.monotonic() - began
    print(f"{SIZE} copies among {OTHERS} others, 2 kills: {len(told)} answers delivered, each once; {seconds:.0f} s")
