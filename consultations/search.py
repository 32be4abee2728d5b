"""What of consultations can be found: the calls, the articles of published texts, published comments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from consultations.models import Clause, ClauseText, Comment, Consultation, ConsultationPage
from engage.accounts.actors import ANYONE
from engage.search.registry import Entry, Source


def _address(language: str, name: str, *args: Any) -> str:
    with translation.override(language):
        return reverse(name, args=args)


def _public_pages() -> QuerySet[ConsultationPage]:
    return ConsultationPage.objects.visible_to(ANYONE).select_related("consultation", "locale")


def _withdrawn(call: Consultation, language: str) -> str:
    """Say that a call was withdrawn and why; empty for one that was not."""
    with translation.override(language):
        return _("Withdrawn: %(reason)s") % {"reason": call.withdrawn_reason} if call.withdrawn_at else ""


def _page_entries(page: ConsultationPage) -> Iterator[Entry]:
    language = page.locale.language_code
    yield Entry(
        language=language,
        title=page.title,
        body="\n".join(
            [_withdrawn(page.consultation, language), page.summary, page.affected, page.how_decided]
        ).strip(),
        url=_address(language, "consultation", page.consultation.slug),
        # A coming call is found as soon as its page is public.
        published_at=min(page.first_published_at or page.consultation.opens_at, page.consultation.opens_at),
        department_id=page.consultation.department_id,
    )


def _public_clauses() -> QuerySet[Clause]:
    return (
        Clause.objects.filter(
            level=Clause.Level.ARTICLE,
            version=F("version__draft__published"),
            version__draft__consultation__in=Consultation.objects.visible_to(ANYONE),
        )
        .select_related("version__draft__consultation")
        .prefetch_related("version__texts")
    )


def _clause_entries(clause: Clause) -> Iterator[Entry]:
    consultation = clause.version.draft.consultation
    assert consultation is not None
    family = Clause.objects.filter(version=clause.version_id, key__startswith=clause.key).order_by("position")
    written = [
        text
        for below in family.prefetch_related("texts")
        if below.key == clause.key or below.key.startswith(clause.key + "__")
        for text in below.texts.all()
    ]
    titles = {text.language: text.title for text in clause.version.texts.all()}
    for language, _name in settings.LANGUAGES:
        texts = [text for text in written if text.language == language]
        if texts:
            yield Entry(
                language=language,
                title=f"{texts[0].label} {texts[0].heading}".strip() + f" · {titles[language]}",
                body="\n".join(part for text in texts for part in _words(text) if part),
                url=_address(language, "clause", consultation.slug, clause.slug),
                published_at=clause.version.published_at or consultation.opens_at,
                department_id=consultation.department_id,
            )


def _words(text: ClauseText) -> tuple[str, ...]:
    return (text.text, text.plain_words, *(note["text"] for note in text.notes))


def _public_comments() -> QuerySet[Comment]:
    title = (
        ConsultationPage.objects.visible_to(ANYONE)
        .filter(consultation=OuterRef("consultation"), locale__language_code=OuterRef("language"))
        .values("title")[:1]
    )
    heading = ClauseText.objects.filter(clause=OuterRef("clause"), language=OuterRef("language")).values("heading")[:1]
    return (
        Comment.objects.visible_to(ANYONE)
        .select_related("consultation", "clause")
        .annotate(call_title=Subquery(title), clause_heading=Subquery(heading))
    )


def _comment_title(comment: Comment) -> str:
    """Name the clause first: a list of comments on one call must not read the same line by line."""
    call = comment.call_title or comment.consultation.slug  # type: ignore[attr-defined]
    if comment.clause is None:
        return call
    where = f"{comment.clause.label(comment.language)} {comment.clause_heading or ''}".strip()  # type: ignore[attr-defined]
    return f"{where} · {call}"


def _comment_entries(comment: Comment) -> Iterator[Entry]:
    yield Entry(
        language=comment.language,
        title=_comment_title(comment),
        body=f"{comment.public_text}\n{comment.public_suggested}".strip(),
        url=_address(comment.language, "comment", comment.consultation.slug, comment.pk),
        published_at=comment.created_at,
        department_id=comment.consultation.department_id,
    )


SOURCES = [
    Source("consultation", _("Calls for comments"), ConsultationPage, _public_pages, _page_entries),
    Source("clause", _("Clauses"), Clause, _public_clauses, _clause_entries),
    Source("comment", _("Comments"), Comment, _public_comments, _comment_entries),
]
