"""Pure decisions about the plan."""

from __future__ import annotations

from datetime import date

from engage.errors import Refused


def check_move(stage: str, on: date, *, before: str, before_on: date | None, today: date) -> None:
    """Let a policy move to another stage, today or on an earlier day that does not lie before its last move.

    Raises Refused("stage_same"), Refused("move_in_future") and Refused("move_before_last", day=...).
    """
    if stage == before:
        raise Refused("stage_same")
    if on > today:
        raise Refused("move_in_future")
    if before_on is not None and on < before_on:
        raise Refused("move_before_last", day=before_on)
