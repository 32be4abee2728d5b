"""What the department in charge answers during the call: written, taken back, read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from consultations.models import Clause, Comment, Consultation, ConsultationPage
from consultations.voices import rules
from consultations.voices.models import Reply
from engage.accounts.actors import ANYONE, Actor, Role
from engage.accounts.models import User
from engage.departments.queries import departments_of, roles_in
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import timeline
from engage.participation.models import ModerationState, Submission
from engage.participation.receipts import track_url
from engage.search import actions as search


@dataclass(frozen=True)
class PublicReply:
    """One reply as it is read: whose, when, in which language."""

    id: int
    department: str
    text: str
    language: str
    created_at: datetime


def calls_of(actor: Actor) -> QuerySet[Consultation]:
    """Return the calls for which the actor may answer: of departments where they are an officer, without outcome."""
    mine = Consultation.objects.filter(department__in=departments_of(actor, Role.OFFICER))
    return mine.exclude(outcomes__state="published")


def answerable_comments(actor: Actor) -> QuerySet[Comment]:
    """Return the comments that may get a reply: those the public reads, and confidential ones that count."""
    counts = Q(moderation_state=ModerationState.PUBLISHED) | Q(
        moderation_state=ModerationState.PRIVATE, confidential=True
    )
    return Comment.objects.visible_to(actor).filter(
        counts, submission__state=Submission.State.ACTIVE, consultation__in=calls_of(actor)
    )


def answerable_clauses(actor: Actor) -> QuerySet[Clause]:
    """Return the articles of published texts that may get a reply."""
    return Clause.objects.filter(
        level=Clause.Level.ARTICLE,
        version=F("version__draft__published"),
        version__draft__consultation__in=calls_of(actor),
    )


@transaction.atomic
def reply_to_comment(comment_id: int, *, text: str, language: str, now: datetime, actor: Actor) -> Reply:
    """Answer one comment: its sender reads it on the tracking page and in a letter, everybody under the comment.

    Raises Refused("reply_gone") and those of `_check`.
    """
    found = answerable_comments(actor).select_related("consultation__department", "submission__contact")
    comment = found.filter(pk=comment_id).first()
    if comment is None:
        raise Refused("reply_gone")
    _check(comment.consultation, text, language, now, actor)
    reply = _store(comment.consultation, text, language, now, actor, comment=comment)
    timeline.add(comment.submission, "replied", at=now)
    _mail(comment, reply)
    return reply


@transaction.atomic
def reply_to_clause(clause_id: int, *, text: str, language: str, now: datetime, actor: Actor) -> Reply:
    """Answer what is asked about one article, for everybody who reads it.

    Raises Refused("reply_gone") and those of `_check`.
    """
    found = answerable_clauses(actor).select_related("version__draft__consultation__department")
    clause = found.filter(pk=clause_id).first()
    if clause is None:
        raise Refused("reply_gone")
    consultation = clause.version.draft.consultation
    assert consultation is not None
    _check(consultation, text, language, now, actor)
    return _store(consultation, text, language, now, actor, clause=clause)


@transaction.atomic
def take_reply_back(reply_id: int, *, now: datetime, actor: Actor) -> Reply:
    """Take a reply from the public; it stays in the record. A letter that was sent stays sent.

    Raises Refused("not_allowed") for who is no officer of the department in charge.
    """
    reply = Reply.objects.select_for_update(of=("self",)).select_related("consultation__department").get(pk=reply_id)
    _check_officer(reply.consultation, actor)
    if reply.taken_back_at is None:
        reply.taken_back_at = now
        reply.save(update_fields=["taken_back_at"])
        journal.record(actor, "reply.taken_back", reply)
        search.remove(reply)
    return reply


def _check_officer(consultation: Consultation, actor: Actor) -> None:
    if Role.OFFICER not in roles_in(actor, consultation.department):
        raise Refused("not_allowed")


def _check(consultation: Consultation, text: str, language: str, now: datetime, actor: Actor) -> None:
    """Refuse with "not_allowed", "replying_closed", "reply_length" (least, most) or "reply_language"."""
    _check_officer(consultation, actor)
    rules.check_may_reply(consultation.state(now))
    rules.check_reply(text)
    if language not in dict(settings.LANGUAGES):
        raise Refused("reply_language")


def _store(
    consultation: Consultation,
    text: str,
    language: str,
    now: datetime,
    actor: Actor,
    *,
    comment: Comment | None = None,
    clause: Clause | None = None,
) -> Reply:
    reply = Reply.objects.create(
        consultation=consultation,
        comment=comment,
        clause=clause,
        department=consultation.department,
        text=text,
        language=language,
        by=actor if isinstance(actor, User) else None,
        created_at=now,
    )
    journal.record(actor, "reply.published", reply)
    search.index(reply)
    return reply


def _mail(comment: Comment, reply: Reply) -> None:
    submission = comment.submission
    with translation.override(submission.language):
        pages = {page.locale.language_code: page.title for page in comment.consultation.pages.select_related("locale")}
        title = pages.get(submission.language) or next(iter(pages.values()), comment.consultation.slug)
        participation.enqueue_mail(
            submission,
            subject=_("A reply to your comment: %(title)s") % {"title": title},
            body=_(
                "You wrote about %(title)s. %(department)s replies:\n\n%(reply)s\n\n"
                "Your comment and what becomes of it:\n%(url)s"
            )
            % {
                "title": title,
                "department": comment.consultation.department.name,
                "reply": reply.text,
                "url": track_url(submission),
            },
        )


def shown(replies: Iterable[Reply]) -> list[PublicReply]:
    """Turn replies into what is read, in their order."""
    return [
        PublicReply(reply.pk, reply.department.name, reply.text, reply.language, reply.created_at) for reply in replies
    ]


def under_comments(comments: Sequence[Comment]) -> dict[int, list[PublicReply]]:
    """Return comment to its replies, in one query; whoever reads the comment reads them."""
    found: dict[int, list[PublicReply]] = {}
    rows = Reply.objects.filter(comment__in=[comment.pk for comment in comments], taken_back_at=None)
    for reply in rows.select_related("department"):
        found.setdefault(reply.comment_id or 0, []).extend(shown([reply]))
    return found


def under_article(clause_ids: Collection[int]) -> list[PublicReply]:
    """Return the replies about an article: given under it, or under what it was in earlier versions.

    `clause_ids`: its own and those whose comments stand there.
    """
    same = Clause.objects.filter(pk__in=clause_ids).values("stable_id")
    rows = Reply.objects.filter(clause__stable_id__in=same, taken_back_at=None)
    return shown(rows.select_related("department"))


def public_replies(consultation: Consultation) -> QuerySet[Reply]:
    """Return everything that was answered in public about a call, the newest first."""
    rows = Reply.objects.visible_to(ANYONE).filter(consultation=consultation)
    return rows.select_related("department", "comment__clause", "clause").order_by("-created_at", "-pk")


def with_call_title(replies: QuerySet[Reply]) -> QuerySet[Reply]:
    """Add `call_title`, in the reply's language."""
    pages = ConsultationPage.objects.visible_to(ANYONE)
    title = pages.filter(consultation=OuterRef("consultation"), locale__language_code=OuterRef("language"))
    return replies.annotate(call_title=Subquery(title.values("title")[:1]))
