"""The rows of every export: one a decision about a point, one a comment without a point; personal data hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from consultations.models import Comment
from consultations.outcomes.models import Answer, Outcome
from consultations.outcomes.rules import DISPOSITIONS
from engage.participation import personal_data
from engage.participation.models import ModerationState

CHUNK = 1_000


@dataclass(frozen=True)
class ExportRow:
    """One line of an export. `comment`: the number in its public address, None for one that is not published.

    `text`, `suggested` and `passage` are empty for a comment that is not published; `passage` also where the point is
    the whole comment. Region and role are left out: with them the hidden small counts could be counted.
    """

    number: int
    comment: int | None
    clause_key: str
    clause: str
    stance: str
    channel: str
    language: str
    received: date
    text: str
    suggested: str
    point: int | None
    passage: str
    themes: tuple[str, ...]
    disposition: str
    reason_code: str
    reason: str
    forwarded: str
    department: str


def _answers(outcome: Outcome) -> QuerySet[Answer]:
    return Answer.objects.filter(outcome=outcome).order_by("position")


def count_rows(outcome: Outcome) -> int:
    """Return how many lines an export has."""
    return _answers(outcome).count()


def totals_of_rows(outcome: Outcome) -> dict[str, int]:
    """Count what the exports hold, from their rows and from nothing else."""
    comments: set[int] = set()
    points: set[int] = set()
    without: set[int] = set()
    dispositions: Counter[str] = Counter()
    for comment, point, disposition in _answers(outcome).values_list("comment_id", "point_id", "disposition"):
        comments.add(comment)
        if point is None:
            without.add(comment)
        else:
            points.add(point)
        dispositions[disposition] += 1
    return {
        "comments": len(comments),
        "points": len(points),
        "without_point": len(without),
        **{code: dispositions[code] for code in DISPOSITIONS},
    }


def export_rows(outcome: Outcome, language: str) -> Iterator[ExportRow]:
    """Give the lines in order, read a thousand at a time, so that any number fits into little memory."""
    titles, keys, names = _titles(outcome, language)
    last = 0
    while True:
        chunk = list(
            _answers(outcome)
            .filter(position__gt=last)
            .select_related("comment__submission", "department")
            .only(
                "position",
                "outcome_id",
                "clause_id",
                "point_id",
                "start",
                "end",
                "themes",
                "disposition",
                "reason_code",
                "reasons",
                "forwarded",
                "department__name_zh",
                "department__name_en",
                "comment__text",
                "comment__suggested",
                "comment__stance",
                "comment__language",
                "comment__moderation_state",
                "comment__submission__channel",
                "comment__submission__state",
                "comment__submission__received_at",
            )[:CHUNK]  # fmt: skip
        )
        masked: dict[int, tuple[str, str]] = {}
        for answer in chunk:
            comment = answer.comment
            public = is_public(comment)
            if public and comment.pk not in masked:
                masked[comment.pk] = (comment.public_text, comment.public_suggested)
            text, suggested = masked[comment.pk] if public else ("", "")
            yield ExportRow(
                number=answer.position,
                comment=comment.pk if public else None,
                clause_key=keys.get(answer.clause_id or 0, ""),
                clause=titles.get(answer.clause_id or 0, ""),
                stance=comment.stance,
                channel=comment.submission.channel,
                language=comment.language,
                received=timezone.localtime(comment.submission.received_at).date(),
                text=text,
                suggested=suggested,
                point=answer.point_id,
                passage=passage(comment.text, answer.start, answer.end) if public and answer.start is not None else "",
                themes=tuple(names.get(theme, "") for theme in answer.themes),
                disposition=answer.disposition,
                reason_code=answer.reason_code,
                reason=in_language(answer.reasons, language),
                forwarded=in_language(answer.forwarded, language),
                department=answer.department.name if answer.department else "",
            )
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].position


def is_public(comment: Comment) -> bool:
    """Tell whether everybody may read a comment (its submission is loaded)."""
    return comment.moderation_state == ModerationState.PUBLISHED and comment.submission.state == "active"


def passage(text: str, start: int | None, end: int | None) -> str:
    """Return a stretch of a comment with personal data hidden; what a mark cuts through is hidden as a whole."""
    if start is None or end is None:
        return personal_data.mask(text)
    for finding in personal_data.find(text):
        if finding.start < end and start < finding.end:
            start, end = min(start, finding.start), max(end, finding.end)
    return personal_data.mask(text[start:end])


def in_language(words: dict[str, str], language: str) -> str:
    """Return words in a language, or in another when there are none."""
    return words.get(language) or next(iter(words.values()), "")


def _titles(outcome: Outcome, language: str) -> tuple[dict[int, str], dict[int, str], dict[int, str]]:
    """Return clause id to title and to key, and theme id to name, as the outcome was submitted."""
    titles, keys, names = {}, {}, {}
    for row in outcome.content["rows"]:
        titles[row["clause"] or 0] = in_language(row["titles"], language)
        keys[row["clause"] or 0] = row["key"]
        for said in row["said"]:
            names[said["theme"]] = in_language(said["names"], language)
    return titles, keys, names
