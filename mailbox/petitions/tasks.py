"""Periodic work of petitions; each is safe to run twice."""

from engage.schedule import every
from mailbox.petitions.actions import announcing, counting, crossings, forgetting, letters, moderation
from mailbox.petitions.guarding import tasks as guarding  # noqa: F401  registers its own
from mailbox.petitions.queries.clock import database_now
from mailbox.petitions.starting import tasks as starting  # noqa: F401  registers its own


@every(seconds=2, alone=True)
def roll_up() -> int:
    """Number and count what was confirmed, withdrawn and invalidated since."""
    return counting.roll_up(database_now())


@every(seconds=2)
def close_due() -> int:
    """Write down that petitions are closed whose second has come."""
    return moderation.close_due(now=database_now())


@every(seconds=600)
def stop_unsupported() -> int:
    """Stop petitions that did not find their sponsors in time."""
    return moderation.stop_unsupported(now=database_now())


@every(seconds=600)
def stop_parked() -> int:
    """Stop petitions that were set aside or put to rest and that nobody brought back in time."""
    return moderation.stop_parked(now=database_now())


@every(seconds=60)
def judge_all() -> int:
    """Look at petitions that a changed threshold lets earn something."""
    return crossings.judge_all(database_now())


@every(seconds=0.5, alone=True)
def carry_letters() -> int:
    """Ask limits and lists about new requests, and send what is ready, for a few seconds."""
    return letters.carry()


@every(seconds=2)
def list_letters() -> int:
    """List the letters about answers and debates, a few at a time."""
    return announcing.list_letters(now=database_now())


@every(seconds=600, alone=True)
def forget_signers() -> int:
    """Take out of petitions whose time is over who signed them."""
    return forgetting.forget_signers(now=database_now())
