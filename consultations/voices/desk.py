"""What the desk shows around comments."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from consultations.models import Comment
from consultations.voices.models import CommentFile, Report
from engage.participation.models import ModerationState


def reported(comments: QuerySet[Any]) -> QuerySet[Any]:
    """Return the comments that readers reported and nobody has decided about."""
    still_open = Report.objects.filter(settled_at=None)
    return comments.filter(Exists(still_open.filter(comment=OuterRef("pk")))).prefetch_related(
        Prefetch("reports", queryset=still_open, to_attr="open_reports")
    )


def report_sentences(comment: Comment) -> list[str]:
    """Say what readers reported, one sentence each."""
    return [
        _("Reported: %(reason)s. %(note)s") % {"reason": report.get_reason_display(), "note": report.note}
        if report.note
        else _("Reported: %(reason)s.") % {"reason": report.get_reason_display()}
        for report in comment.open_reports  # type: ignore[attr-defined]
    ]


def decisions(comment: Comment) -> list[str]:
    """Return the moderation states a comment may get: a confidential one is never published."""
    states = [state.value for state in ModerationState]
    return [state for state in states if state != ModerationState.PUBLISHED] if comment.confidential else states


def notes(comment: Comment) -> list[str]:
    """Say what a moderator should know: for whom the writer speaks, and that nobody else may read it."""
    sentences = []
    organisation = getattr(comment.submission, "organisation", None)
    if organisation:
        sentences.append(
            _("On behalf of %(name)s (%(size)s), as %(role)s")
            % {"name": organisation.name, "size": organisation.get_size_display(), "role": organisation.role}
        )
    if comment.confidential:
        sentences.append(_("Confidential: kept private it counts, and nobody else reads it"))
    return sentences


def file_decisions(file: CommentFile) -> list[str]:
    """Return the moderation states a file may get: as the comment it belongs to."""
    return decisions(file.comment)
