"""Journals to test with."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from engage.accounts.actors import ANYONE, SYSTEM
from engage.journal import actions
from engage.journal.models import JournalCheckpoint, JournalPending, JournalRow

NOON = datetime(2026, 9, 24, 4, tzinfo=UTC)


def write(count: int = 1, *, first: int = 1, verb: str = "comment.received") -> list[int]:
    """Record rows about submissions numbered from `first`; return the ids of the rows, in order."""
    for number in range(first, first + count):
        actor = SYSTEM if number % 2 else ANYONE
        actions.record(actor, verb, f"participation.submission:{number}", channel="web", words=number * 10)
    return list(JournalRow.objects.order_by("-id").values_list("id", flat=True)[:count])[::-1]


def seal_all() -> int:
    """Seal until nothing waits: a transaction that has just ended elsewhere may still count as one of ours."""
    sealed, give_up = actions.seal(), monotonic() + 60
    while JournalPending.objects.exists():
        assert monotonic() < give_up, "A transaction stays open and holds the sealer back"
        sealed += actions.seal()
    return sealed


def checkpoint(hour: int = 0, *, kind: str = "hour") -> JournalCheckpoint:
    """Take the checkpoint of an hour after NOON; it must come about."""
    seal_all()
    moment = NOON + timedelta(hours=hour)
    taken = actions.take_checkpoint(kind, moment, moment)
    assert taken is not None
    return taken
