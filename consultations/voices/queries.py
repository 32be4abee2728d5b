"""Every read around comments."""

from __future__ import annotations

from datetime import date

from consultations.models import Comment
from consultations.voices.device import digest
from consultations.voices.models import Agreement, Report
from consultations.voices.rules import Agreed, agreed_of


def agreed(comment: Comment, device: str, today: date) -> Agreed:
    """Return whether a device agrees with a comment, and since when."""
    if not device:
        return Agreed.NO
    standing = Agreement.objects.filter(comment=comment, device=digest(device, comment.consultation_id))
    return agreed_of(standing.filter(withdrawn=False).order_by("day").values_list("day", flat=True).first(), today)


def has_reported(comment: Comment, device: str) -> bool:
    """Tell whether a report of this device about a comment waits for a moderator."""
    mine = Report.objects.filter(comment=comment, device=digest(device, comment.consultation_id), settled_at=None)
    return bool(device) and mine.exists()
