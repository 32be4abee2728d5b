"""Reads of the platform's share in submissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.translation import gettext as _

from engage.accounts.actors import Actor
from engage.departments.models import in_active_language
from engage.participation import kinds, personal_data, timeline
from engage.participation.models import AboutOption, Attachment, OutgoingMail, Submission


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


MAIL_LATE_MINUTES = 10


def is_mail_late(now: datetime) -> bool:
    """Tell whether a letter has been waiting in the outbox for longer than it should."""
    late = now - timedelta(minutes=MAIL_LATE_MINUTES)
    return OutgoingMail.objects.filter(sent_at__isnull=True, created_at__lt=late).exists()


def about_options(kind: str) -> list[tuple[str, str]]:
    """Return (code, label in the active language) of regions or capacities, in their order; cached for a minute."""
    key = f"about-options:{kind}"
    rows = cache.get(key)
    if rows is None:
        rows = list(AboutOption.objects.filter(kind=kind).values_list("code", "label_zh", "label_en"))
        cache.set(key, rows, 60)
    return [(code, in_active_language(zh, en)) for code, zh, en in rows]


def public_signature(submission: Submission) -> str:
    """Return how a sender is named in public: the chosen signature, else region and capacity, else nobody special.

    A chosen signature passes the same mask as every published text.
    """
    if submission.signature:
        return personal_data.mask(submission.signature)
    labels = [
        dict(about_options(kind)).get(code)
        for kind, code in (("region", submission.region), ("capacity", submission.capacity))
        if code
    ]
    return " · ".join(label for label in labels if label) or _("A member of the public")
