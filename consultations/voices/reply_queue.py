"""The queue of the desk where the department in charge replies during the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consultations.models import Clause, Comment, Consultation
from consultations.rules import is_question
from consultations.voices import replies
from consultations.voices.forms import ReplyForm
from consultations.voices.models import Reply
from engage.accounts.actors import Actor, Role
from engage.desk.registry import Cell, Column, Done, Filter, Queue, Row, RowAction, Rows, View
from engage.errors import Refused
from engage.pages.translation import HTML_LANG
from engage.publishing import proposals

PAGE = 25


def _calls(actor: Actor) -> QuerySet[Consultation]:
    now = timezone.now()
    return replies.calls_of(actor).filter(opens_at__lte=now)


def _call_choices(actor: Actor) -> list[tuple[str, Any]]:
    calls = _calls(actor).prefetch_related("pages__locale").order_by("-closes_at")
    return [(call.slug, call.title) for call in calls[:200]]


def _items(actor: Actor, view: str, filters: Mapping[str, str]) -> QuerySet[Any]:
    calls = _calls(actor)
    if wanted := filters.get("call"):
        calls = calls.filter(slug=wanted)
    standing = Reply.objects.filter(comment=OuterRef("pk"), taken_back_at=None)
    found: QuerySet[Any]
    if view == "replied":
        found = Reply.objects.filter(consultation__in=calls, taken_back_at=None)
        found = found.select_related("consultation", "comment__clause", "clause").order_by("-created_at", "-pk")
    elif view == "articles":
        found = replies.answerable_clauses(actor).filter(version__draft__consultation__in=calls)
        found = found.select_related("version__draft__consultation").order_by("version_id", "position")
    else:
        found = replies.answerable_comments(actor).filter(~Exists(standing), consultation__in=calls)
        if view == "questions":
            found = found.filter(stance=Comment.Stance.QUESTION)
        found = found.select_related("consultation", "clause", "submission").order_by("created_at", "pk")
    if (typed := filters.get("q", "").strip()) and view != "articles":
        found = found.filter(text__icontains=typed[:200])
    return found


def rows(actor: Actor, view: str, filters: Mapping[str, str], page: int) -> Rows:
    """Return one page of what may be replied to, the longest waiting first, or of what was."""
    found = _items(actor, view, filters)
    shown = {"replied": _reply_row, "articles": _article_row}.get(view, _comment_row)
    listed = found.prefetch_related(
        "version__draft__consultation__pages__locale" if view == "articles" else "consultation__pages__locale"
    )
    return Rows([shown(item) for item in listed[(page - 1) * PAGE : page * PAGE]], found.count())


def _where(clause: Clause | None) -> str:
    return clause.label(get_language() or "") if clause else gettext("The whole draft")


def _day(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _comment_row(comment: Comment) -> Row:
    return Row(
        id=f"comment:{comment.pk}",
        title=f"{comment.consultation.title} · {_where(comment.clause)}",
        url="" if comment.confidential else reverse("comment", args=[comment.consultation.slug, comment.pk]),
        reference=comment.submission.reference,
        body=comment.text,
        language=HTML_LANG.get(comment.language, comment.language),
        cells=(Cell(comment.get_stance_display(), note=_day(comment.created_at)),),
        actions=frozenset({"reply"}),
        notes=(gettext("Confidential: only its sender reads the reply"),) if comment.confidential else (),
    )


def _article_row(clause: Clause) -> Row:
    consultation = clause.version.draft.consultation
    assert consultation is not None
    return Row(
        id=f"clause:{clause.pk}",
        title=f"{consultation.title} · {_where(clause)}",
        url=reverse("clause", args=[consultation.slug, clause.slug]),
        cells=(Cell(gettext("Question") if is_question(clause.key) else gettext("Article")),),
        actions=frozenset({"reply"}),
    )


def _reply_row(reply: Reply) -> Row:
    where = reply.clause or (reply.comment.clause if reply.comment else None)
    return Row(
        id=f"reply:{reply.pk}",
        title=f"{reply.consultation.title} · {_where(where)}",
        body=reply.text,
        language=HTML_LANG.get(reply.language, reply.language),
        cells=(Cell(gettext("Replied"), note=_day(reply.created_at), state="ok"),),
        actions=frozenset({"take_back"}),
    )


def counts(actor: Actor) -> dict[str, int]:
    """Count the questions that wait for a reply."""
    return {"questions": _items(actor, "questions", {}).count()}


def _target(row_id: str) -> tuple[str, int]:
    kind, _colon, number = row_id.partition(":")
    if not number.isdecimal() or len(number) > 18:
        raise Refused("reply_gone")
    return kind, int(number)


def reply(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Hand in a reply to one comment or article; the public reads it when it is signed."""
    for row_id in ids:
        kind, number = _target(row_id)
        if kind not in ("comment", "clause"):
            raise Refused("reply_gone")
        words = {"about": kind, "text": data["text"], "language": data["language"]}
        proposals.propose("reply", words, target_id=number, actor=actor, now=timezone.now())
    return Done(gettext("The reply is handed in; its sender reads it when the reviews are done"))


def take_back(actor: Actor, ids: Sequence[str], data: Mapping[str, Any]) -> Done:
    """Take replies from the public."""
    for row_id in ids:
        kind, number = _target(row_id)
        if kind != "reply" or not Reply.objects.filter(pk=number).exists():
            raise Refused("reply_gone")
        replies.take_reply_back(number, now=timezone.now(), actor=actor)
    return Done(gettext("The reply is no longer public"))


REPLIES = Queue(
    code="replies",
    label=_("Replies"),
    roles=(Role.OFFICER,),
    columns=(Column("kind", pgettext_lazy("desk", "What it is")),),
    views=(
        View("questions", _("Questions without a reply")),
        View("comments", _("Comments without a reply")),
        View("articles", _("Articles")),
        View("replied", _("Replied")),
    ),
    rows=rows,
    counts=counts,
    filters=(Filter("call", _("Call"), _call_choices),),
    actions=(
        RowAction("reply", _("Reply"), run=reply, key="e", form=ReplyForm, bulk=False, tone="go"),
        RowAction("take_back", _("Take back"), run=take_back, key="t", bulk=False, tone="bad"),
    ),
    page_size=PAGE,
)
