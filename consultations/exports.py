"""A version as a file: which formats there are, what they are called, and the version's rows as a plain tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from consultations.drafts.akomantoso import Publication, to_akoma_ntoso
from consultations.drafts.exports import to_docx, to_html, to_pdf
from consultations.drafts.tree import Note, ParsedClause, ParsedDraft, counted
from consultations.models import ClauseText, Version

KEEP_SECONDS = 24 * 60 * 60  # a published version never changes; what it is called or dated may be corrected
_UNFIT = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Format:
    """One format: its content type, the ending of a file name, and what writes it."""

    content_type: str
    ending: str
    write: Callable[[ParsedDraft, Publication, Sequence[str]], bytes]


FORMATS = {
    "akn": Format("application/akn+xml", "xml", lambda draft, about, lines: to_akoma_ntoso(draft, about)),
    "docx": Format(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
        lambda draft, about, lines: to_docx(draft, about=lines),
    ),
    "pdf": Format("application/pdf", "pdf", lambda draft, about, lines: to_pdf(draft, about=lines)),
    "html": Format("text/html; charset=utf-8", "html", lambda draft, about, lines: to_html(draft, about=lines)),
}


def draft_of(version: Version, language: str) -> ParsedDraft:
    """Return a version in one language as a plain tree; in another language it has when not in this one.

    Who may read the version is for the caller to ask, as with `queries.text_of`.
    """
    rows = list(
        ClauseText.objects.filter(clause__version=version)
        .order_by("clause__position")
        .values_list(
            "language", "clause__key", "clause__parent__key", "clause__level", "clause__number", "label", "heading",
            "text", "notes",
        )
    )  # fmt: skip
    languages = {row[0] for row in rows}
    shown = language if language in languages or not languages else sorted(languages)[0]
    prefix = version.draft.prefix
    clauses = tuple(
        ParsedClause(
            key.removeprefix(prefix),
            level,
            number,
            label,
            heading,
            parent.removeprefix(prefix) if parent else None,
            text,
            place,
            tuple(Note(**note) for note in notes),
        )  # fmt: skip
        for place, (row_language, key, parent, level, number, label, heading, text, notes) in enumerate(rows, 1)
        if row_language == shown
    )
    words = version.texts.filter(language=shown).first()
    title, note = (words.title, words.note) if words else (version.draft.name, "")
    return ParsedDraft(title, note, shown, clauses, (), counted(clauses))


def file_of(version: Version, name: str, *, language: str, address: str, authority: str) -> bytes:
    """Return a published version in one of FORMATS, kept for a day. `address`: where its page is."""
    key = f"draft-file:{version.pk}:{name}:{language}:{address}"
    kept: bytes | None = cache.get(key)
    if kept is None:
        about = [version_line(version), address]
        kept = FORMATS[name].write(draft_of(version, language), _publication(version, authority), about)
        cache.set(key, kept, KEEP_SECONDS)
    return kept


def version_line(version: Version) -> str:
    """Return number and day of a version in the active language."""
    day = date_format(timezone.localdate(version.published_at or version.created_at), "DATE_FORMAT")
    return gettext("Version %(number)s, %(day)s") % {"number": version.number, "day": day}


def file_name(version: Version, name: str, language: str) -> str:
    """Return what a reader's computer calls the file: the title in its own language and the number of the version."""
    words = version.texts.filter(language=language).first() or version.texts.order_by("language").first()
    title = " ".join(_UNFIT.sub(" ", words.title if words else version.draft.name).split())[:_LONGEST_NAME]
    return f"{title or 'draft'}-v{version.number}.{FORMATS[name].ending}"


def _publication(version: Version, authority: str) -> Publication:
    consultation = version.draft.consultation
    first = version.draft.versions.order_by("number").values_list("created_at", flat=True).first()
    return Publication(
        name="-".join(
            filter(None, (consultation.slug if consultation else f"draft-{version.draft_id}", version.draft.slug))
        ),
        work_date=_day(first or version.created_at),
        version_date=_day(version.published_at or version.created_at),
        author=authority,
        author_code=consultation.department.code if consultation else "authority",
        version=version.number,
    )


def _day(moment: datetime) -> date:
    return timezone.localdate(moment)
