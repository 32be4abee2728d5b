"""What the sender thinks of the answer, and what follows a low rating."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from engage.accounts.actors import SYSTEM, Actor
from engage.errors import Refused
from mailbox import rules
from mailbox.actions.register import add_message
from mailbox.actions.steps import Given, apply_step, locked_case, take_step
from mailbox.models import Case, Rating


@transaction.atomic
def rate_case(
    case_id: int, *, score: int, reasons: Sequence[str] = (), text: str = "", actor: Actor, now: datetime
) -> Rating:
    """Rate an answer from 1 to 5; 1 and 2 open it again with a clock of its own, once. One more rating may follow.

    Raises as `take_step`, and Refused("rating_unknown"), Refused("rated_already").
    """
    case = locked_case(case_id, actor)
    rules.check_rating(score, reasons)
    words = rules.check_length(text, rules.NOTE_MOST)
    round_ = case.ratings.count() + 1
    if round_ > 2 or (round_ == 2 and not case.steps.filter(code__in=["reopen", "follow_up"]).exists()):
        raise Refused("rated_already")
    apply_step(case, case.machine.transition("rate"), actor=actor, now=now)
    rating = Rating.objects.create(case=case, round=round_, score=score, reasons=list(reasons), text=words, at=now)
    if score <= rules.LOW_RATING and round_ == 1:
        follow = "reopen" if case.machine.has("reopen") else "follow_up"
        apply_step(case, case.machine.transition(follow), actor=SYSTEM, now=now)
    return rating


@transaction.atomic
def ask_review(case_id: int, *, words: str, actor: Actor, now: datetime, **how: Any) -> Case:
    """Ask the next higher unit for a review, or after that for the second one; the words join the thread.

    Raises as `take_step`.
    """
    before = locked_case(case_id, actor)
    code = "ask_rereview" if before.state == "reviewed" else "ask_review"
    case = take_step(case_id, code, Given(words=words), actor=actor, now=now, **how)
    # A repeated order takes no step.
    if case.state != before.state:
        add_message(case_id, words, actor=actor, now=now)
        case.refresh_from_db(fields=["revision"])
    return case


def decide_review(case_id: int, *, result: str, words: str, actor: Actor, now: datetime, **how: Any) -> Case:
    """Decide a review or a second one, with the opinion's words. Raises as `take_step`."""
    case = Case.objects.visible_to(actor).get(pk=case_id)
    code = "decide_rereview" if case.state == "rereview" else "decide_review"
    return take_step(case_id, code, Given(words=words, reason=result), actor=actor, now=now, **how)
