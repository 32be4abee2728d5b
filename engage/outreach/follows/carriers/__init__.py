"""How a letter or a push leaves the house. A carrier is opened for one batch, and says of each what came of it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from engage.outreach.follows.models import Follower, Recipient

State = Recipient.State


@dataclass(frozen=True)
class Job:
    """One thing to hand over: who gets it, its words, the name that it keeps whatever happens."""

    recipient_id: int
    mailing_id: int
    follower: Follower
    subject: str
    body: str
    path: str = ""
    tries: int = 0


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    QUEUED: not handed over; again after `wait` seconds. `tried`: the other side turned it away, which counts as a try.
    `bounce`: what is remembered about the address, "hard" or "soft". `dead`: a browser's subscription is over.
    """

    recipient_id: int
    state: State
    error: str = ""
    wait: int = 0
    tried: bool = False
    bounce: str = ""
    dead: bool = False


class Away(Exception):
    """The other side cannot be reached at all; nothing was handed over."""


class Carrier(AbstractContextManager["Carrier"], Protocol):
    """Opened it raises Away. `away` says why the line broke for good in the middle of a batch."""

    away: str

    def deliver(self, jobs: list[Job], *, until: float) -> list[Outcome]:
        """Hand jobs over until the monotonic moment; an outcome for each job, in any order."""
        ...


def opened(line: str) -> Carrier:
    """Return the carrier of a line, to be entered."""
    from engage.outreach.follows.carriers.mail import MailCarrier
    from engage.outreach.follows.carriers.push import PushCarrier

    return MailCarrier() if line == "mail" else PushCarrier()
