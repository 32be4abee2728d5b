"""How comments look in the moderation queue."""

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from consultations.models import Comment
from engage.participation.moderation import Source
from engage.search import actions as search


def _title(comment: Comment) -> str:
    where = comment.clause.key if comment.clause else _now("The whole draft")
    return f"{comment.consultation.slug} · {where} · {comment.get_stance_display()}"


def _text(comment: Comment) -> str:
    return comment.text if not comment.suggested else f"{comment.text}\n\n→ {comment.suggested}"


def _url(comment: Comment) -> str:
    return reverse("comment", args=[comment.consultation.slug, comment.pk])


SOURCE = Source(
    code="comment",
    label=_("Comments on drafts"),
    model=Comment,
    title=_title,
    text=_text,
    url=_url,
    related=("consultation", "clause", "submission"),
    changed=search.index,
)
