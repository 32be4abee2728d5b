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
from consultations.rules import is_question
from consultations.voices.organisations import public_name
from engage.participation import personal_data
from engage.participation.models import ModerationState

CHUNK = 1_000
# Whether everybody reads a comment: yes; no, as its sender asked; no, as a moderator decided.
PUBLISHED, CONFIDENTIAL, KEPT = "published", "confidential", "not_published"


@dataclass(frozen=True)
class ExportRow:
    """One line of an export. `comment`: the number in its public address, None for one that is not published.

    `text`, `suggested`, `passage` and `organisation` are empty for a comment that is not published; `passage` also
    where the point is the whole comment. Region and role are left out: with them the hidden small counts could be
    counted. `counted` numbers the comments of the file, published or not; `publication`: PUBLISHED, CONFIDENTIAL, KEPT.
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
    counted: int
    publication: str
    organisation: str


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
    confidential: set[int] = set()
    people: set[int] = set()
    organisations: set[int] = set()
    dispositions: Counter[str] = Counter()
    for comment, point, disposition, is_confidential, sender, organisation in _answers(outcome).values_list(
        "comment_id",
        "point_id",
        "disposition",
        "comment__confidential",
        "comment__submission_id",
        "comment__submission__organisation",
    ):
        comments.add(comment)
        people.add(sender)
        if is_confidential:
            confidential.add(comment)
        if organisation is not None:
            organisations.add(organisation)
        if point is None:
            without.add(comment)
        else:
            points.add(point)
        dispositions[disposition] += 1
    return {
        "comments": len(comments),
        "people": len(people),
        "organisations": len(organisations),
        "confidential": len(confidential),
        "points": len(points),
        "without_point": len(without),
        **{code: dispositions[code] for code in DISPOSITIONS},
    }


def export_rows(outcome: Outcome, language: str) -> Iterator[ExportRow]:
    """Give the lines in order, read a thousand at a time, so that any number fits into little memory."""
    titles, keys, names = _titles(outcome, language)
    last = counted = last_comment = 0
    while True:
        chunk = list(
            _answers(outcome)
            .filter(position__gt=last)
            .select_related("comment__submission__organisation", "department")
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
                "comment__confidential",
                "comment__submission__channel",
                "comment__submission__state",
                "comment__submission__received_at",
                "comment__submission__organisation__name",
                "comment__submission__organisation__size",
            )[:CHUNK]  # fmt: skip
        )
        masked: dict[int, tuple[str, str]] = {}
        for answer in chunk:
            comment = answer.comment
            public = is_public(comment)
            # The lines of one comment follow one another.
            counted, last_comment = counted + (comment.pk != last_comment), comment.pk
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
                counted=counted,
                publication=PUBLISHED if public else CONFIDENTIAL if comment.confidential else KEPT,
                organisation=_organisation(comment) if public else "",
            )
        if len(chunk) < CHUNK:
            return
        last = chunk[-1].position


def is_public(comment: Comment) -> bool:
    """Tell whether everybody may read a comment (its submission is loaded)."""
    return comment.moderation_state == ModerationState.PUBLISHED and comment.submission.state == "active"


def _organisation(comment: Comment) -> str:
    """Name the organisation a comment speaks for, as beside the comment itself; empty for a person."""
    organisation = getattr(comment.submission, "organisation", None)
    return public_name(organisation) if organisation else ""


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
    """Return clause id to title and to key, and theme id to name, as the outcome was released."""
    titles, keys, names = {}, {}, {}
    for row in outcome.content["rows"]:
        title, part = in_language(row["titles"], language), in_language(row.get("part", {}), language)
        titles[row["clause"] or 0] = f"{part} · {title}" if part and not is_question(row["key"]) else title
        keys[row["clause"] or 0] = row["key"]
        for said in row["said"]:
            names[said["theme"]] = in_language(said["names"], language)
    return titles, keys, names
