"""The port to those who reach followers: another room queues mass mail and Web Push, delivers and counts them.

A room registers in `AppConfig.ready()`:

    audience_senders.register("mail_followers", Sender(queue=mass_mail.queue, progress=mass_mail.progress))
    audience_senders.register("push", Sender(queue=push.queue, progress=push.progress))

`queue(message, now)` runs inside the transaction that marks the delivery as handed over: it writes rows, sends nothing,
and the same `message.key` is never queued twice. `progress(keys)` says what became of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MAIL_FOLLOWERS, PUSH = "mail_followers", "push"


@dataclass(frozen=True)
class Message:
    """What is told to followers, in one language. `text` is plain, `html` its styled twin (empty for a push).

    `topics` are codes of `pages.Topic`, `department_id` and `subject` (kind and id of what it is about, either empty)
    say whose followers are meant; `audience` is what an administrator wrote into the channel.
    """

    key: str
    language: str
    title: str
    text: str
    url: str
    html: str = ""
    topics: tuple[str, ...] = ()
    department_id: int | None = None
    subject: tuple[str, str] = ("", "")
    audience: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """What became of one message: to how many it goes, and how far it is."""

    recipients: int = 0
    sent: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Sender:
    """One way to followers. `queue` returns to how many people the message goes."""

    queue: Callable[[Message, datetime], int]
    progress: Callable[[Iterable[str]], Mapping[str, Progress]]


_senders: dict[str, Sender] = {}


def register(code: str, sender: Sender) -> None:
    """Add a way to followers; ValueError for a code that is taken."""
    if code in _senders:
        raise ValueError(f"audience sender {code!r} is registered already")
    _senders[code] = sender


def unregister(code: str) -> None:
    """Take a way out again (a room that is switched off, a test)."""
    _senders.pop(code, None)


def find(code: str) -> Sender | None:
    """Return a way to followers; None while no room offers it."""
    return _senders.get(code)
