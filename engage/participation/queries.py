"""Reads of the platform's share in submissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engage.accounts.actors import Actor
from engage.participation import kinds, timeline
from engage.participation.models import Attachment, Submission


@dataclass(frozen=True)
class Line:
    """One line of the timeline, in the active language."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Tracked:
    """All that the tracking and receipt pages show."""

    submission: Submission
    story: kinds.Story
    lines: list[Line]
    attachments: list[Attachment]


def tracked(submission: Submission, *, actor: Actor, now: datetime) -> Tracked:
    """Collect what the holder of a receipt reads about one submission."""
    return Tracked(
        submission=submission,
        story=submission.kind_of.story(submission, actor, now),
        lines=[Line(entry.at, timeline.sentence(entry)) for entry in submission.timeline.all()],
        attachments=list(Attachment.objects.visible_to(actor).filter(submission=submission)),
    )
