"""What every action of the coding desk begins with: the rows, locked and checked; and the step it leaves."""

from __future__ import annotations

from typing import Any

from consultations.coding.access import check_coder
from consultations.coding.models import Step, Theme
from consultations.models import Comment, Consultation
from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.participation.models import ModerationState, Submission


def person(actor: Actor) -> User | None:
    """Return the person who acts; None for the system."""
    return actor if isinstance(actor, User) else None


def locked_consultation(consultation_id: int, actor: Actor) -> Consultation:
    """Lock the tree of themes of a consultation for the rest of the transaction."""
    consultation = (
        Consultation.objects.visible_to(actor)
        .select_for_update(of=("self",), no_key=True)
        .select_related("department")
        .get(pk=consultation_id)
    )
    check_coder(actor, consultation)
    return consultation


def locked_theme(theme_id: int, actor: Actor, *, revision: int | None = None) -> Theme:
    """Lock a theme that is in use.

    Raises Refused("theme_gone"), Refused("theme_merged", name, into) and, where the page that was sent showed an
    earlier `revision`, Refused("theme_changed", name).
    """
    theme = (
        Theme.objects.visible_to(actor)
        .select_for_update(of=("self",), no_key=True)
        # Not `merged_into`: PostgreSQL reads a locked row anew but joins what it saw before it had to wait.
        .select_related("consultation__department")
        .filter(pk=theme_id)
        .first()
    )
    if theme is None:
        raise Refused("theme_gone")
    check_coder(actor, theme.consultation)
    if theme.retired_at is not None:
        if theme.merged_into is not None:
            raise Refused("theme_merged", name=theme.name, into=theme.merged_into.name)
        raise Refused("theme_gone")
    if revision is not None and revision != theme.revision:
        raise Refused("theme_changed", name=theme.name)
    return theme


def locked_comment(comment_id: int, actor: Actor, *, edited: str | None = None) -> Comment:
    """Lock a comment that counts.

    Raises Refused("comment_gone") for one that was withdrawn or rejected and, where its sender changed it after the
    page that was sent was made (`edited`, see `edit_mark`), Refused("comment_changed").
    """
    comment = (
        Comment.objects.visible_to(actor)
        .select_for_update(of=("self",), no_key=True)
        .select_related("submission", "consultation__department")
        .filter(pk=comment_id)
        .exclude(moderation_state=ModerationState.REJECTED)
        .exclude(submission__state=Submission.State.WITHDRAWN)
        .first()
    )
    if comment is None:
        raise Refused("comment_gone")
    check_coder(actor, comment.consultation)
    if edited is not None and edited != edit_mark(comment):
        raise Refused("comment_changed")
    return comment


def edit_mark(comment: Comment) -> str:
    """Say which state of a comment's text a page shows."""
    return comment.edited_at.isoformat() if comment.edited_at else ""


def leave_step(
    actor: Actor, kind: Step.Kind, consultation_id: int, comment: Comment | None = None, **changed: Any
) -> None:
    """Keep what a person's undo needs; the system takes nothing back."""
    by = person(actor)
    if by is not None:
        Step.objects.create(consultation_id=consultation_id, by=by, kind=kind, comment=comment, changed=changed)
