"""What an outcome says to the senders of comments: each point, its decision, the reason, the changed words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from consultations.drafts import wording
from consultations.models import Comment
from consultations.outcomes.models import Answer, Outcome
from consultations.outcomes.queries.published import shown
from consultations.outcomes.queries.rows import in_language
from consultations.queries import shortened


@dataclass(frozen=True)
class Own:
    """One decision about one point of a comment, for the one who wrote it.

    `passage` is the sender's own stretch of text, empty when the point is the whole comment; `disposition` is empty
    when there was nothing to decide.
    """

    passage: str
    disposition: str
    disposition_label: str
    reason: str
    forwarded: str
    department: str


@dataclass
class OwnComment:
    """What became of one comment: its decisions, and the words of its clause before and after."""

    answers: list[Own] = field(default_factory=list)
    pieces: list[wording.Piece] = field(default_factory=list)
    # Of the words, when it differs from the reader's.
    pieces_language: str = ""
    changed: bool = False
    key: str = ""
    title: str = ""


def answers_of(content: dict[str, Any], language: str) -> list[OwnComment]:
    """Return what senders are told of each clause of a content, whoever they are, in the active language."""
    return [
        OwnComment(
            answers=[
                Own(
                    passage="",
                    disposition=decision.disposition,
                    disposition_label=decision.label,
                    reason=decision.reason or row.reason,
                    forwarded=decision.forwarded,
                    department=decision.department,
                )
                for said in row.said
                for decision in said.decisions
            ],
            pieces=row.pieces if row.changed else [],
            title=row.title,
        )
        for row in shown(content, language).rows
    ]


def own_answers(outcome: Outcome, comments: Iterable[Comment], language: str) -> dict[int, OwnComment]:
    """Return comment id to what became of it, of a published outcome, in one language; two queries at most."""
    by_id = {comment.pk: comment for comment in comments}
    rows = {row["clause"] or 0: row for row in outcome.content["rows"]}
    found: dict[int, OwnComment] = defaultdict(OwnComment)
    answers = Answer.objects.filter(outcome=outcome, comment__in=by_id).select_related("department")
    for answer in answers.order_by("position"):
        row = rows[answer.clause_id or 0]
        own = found[answer.comment_id]
        own.key, own.title, own.changed = row["key"], in_language(row["titles"], language), row["changed"]
        used = language if language in row["pieces"] else next(iter(row["pieces"]), language)
        pieces: list[wording.Piece] = [(op, words) for op, words in row["pieces"].get(used, [])]
        own.pieces = shortened(pieces, used) if row["changed"] else []
        own.pieces_language = used if used != language else ""
        own.answers.append(
            Own(
                passage=by_id[answer.comment_id].text[answer.start : answer.end] if answer.start is not None else "",
                disposition=answer.disposition,
                disposition_label=str(answer.get_disposition_display()),
                reason=answer.reasons.get(language)
                or row["reasons"].get(language)
                or in_language(answer.reasons | row["reasons"], language),
                forwarded=in_language(answer.forwarded, language),
                department=answer.department.name if answer.department else "",
            )
        )
    return dict(found)
