"""Every read about consultations: pages, API, feeds and exports show what these return."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from consultations.drafts import wording
from consultations.drafts.labels import CHINESE
from consultations.models import (
    Change,
    Clause,
    ClauseText,
    Comment,
    Consultation,
    ConsultationPage,
    Version,
)
from consultations.outcomes.models import Outcome
from consultations.rules import CallState
from consultations.voices import files, passages, replies, translations
from consultations.voices.files import PublicFile
from consultations.voices.ordering import ordered
from consultations.voices.organisations import public_name
from consultations.voices.passages import Quote
from consultations.voices.replies import PublicReply
from consultations.voices.rules import Order
from consultations.voices.translations import Translation
from engage.accounts.actors import ANYONE, Actor
from engage.participation.models import Submission
from engage.participation.queries import public_signature

PER_PAGE = 20
# What a public comment is shown with, joined to it.
_SHOWN_WITH = ("submission__organisation", "clause", "agreement_total", "passage")
_HEADINGS = {Clause.Level.PART, Clause.Level.CHAPTER, Clause.Level.SECTION}


@dataclass(frozen=True)
class Line:
    """One line of an article: a paragraph, item or sub-item with its printed label."""

    level: str
    label: str
    text: str


@dataclass
class Article:
    """What is read and commented on as one: an article with its lines, or a preamble line of its own."""

    clause_id: int
    key: str
    label: str
    heading: str
    plain_words: str = ""
    lines: list[Line] = field(default_factory=list)
    comments: int = 0

    @property
    def slug(self) -> str:
        """The article's part of the address."""
        return self.key.replace("_", "-")

    @property
    def name(self) -> str:
        """How the article is called in a sentence: its label, else its heading."""
        return self.label or self.heading

    @property
    def title(self) -> str:
        """Label and heading."""
        return f"{self.label} {self.heading}".strip()

    @property
    def text(self) -> str:
        """The words as plain text, one line a paragraph or item."""
        return "\n".join(
            f"{line.label}{' ' if line.label.isascii() and line.label else ''}{line.text}" for line in self.lines
        )


@dataclass(frozen=True)
class Heading:
    """A part, chapter or section heading between articles."""

    key: str
    level: str
    title: str


@dataclass(frozen=True)
class Text:
    """A version in one language: headings and articles in reading order.

    `language` is the one shown, which differs from the one asked for when there is no translation.
    """

    version: Version
    language: str
    blocks: list[Heading | Article]

    @property
    def articles(self) -> list[Article]:
        """The articles alone."""
        return [block for block in self.blocks if isinstance(block, Article)]

    def article(self, slug: str) -> Article | None:
        """Find an article by its part of the address."""
        return next((article for article in self.articles if article.slug == slug), None)

    def neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """Return the article before and after."""
        articles = self.articles
        place = articles.index(article)
        return (articles[place - 1] if place else None, articles[place + 1] if place + 1 < len(articles) else None)


@dataclass(frozen=True)
class Call:
    """One consultation as a reader meets it."""

    page: ConsultationPage
    consultation: Consultation
    state: CallState
    comment_count: int

    @property
    def is_open(self) -> bool:
        """Whether comments are taken now."""
        return self.state is CallState.OPEN


def _published_comments() -> QuerySet[Comment]:
    """Return the rows behind every public list; the page's own gate decides about the consultation."""
    return Comment.objects.filter(moderation_state="published", submission__state="active")


def _confidential_comments() -> QuerySet[Comment]:
    """Return what is counted and never listed: a moderator, or the call's rule, let it count."""
    return Comment.objects.filter(moderation_state="private", confidential=True, submission__state="active")


def _counted_comments() -> QuerySet[Comment]:
    """Return the rows behind every public count."""
    counted = Q(moderation_state="published") | Q(moderation_state="private", confidential=True)
    return Comment.objects.filter(counted, submission__state="active")


def _count_of(outer: str) -> Coalesce:
    counted = (
        _counted_comments()
        .filter(consultation=OuterRef(outer))
        .order_by()
        .values("consultation")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def is_answered(call: str = "consultation_id") -> Exists:
    """Return whether the outcome of a call is published; `call` is the row's column that names it."""
    return Exists(Outcome.objects.filter(consultation=OuterRef(call), state=Outcome.State.PUBLISHED))


def _call_of(page: ConsultationPage, now: datetime) -> Call:
    """Build the call of a page that carries `comment_count` and `answered`."""
    return Call(page, page.consultation, page.consultation.state(now, answered=page.answered), page.comment_count)


def calls(*, language: str, actor: Actor, now: datetime, topic: str = "", state: str = "") -> list[Call]:
    """List the consultations of one language: open ones first (soonest close first), then coming ones, then the others.

    Answered and withdrawn ones stand among the closed.
    """
    pages = (
        ConsultationPage.objects.visible_to(actor)
        .filter(locale__language_code=language)
        .select_related("consultation__department")
        .prefetch_related("consultation__topics", "consultation__extensions")
        .annotate(comment_count=_count_of("consultation_id"), answered=is_answered())
    )
    if topic:
        pages = pages.filter(consultation__topics__code=topic)
    found = [_call_of(page, now) for page in pages]
    order = {CallState.OPEN: 0, CallState.ANNOUNCED: 1, CallState.PLANNED: 1}
    wanted = [call for call in found if not state or call.state == state]

    def key(call: Call) -> tuple[int, float]:
        closes = call.consultation.closes_at.timestamp()
        place = order.get(call.state, 2)
        return place, -closes if place == 2 else closes

    return sorted(wanted, key=key)


def call(slug: str, *, language: str, actor: Actor, now: datetime) -> Call | None:
    """Return one consultation; in the other language when this one has no page. None when the actor may not see it."""
    pages = (
        ConsultationPage.objects.visible_to(actor)
        .filter(consultation__slug=slug)
        .select_related("consultation__department", "locale")
        .annotate(comment_count=_count_of("consultation_id"), answered=is_answered())
    )
    by_language = {page.locale.language_code: page for page in pages}
    page = by_language.get(language) or next(iter(by_language.values()), None)
    if page is None:
        return None
    return _call_of(page, now)


def call_of(page: ConsultationPage, *, now: datetime) -> Call:
    """Return the call as this page would show it, saved or still being written."""
    count = _counted_comments().filter(consultation=page.consultation).count()
    return Call(page, page.consultation, page.consultation.state(now), count)


def published_version(consultation: Consultation) -> Version | None:
    """Return the text the public reads; None before the first publication."""
    return Version.objects.filter(draft__consultation=consultation, pk=F("draft__published")).order_by("draft").first()


def text_of(version: Version, *, language: str, with_counts: bool = True) -> Text:
    """Build the reading text of a version; falls back to the language it was written in."""
    rows = list(
        ClauseText.objects.filter(clause__version=version)
        .order_by("clause__position")
        .values_list(
            "language",
            "clause_id",
            "clause__parent_id",
            "clause__level",
            "clause__key",
            "label",
            "heading",
            "text",
            "plain_words",
        )
    )
    languages = {row[0] for row in rows}
    shown = language if language in languages or not languages else sorted(languages)[0]
    counts = comment_counts(version) if with_counts else {}
    blocks: list[Heading | Article] = []
    current: Article | None = None
    inside: set[int] = set()
    for row_language, clause_id, parent_id, level, key, label, heading, text, plain_words in rows:
        if row_language != shown:
            continue
        if level in _HEADINGS:
            blocks.append(Heading(key, level, f"{label} {heading or text}".strip()))
            current, inside = None, set()
        elif level == Clause.Level.ARTICLE or current is None or parent_id not in inside:
            current = Article(clause_id, key, label, heading, plain_words, comments=counts.get(clause_id, 0))
            inside = {clause_id}
            blocks.append(current)
            if text:
                current.lines.append(Line("paragraph", "", text))
        else:
            inside.add(clause_id)
            current.lines.append(Line(level, label, text))
    return Text(version, shown, blocks)


def comment_counts(version: Version) -> dict[int | None, int]:
    """Return clause id (None: whole draft) to the number of comments that count."""
    counted = _counted_comments().filter(version=version).order_by().values_list("clause_id").annotate(n=Count("pk"))
    return dict(counted)


@dataclass(frozen=True)
class PublicComment:
    """One comment as anybody may read it: masked text, diff against the clause, how the writer is called."""

    id: int
    stance: str
    stance_label: str
    text: str
    language: str
    created_at: datetime
    edited: bool
    signature: str
    # Of a signature that the writer chose; empty when it is in the reader's own language.
    signature_language: str
    clause_key: str
    clause_title: str
    pieces: list[wording.Piece]
    channel: str
    # Devices that agree with it, as of the last roll-up.
    agreements: int
    replies: list[PublicReply]
    files: list[PublicFile]
    quote: Quote | None
    translation: Translation | None

    @property
    def clause_slug(self) -> str:
        """The clause's part of the address; empty for the whole draft."""
        return self.clause_key.replace("_", "-")


def public_comments(
    consultation: Consultation,
    text: Text,
    *,
    page: int,
    article: Article | None = None,
    whole: bool = False,
    order: Order = Order.NEWEST,
    now: datetime | None = None,
) -> PaginatorPage:
    """Return one page of published comments in an order of the day of `now`; each row is a PublicComment."""
    rows = _published_comments().filter(consultation=consultation).select_related(*_SHOWN_WITH)
    if article is not None:
        rows = rows.filter(clause__key=article.key)
    elif whole:
        rows = rows.filter(clause=None)
    scope = f"{consultation.pk}:{article.key if article else 'whole' if whole else ''}"
    sorted_rows = ordered(rows, order, day=timezone.localdate(now), scope=scope)
    found: PaginatorPage = Paginator(sorted_rows, PER_PAGE).get_page(page)
    return PaginatorPage(present(list(found.object_list), text), found.number, found.paginator)


def confidential_count(consultation: Consultation, *, article: Article | None = None, whole: bool = False) -> int:
    """Return how many comments of a list are counted and not shown."""
    rows = _confidential_comments().filter(consultation=consultation)
    if article is not None:
        rows = rows.filter(clause__key=article.key)
    elif whole:
        rows = rows.filter(clause=None)
    return rows.count()


def present(comments: Sequence[Comment], text: Text) -> list[PublicComment]:
    """Turn comments into what the public reads."""
    articles = {article.key: article for article in text.articles}
    written_on = texts_written_on(comments, text)
    answered = replies.under_comments(comments)
    attached = files.under_comments(comments)
    quotes = passages.quotes(comments, text.version)
    translated = translations.beside(comments, get_language() or "")
    shown = []
    for comment in comments:
        article = articles.get(comment.clause.key) if comment.clause else None
        shown.append(
            PublicComment(
                id=comment.pk,
                stance=comment.stance,
                stance_label=comment.get_stance_display(),
                text=comment.public_text,
                language=comment.language,
                created_at=comment.created_at,
                edited=comment.edited_at is not None,
                signature=_signature(comment.submission),
                signature_language=comment.language if comment.submission.signature else "",
                clause_key=comment.clause.key if comment.clause else "",
                clause_title=article.title if article else "",
                pieces=shortened(suggestion_pieces(comment, written_on), comment.language),
                channel=comment.submission.channel,
                agreements=_agreements(comment),
                replies=answered.get(comment.pk, []),
                files=attached.get(comment.pk, []),
                quote=quotes.get(comment.pk),
                translation=translated.get(comment.pk),
            )
        )
    return shown


def _signature(submission: Submission) -> str:
    organisation = getattr(submission, "organisation", None)
    return public_name(organisation) if organisation else public_signature(submission)


def _agreements(comment: Comment) -> int:
    total = getattr(comment, "agreement_total", None)
    return total.devices if total else 0


WrittenOn = dict[tuple[int, str], Text]


def texts_written_on(comments: Iterable[Comment], at_hand: Text) -> WrittenOn:
    """Return the texts that suggested wordings were written on: version and language to the text read then.

    That can be another than the reader's, which is `at_hand`: a Chinese suggestion is no change of the English words.
    """
    found: WrittenOn = {(at_hand.version.pk, at_hand.language): at_hand}
    wanted = {(comment.version_id, comment.language) for comment in comments if comment.suggested and comment.clause_id}
    missing = sorted(wanted - set(found))
    versions = Version.objects.in_bulk({version_id for version_id, _ in missing}) if missing else {}
    for version_id, language in missing:
        found[version_id, language] = text_of(versions[version_id], language=language, with_counts=False)
    return found


def suggestion_pieces(comment: Comment, written_on: WrittenOn) -> list[wording.Piece]:
    """Return a suggested wording as a diff against the article it was written on; empty when there is none."""
    text = written_on.get((comment.version_id, comment.language))
    if text is None or not comment.suggested or comment.clause is None:
        return []
    article = next((article for article in text.articles if article.clause_id == comment.clause_id), None)
    return comment.wording_diff(article.text) if article else []


CONTEXT = 24


def shortened(pieces: Sequence[wording.Piece], language: str) -> list[wording.Piece]:
    """Cut long unchanged stretches of a diff down to CONTEXT characters beside each change, with an ellipsis.

    Words that are written with spaces between them stay whole.
    """
    ellipsis = "……" if language == CHINESE else "…"
    shown: list[wording.Piece] = []
    for place, (op, words) in enumerate(pieces):
        if op == "keep" and len(words) > 2 * CONTEXT:
            head = re.sub(r"[a-zA-Z0-9'’-]+$", "", words[: CONTEXT + 1])[:CONTEXT] if place else ""
            tail = re.sub(r"^[a-zA-Z0-9'’-]+", "", words[-CONTEXT - 1 :])[-CONTEXT:] if place < len(pieces) - 1 else ""
            words = f"{head}{ellipsis}{tail}"
        shown.append((op, words))
    return shown


def public_comment(comment_id: int) -> Comment | None:
    """Return one comment that everybody may read."""
    return (
        Comment.objects.visible_to(ANYONE)
        .select_related(*_SHOWN_WITH, "consultation", "version")
        .filter(pk=comment_id)
        .first()
    )


@dataclass(frozen=True)
class PublishedChange:
    """One consequence of comments, as the home page tells it."""

    slug: str
    title: str
    pieces: list[wording.Piece]
    people: int


def published_changes(*, language: str, limit: int) -> list[PublishedChange]:
    """Return the newest published consequences of comments, of calls that everybody may see."""
    title = (
        ConsultationPage.objects.visible_to(ANYONE)
        .filter(consultation=OuterRef("consultation"), locale__language_code=language)
        .values("title")[:1]
    )
    rows = (
        Change.objects.filter(consultation__in=Consultation.objects.visible_to(ANYONE))
        .select_related("consultation")
        .annotate(call_title=Subquery(title))[:limit]
    )
    return [
        PublishedChange(
            slug=row.consultation.slug,
            title=f"{row.call_title or row.consultation.slug} · {row.title}",
            pieces=wording.diff(row.before, row.after, language),
            people=row.people,
        )
        for row in rows
    ]
