"""How comments look in the moderation queue."""

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from consultations.models import Comment
from consultations.outcomes import actions as outcomes
from consultations.voices import actions as voices
from consultations.voices import desk
from consultations.voices.models import CommentFile
from engage.participation.models import ModerationState
from engage.participation.moderation import Source
from engage.search import actions as search


def _title(comment: Comment) -> str:
    language = get_language() or ""
    page = next((page for page in comment.consultation.pages.all() if page.locale.language_code == language), None)
    where = comment.clause.label(language) if comment.clause else ""
    parts = [page.title if page else comment.consultation.slug, where or gettext("The whole draft")]
    return " · ".join([*parts, comment.get_stance_display()])


def _text(comment: Comment) -> str:
    return comment.text if not comment.suggested else f"{comment.text}\n\n→ {comment.suggested}"


def _url(comment: Comment) -> str:
    return reverse("comment", args=[comment.consultation.slug, comment.pk])


def _changed(comment: Comment) -> None:
    """Bring the search in step, and the files of a published outcome: what was hidden leaves both."""
    search.index(comment, *comment.replies.all())
    outcomes.refresh_exports(comment.consultation_id)
    if comment.moderation_state != ModerationState.PUBLISHED:
        voices.close_reports(comment, by=comment.moderated_by)


SOURCE = Source(
    code="comment",
    label=_("Comments on drafts"),
    model=Comment,
    title=_title,
    text=_text,
    url=_url,
    related=("consultation", "clause", "submission__organisation"),
    prefetch=("consultation__pages__locale",),
    changed=_changed,
    decisions=desk.decisions,
    notes=desk.notes,
    reported=desk.reported,
    reports=desk.report_sentences,
    settle=voices.settle_reports,
    reopen=voices.reopen_reports,
)


def _file_title(file: CommentFile) -> str:
    return gettext("File with a comment: %(name)s") % {"name": file.attachment.name}


def _file_text(file: CommentFile) -> str:
    return f"{file.comment.text}\n\n{filesizeformat(file.attachment.size)} · {file.attachment.media_type}"


def _file_url(file: CommentFile) -> str:
    return reverse("comment_file", args=[file.comment.consultation.slug, file.comment_id, file.pk])


FILES = Source(
    code="file",
    label=_("Files with comments"),
    model=CommentFile,
    title=_file_title,
    text=_file_text,
    url=_file_url,
    related=("comment__consultation", "attachment", "submission"),
    searched="attachment__name",
    opens=True,
    decisions=desk.file_decisions,
)
