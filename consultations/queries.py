"""Every read about consultations: pages, API, feeds and exports show what these return."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language

from consultations import footnotes
from consultations.drafts import wording
from consultations.drafts.labels import CHINESE
from consultations.footnotes import Footnote
from consultations.models import (
    Change,
    Clause,
    ClauseText,
    Comment,
    Consultation,
    ConsultationPage,
    Draft,
    Version,
    VersionText,
)
from consultations.outcomes.models import Outcome
from consultations.packs.models import Pack
from consultations.published import published_version as published_version
from consultations.rules import CallState
from consultations.standing import Count, Standing, standing
from consultations.voices import files, passages, replies, translations
from consultations.voices.files import PublicFile
from consultations.voices.models import CommentTally
from consultations.voices.ordering import ordered
from consultations.voices.organisations import public_name
from consultations.voices.passages import Quote
from consultations.voices.replies import PublicReply
from consultations.voices.rules import Order
from consultations.voices.translations import Translation
from engage.accounts.actors import ANYONE, Actor, is_staff
from engage.pages.gate import is_as_released
from engage.pages.translation import HTML_LANG
from engage.pages.visibility import released_digest
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
    notes: tuple[Footnote, ...] = ()
    # Defined terms: start, end, and the part of the address of the article that defines it (`defined.link_terms`).
    terms: tuple[tuple[int, int, str], ...] = ()

    @property
    def pieces(self) -> Iterator[footnotes.Piece]:
        """The text cut at its footnotes and defined terms."""
        return footnotes.pieces(self.text, self.notes, self.terms)


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
    # How many of these nobody but the department reads.
    confidential: int = 0
    # The clauses, of this version and of earlier ones, whose comments stand here.
    sources: frozenset[int] = frozenset()
    # Those at its heading.
    notes: tuple[Footnote, ...] = ()

    @property
    def footnotes(self) -> list[Footnote]:
        """All its footnotes, in the order of their numbers."""
        return [*self.notes, *(note for line in self.lines for note in line.notes)]

    def add_line(self, level: str, label: str, text: str, notes: Sequence[Mapping[str, Any]]) -> None:
        """Append a line with the footnotes kept with its clause; without words they are the heading's."""
        found = footnotes.numbered(notes, len(self.footnotes))
        if text or label:
            self.lines.append(Line(level, label, text, found))
        else:
            self.notes = (*self.notes, *found)

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
    footnotes: tuple[Footnote, ...] = ()

    @property
    def slug(self) -> str:
        """Its name in the page."""
        return self.key.replace("_", "-")


@dataclass(frozen=True)
class Text:
    """A version in one language: headings and articles in reading order.

    `language` is the one shown, which differs from the one asked for when there is no translation.
    """

    version: Version
    language: str
    blocks: list[Heading | Article]
    # Clauses of earlier versions that this one no longer has; their comments stand by the draft as a whole.
    gone: frozenset[int] = frozenset()
    # The comments that stand by the draft as a whole.
    whole: Count = field(default_factory=Count)
    # Where all texts of a call are read together: the others, and what each is called.
    beside: tuple[Text, ...] = ()
    title: str = ""

    @property
    def articles(self) -> list[Article]:
        """The articles alone."""
        return [block for block in self.blocks if isinstance(block, Article)]

    def article(self, slug: str) -> Article | None:
        """Find an article by its part of the address, here or in the texts beside."""
        texts = (self, *self.beside)
        return next((article for text in texts for article in text.articles if article.slug == slug), None)

    def homes(self, comments: Iterable[Comment]) -> dict[int, Text]:
        """Return comment to the one of these texts that it stands by; this one for a comment on the whole."""
        homes = {
            clause_id: text
            for text in self.beside
            for clause_id in (*text.gone, *(source for article in text.articles for source in article.sources))
        }
        return {comment.pk: homes.get(comment.clause_id or 0, self) for comment in comments}

    def neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """Return the article before and after."""
        articles = self.articles
        place = articles.index(article)
        return (articles[place - 1] if place else None, articles[place + 1] if place + 1 < len(articles) else None)


@dataclass(frozen=True)
class DraftLink:
    """One text of a call among the others."""

    slug: str
    title: str
    is_questions: bool
    version: Version


@dataclass(frozen=True)
class Call:
    """One consultation as a reader meets it."""

    page: ConsultationPage
    consultation: Consultation
    state: CallState
    comment_count: int
    # How many of these nobody but the department reads.
    confidential_count: int = 0
    interpreted: bool = False

    @property
    def is_open(self) -> bool:
        """Whether comments are taken now."""
        return self.state is CallState.OPEN

    @property
    def foreign_lang(self) -> str:
        """The HTML language of its words where that is not the reader's; else empty."""
        spoken = self.page.locale.language_code
        return HTML_LANG.get(spoken, spoken) if spoken != get_language() else ""


def _published_comments() -> QuerySet[Comment]:
    """Return the rows behind every public list; the page's own gate decides about the consultation."""
    return Comment.objects.filter(moderation_state="published", submission__state="active")


def _tallied(outer: str, **narrowed: Any) -> Coalesce:
    counted = (
        CommentTally.objects.filter(consultation=OuterRef(outer), **narrowed)
        .order_by()
        .values("consultation")
        .annotate(n=Sum("change"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _counts() -> dict[str, Coalesce]:
    """Return what a query for pages is annotated with: how many comments count, and how many of these are not shown."""
    return {
        "comment_count": _tallied("consultation_id"),
        "confidential_count": _tallied("consultation_id", confidential=True),
    }


def is_answered(call: str = "consultation_id") -> Exists:
    """Return whether the outcome of a call is published; `call` is the row's column that names it."""
    return Exists(Outcome.objects.filter(consultation=OuterRef(call), state=Outcome.State.PUBLISHED))


def is_interpreted(call: str = "consultation_id") -> Exists:
    """Return whether an interpretation of a call's text is published; `call` is the row's column that names it."""
    return Exists(Pack.objects.filter(consultation=OuterRef(call), state=Pack.State.PUBLISHED))


def _call_of(page: ConsultationPage, now: datetime) -> Call:
    """Build the call of a page that carries `_counts`, `answered` and `interpreted`."""
    state = page.consultation.state(now, answered=page.answered)
    return Call(page, page.consultation, state, page.comment_count, page.confidential_count, page.interpreted)


def calls(*, language: str, actor: Actor, now: datetime, topic: str = "", state: str = "") -> list[Call]:
    """List the consultations: open ones first (soonest close first), then coming ones, then the others.

    Each with its page in a language, else with the one it has. Answered and withdrawn ones stand among the closed.
    """
    pages = (
        ConsultationPage.objects.visible_to(actor)
        .select_related("consultation__department", "locale")
        .prefetch_related("consultation__topics", "consultation__extensions")
        .annotate(**_counts(), answered=is_answered(), interpreted=is_interpreted())
    )
    if topic:
        pages = pages.filter(consultation__topics__code=topic)
    by_call: dict[int, ConsultationPage] = {}
    for page in pages:
        if page.locale.language_code == language or page.consultation_id not in by_call:
            by_call[page.consultation_id] = page
    found = [_call_of(page, now) for page in by_call.values()]
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
        .annotate(**_counts(), answered=is_answered(), interpreted=is_interpreted(), signed=released_digest())
    )
    by_language = {page.locale.language_code: page for page in pages}
    page = by_language.get(language) or next(iter(by_language.values()), None)
    if page is None or not (is_staff(actor) or is_as_released(page)):
        return None
    return _call_of(page, now)


def call_of(page: ConsultationPage, *, now: datetime) -> Call:
    """Return the call as this page would show it, saved or still being written."""
    tallies = CommentTally.objects.filter(consultation=page.consultation)
    counted = tallies.aggregate(
        all=Coalesce(Sum("change"), 0), unread=Coalesce(Sum("change", filter=Q(confidential=True)), 0)
    )
    return Call(page, page.consultation, page.consultation.state(now), counted["all"], counted["unread"])


def draft_links(versions: Sequence[Version], *, language: str) -> list[DraftLink]:
    """Return what leads to each text of a call, with its title in a language, else in another."""
    titles: dict[int, str] = {}
    for version_id, spoken, title in VersionText.objects.filter(version__in=versions).values_list(
        "version_id", "language", "title"
    ):
        if spoken == language or version_id not in titles:
            titles[version_id] = title
    return [
        DraftLink(
            slug=version.draft.slug,
            title=titles.get(version.pk, version.draft.name),
            is_questions=version.draft.kind == Draft.Kind.QUESTIONS,
            version=version,
        )
        for version in versions
    ]


def read_together(versions: Sequence[Version], *, language: str, with_counts: bool = True) -> Text:
    """Return the first text of a call with the others beside it, with what says where comments stand.

    Without counts that takes a query for each text that has earlier versions, and none else.
    """
    first, *others = (
        text_of(version, language=language, with_counts=with_counts, with_sources=True) for version in versions
    )
    titles = {link.version.pk: link.title for link in draft_links(versions, language=language)} if others else {}
    whole = Count()
    for text in (first, *others):
        whole.add(text.whole)
    beside = tuple(replace(text, title=titles[text.version.pk]) for text in others)
    return replace(first, beside=beside, whole=whole)


def text_of(version: Version, *, language: str, with_counts: bool = True, with_sources: bool = False) -> Text:
    """Build the reading text of a version; falls back to the language it was written in.

    `with_counts`: how many comments stand where, those on earlier versions included; `with_sources`: at least where
    those on earlier versions stand, which takes a query only when there are such versions.
    """
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
            "notes",
            "clause__stable_id",
        )
    )
    languages = {row[0] for row in rows}
    shown = language if language in languages or not languages else sorted(languages)[0]
    asked = with_counts or (with_sources and version.number > 1)
    stand = standing(version, {row[-1]: row[1] for row in rows}) if asked else Standing()
    blocks: list[Heading | Article] = []
    current: Article | None = None
    inside: set[int] = set()
    for row_language, clause_id, parent_id, level, key, label, heading, text, plain_words, notes, _id in rows:
        if row_language != shown:
            continue
        if level in _HEADINGS:
            blocks.append(Heading(key, level, f"{label} {heading or text}".strip(), footnotes.numbered(notes, 0)))
            current, inside = None, set()
        elif level == Clause.Level.ARTICLE or current is None or parent_id not in inside:
            current = Article(
                clause_id,
                key,
                label,
                heading,
                plain_words,
                comments=stand.counts[clause_id].all,
                confidential=stand.counts[clause_id].confidential,
                sources=frozenset({clause_id, *stand.sources.get(clause_id, ())}),
            )
            inside = {clause_id}
            blocks.append(current)
            of_heading = [note for note in notes if note["at"] < 0 or not text]
            current.add_line("", "", "", of_heading)
            if text:
                current.add_line("paragraph", "", text, [note for note in notes if note not in of_heading])
        else:
            inside.add(clause_id)
            current.add_line(level, label, text, notes)
    return Text(version, shown, blocks, frozenset(stand.gone), stand.counts[None])


@dataclass(frozen=True)
class Written:
    """On what a comment was written that the reader's version does not have, or has under another name."""

    version: int
    clause: str
    is_gone: bool


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
    # The version it was written on and what the clause was called there; None for the version that is read.
    written: Written | None
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
    call: Call,
    text: Text,
    *,
    page: int,
    article: Article | None = None,
    whole: bool = False,
    order: Order = Order.NEWEST,
    now: datetime | None = None,
) -> PaginatorPage:
    """Return one page of published comments in an order of the day of `now`; each row is a PublicComment.

    The text comes with its counts where `article` or `whole` narrow the list: how many there are is not counted anew.
    """
    consultation = call.consultation
    rows = _on(_published_comments().filter(consultation=consultation), text, article=article, whole=whole)
    scope = f"{consultation.pk}:{article.key if article else 'whole' if whole else ''}"
    place = partial(ordered, order=order, day=timezone.localdate(now), scope=scope)
    sorted_rows = place(rows)
    pages: Paginator = Paginator(sorted_rows, PER_PAGE)
    pages.count = total_of(call, text, article=article, whole=whole).listed
    found = pages.get_page(page)
    # A million rows are sorted by their keys alone; what is shown is read for the twenty of the page.
    start = (found.number - 1) * PER_PAGE
    keys = sorted_rows.values("pk")[start : start + PER_PAGE]
    shown = place(_published_comments().filter(pk__in=keys).select_related(*_SHOWN_WITH))
    return PaginatorPage(present(list(shown), text), found.number, found.paginator)


def _on(rows: QuerySet[Comment], text: Text, *, article: Article | None, whole: bool) -> QuerySet[Comment]:
    """Narrow comments to those that stand by one article, or by the draft as a whole."""
    if article is not None:
        return rows.filter(clause__in=article.sources)
    if whole:
        gone = {clause_id for each in (text, *text.beside) for clause_id in each.gone}
        return rows.filter(Q(clause=None) | Q(clause__in=gone))
    return rows


def total_of(call: Call, text: Text, *, article: Article | None = None, whole: bool = False) -> Count:
    """Return how many comments a list has: all of the call, those on one article, or those on the draft as a whole."""
    if article is not None:
        return Count(article.comments, article.confidential)
    return text.whole if whole else Count(call.comment_count, call.confidential_count)


def present(comments: Sequence[Comment], text: Text) -> list[PublicComment]:
    """Turn comments into what the public reads."""
    texts, homes = (text, *text.beside), text.homes(comments)
    articles = {source: article for each in texts for article in each.articles for source in article.sources}
    earlier = _written(comments, homes)
    written_on = texts_written_on(comments, *texts)
    answered = replies.under_comments(comments)
    attached = files.under_comments(comments)
    quotes: dict[int, Quote] = {}
    for each in texts:
        quotes |= passages.quotes([row for row in comments if homes[row.pk] is each], each.version)
    translated = translations.beside(comments, get_language() or "")
    shown = []
    for comment in comments:
        article = articles.get(comment.clause_id) if comment.clause_id else None
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
                clause_key=article.key if article else "",
                clause_title=article.title if article else "",
                written=earlier.get(comment.pk),
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


def _written(comments: Sequence[Comment], homes: Mapping[int, Text]) -> dict[int, Written]:
    """Return comment to where it was written, for those written on another version; no query when there are none."""
    older = [comment for comment in comments if comment.version_id != homes[comment.pk].version.pk]
    if not older:
        return {}
    wanted = {comment.clause_id for comment in older if comment.clause_id}
    rows = ClauseText.objects.filter(clause__in=wanted).values_list("clause_id", "language", "label", "heading")
    names = {(clause_id, language): label or heading for clause_id, language, label, heading in rows}
    numbers = dict(Version.objects.filter(pk__in={comment.version_id for comment in older}).values_list("pk", "number"))

    def name(comment: Comment) -> str:
        spoken = [(comment.clause_id or 0, code) for code in (homes[comment.pk].language, comment.language)]
        return next((names[one] for one in spoken if one in names), "")

    return {
        comment.pk: Written(
            version=numbers[comment.version_id],
            clause=name(comment),
            is_gone=comment.clause_id in homes[comment.pk].gone,
        )
        for comment in older
    }


def _signature(submission: Submission) -> str:
    organisation = getattr(submission, "organisation", None)
    return public_name(organisation) if organisation else public_signature(submission)


def _agreements(comment: Comment) -> int:
    total = getattr(comment, "agreement_total", None)
    return total.devices if total else 0


WrittenOn = dict[tuple[int, str], Text]


def texts_written_on(comments: Iterable[Comment], *at_hand: Text) -> WrittenOn:
    """Return the texts that suggested wordings were written on: version and language to the text read then.

    That can be another than the reader's, which are `at_hand`: a Chinese suggestion is no change of the English words.
    """
    found: WrittenOn = {(text.version.pk, text.language): text for text in at_hand}
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
