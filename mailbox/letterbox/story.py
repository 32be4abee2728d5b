"""The page of a case for its sender: the story of the case, with its clocks, its papers and what can be done now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from engage.accounts.actors import Actor
from engage.participation.kinds import Story
from engage.participation.models import Submission
from mailbox.letterbox import queries
from mailbox.letterbox.models import Wish
from mailbox.story import case_story


def sender_story(submission: Submission, actor: Actor, now: datetime) -> Story:
    """Tell the story of a case, with all that its sender reads and may do."""
    story = case_story(submission, actor, now)
    case = story.context["case"]
    context = {
        "case": case,
        "thread": queries.thread(story.context["messages"], story.context["notices"]),
        "clocks": queries.running_clocks(case, now=now),
        "wish": Wish.objects.visible_to(actor).select_related("department").filter(case=case).first(),
    }
    return replace(
        story,
        context=context,
        part_template="letterbox/thread.html",
        aside_template="letterbox/clocks.html",
        links=queries.ways_on(case, actor=actor, now=now),
    )
