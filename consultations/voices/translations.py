"""What comments say in another language, as editors translated them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction

from consultations.models import Comment
from consultations.voices import rules
from consultations.voices.models import CommentTranslation
from engage.accounts.actors import Actor, Role, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import personal_data


@dataclass(frozen=True)
class Translation:
    """A translation as it stands beside the original."""

    language: str
    text: str


def digest(text: str) -> str:
    """Return what a translation remembers of the words it translates."""
    return sha256(text.encode()).hexdigest()


@transaction.atomic
def translate(comment_id: int, *, language: str, text: str, now: datetime, actor: Actor) -> CommentTranslation:
    """Keep an editor's translation of a comment; an empty text takes it away.

    Raises Refused("not_allowed"), Refused("comment_hidden"), Refused("translation_language"), Refused("text_too_long").
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    comment = Comment.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=comment_id).first()
    if comment is None:
        raise Refused("comment_hidden")
    if language not in dict(settings.LANGUAGES) or language == comment.language:
        raise Refused("translation_language")
    if len(text) > rules.TRANSLATION_MOST:
        raise Refused("text_too_long", most=rules.TRANSLATION_MOST)
    row, _new = CommentTranslation.objects.update_or_create(
        comment=comment,
        language=language,
        defaults={
            "text": text,
            "by": actor if isinstance(actor, User) else None,
            "at": now,
            "of_digest": digest(comment.text),
        },
    )
    journal.record(actor, "comment.translated", comment, language=language)
    return row


def beside(comments: Sequence[Comment], language: str) -> dict[int, Translation]:
    """Return comment to its translation into the reader's language, in one query, or none while nothing is foreign.

    A translation of what the comment said before its sender changed it is not shown.
    """
    foreign = {comment.pk: digest(comment.text) for comment in comments if comment.language != language}
    if not foreign:
        return {}
    rows = CommentTranslation.objects.filter(comment__in=list(foreign), language=language).exclude(text="")
    return {
        row.comment_id: Translation(language, personal_data.mask(row.text))
        for row in rows
        if row.of_digest == foreign[row.comment_id]
    }
