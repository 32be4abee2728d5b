"""How comments look in the moderation queue."""

from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from consultations.drafts.labels import label
from consultations.models import Comment
from consultations.outcomes import actions as outcomes
from engage.participation.moderation import Source
from engage.search import actions as search


def _title(comment: Comment) -> str:
    language = get_language() or ""
    page = next((page for page in comment.consultation.pages.all() if page.locale.language_code == language), None)
    where = label(comment.clause.level, comment.clause.number, language) if comment.clause else ""
    parts = [page.title if page else comment.consultation.slug, where or gettext("The whole draft")]
    return " · ".join([*parts, comment.get_stance_display()])


def _text(comment: Comment) -> str:
    return comment.text if not comment.suggested else f"{comment.text}\n\n→ {comment.suggested}"


def _url(comment: Comment) -> str:
    return reverse("comment", args=[comment.consultation.slug, comment.pk])


def _changed(comment: Comment) -> None:
    """Bring the search in step, and the files of a published outcome: what was hidden leaves both."""
    search.index(comment)
    outcomes.refresh_exports(comment.consultation_id)


SOURCE = Source(
    code="comment",
    label=_("Comments on drafts"),
    model=Comment,
    title=_title,
    text=_text,
    url=_url,
    related=("consultation", "clause", "submission"),
    prefetch=("consultation__pages__locale",),
    changed=_changed,
)
