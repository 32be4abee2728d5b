"""What happens to a petition before it is published: who may sponsor it, when it goes to the moderators. Pure."""

from __future__ import annotations

from dataclasses import dataclass

TITLE_MOST, ACTION_MOST, BACKGROUND_MOST, DETAILS_MOST = 80, 300, 300, 800

# A sponsor signs before publication; who opens the letter later signs as everybody does.
GATHERS = frozenset({"pending", "collecting", "waiting", "flagged", "dormant"})
WITH_MODERATORS = frozenset({"waiting", "flagged", "dormant"})
# What its starter may still take back.
MAY_WITHDRAW = GATHERS | {"open"}
MAY_RESUBMIT = frozenset({"rejected", "hidden"})


@dataclass(frozen=True)
class Sponsors:
    """How many sponsors a petition has, needs and takes."""

    confirmed: int
    needed: int
    most: int

    @property
    def missing(self) -> int:
        """How many are still needed."""
        return max(0, self.needed - self.confirmed)

    @property
    def is_full(self) -> bool:
        """Tell whether no more are taken before publication."""
        return self.confirmed >= self.most


def may_sponsor(state: str, sponsors: Sponsors) -> bool:
    """Tell whether one more sponsor may sign."""
    return state in GATHERS and not sponsors.is_full


def state_after(state: str, sponsors: Sponsors, *, starter_confirmed: bool) -> str:
    """Return the state that a confirmation leads to: visible to moderators first, then in their queue.

    A petition that is in the queue already, or set aside there, stays where it is.
    """
    if state not in ("pending", "collecting"):
        return state
    if starter_confirmed and not sponsors.missing:
        return "waiting"
    return "collecting" if starter_confirmed or sponsors.confirmed else state
