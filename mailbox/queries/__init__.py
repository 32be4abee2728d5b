"""Every read of the mailbox."""

from mailbox.queries.case import (
    Badge,
    PossibleStep,
    cases_seen_by,
    clock_lines,
    date_proof,
    draft_of,
    possible_steps,
    waiting_approvals,
    words_by_token,
)
from mailbox.queries.desk import VIEWS, view_counts, view_rows

__all__ = [
    "VIEWS",
    "Badge",
    "PossibleStep",
    "cases_seen_by",
    "clock_lines",
    "date_proof",
    "draft_of",
    "possible_steps",
    "view_counts",
    "view_rows",
    "waiting_approvals",
    "words_by_token",
]
