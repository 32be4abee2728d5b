"""Periodic work of this room; each is safe to run twice."""

from django.utils import timezone

from engage.schedule import every
from mailbox.routing import actions, learning


@every(seconds=5)
def suggest_routes() -> int:
    """Propose units for what came."""
    return actions.suggest_routes(now=timezone.now())


@every(seconds=2)
def join_members() -> int:
    """Go on joining the letters of confirmed groups."""
    return actions.join_members(now=timezone.now())


@every(seconds=60)
def settle_suggestions() -> int:
    """Write down which units took cases on."""
    return actions.settle_suggestions(now=timezone.now())


@every(seconds=120, alone=True)
def propose_groups() -> int:
    """Look for letters of one wording where new ones came."""
    return actions.propose_groups(now=timezone.now())


@every(seconds=3600, alone=True)
def learn() -> bool:
    """Learn once a day from the letters that were handled."""
    return learning.learn(now=timezone.now()) is not None
