"""Consultations in the public API: calls, their text, published comments."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone, translation
from ninja import Query, Router, Schema

from consultations import queries
from consultations.footnotes import Footnote
from consultations.outcomes import queries as outcomes
from consultations.published import named, published_versions
from consultations.voices import replies
from engage.accounts.actors import ANYONE

router = Router(tags=["consultations"])


class ExtensionOut(Schema):
    """That the close moved, and why."""

    decided_at: datetime
    closed_before: datetime
    closes_after: datetime
    reason: str


class CallOut(Schema):
    """One call for comments."""

    slug: str
    title: str
    summary: str
    kind: str
    state: str
    announced_at: datetime | None
    opens_at: datetime
    closes_at: datetime
    short_reason: str
    withdrawn_at: datetime | None
    withdrawn_reason: str
    extensions: list[ExtensionOut]
    department: str
    topics: list[str]
    comments: int


class FootnoteOut(Schema):
    """One footnote; `at` is its place in the line's text, -1 at the heading."""

    at: int
    mark: str
    text: str


class LineOut(Schema):
    """One paragraph or item."""

    level: str
    label: str
    text: str
    footnotes: list[FootnoteOut]


class DraftOut(Schema):
    """One text of a call: `draft` names it when its words are asked for, empty for the first one."""

    draft: str
    kind: str
    title: str
    version: int


class ArticleOut(Schema):
    """One article with its lines."""

    key: str
    label: str
    heading: str
    plain_words: str
    comments: int
    footnotes: list[FootnoteOut]
    lines: list[LineOut]


class TextOut(Schema):
    """A published text."""

    version: int
    language: str
    articles: list[ArticleOut]


class WrittenOut(Schema):
    """The version and clause a comment was written on, where the published version differs; `gone`: it left it out."""

    version: int
    clause: str
    gone: bool


class CommentOut(Schema):
    """One published comment, personal data hidden; `agreements` are devices that agree with it, no comments.

    `clause` is where it stands in the published version, `written` where it was written if that was another version.
    `selectors` say which words of the clause it is about, as W3C Web Annotation selectors; none: all of them.
    """

    id: int
    clause: str
    stance: str
    text: str
    language: str
    signature: str
    channel: str
    created_at: datetime
    agreements: int
    selectors: list[dict[str, Any]]
    written: WrittenOut | None


class CommentPage(Schema):
    """One page of comments."""

    count: int
    page: int
    pages: int
    items: list[CommentOut]


class Language(Schema):
    """In which language: `zh-hans` or `en`."""

    language: str = "zh-hans"

    @property
    def code(self) -> str:
        """The language asked for if there is such a one, else Chinese."""
        return "en" if self.language.startswith("en") else "zh-hans"


def _call_out(call: queries.Call) -> CallOut:
    consultation = call.consultation
    return CallOut(
        slug=consultation.slug,
        title=call.page.title,
        summary=call.page.summary,
        kind=consultation.kind,
        state=call.state,
        announced_at=consultation.announced_at,
        opens_at=consultation.opens_at,
        closes_at=consultation.closes_at,
        short_reason=consultation.short_reason,
        withdrawn_at=consultation.withdrawn_at,
        withdrawn_reason=consultation.withdrawn_reason,
        extensions=[
            ExtensionOut(
                decided_at=row.at, closed_before=row.closed_before, closes_after=row.closes_after, reason=row.reason
            )
            for row in consultation.extensions.all()
        ],
        department=consultation.department.name,
        topics=[topic.code for topic in consultation.topics.all()],
        comments=call.comment_count,
    )


def _call(slug: str, language: str) -> queries.Call:
    found = queries.call(slug, language=language, actor=ANYONE, now=timezone.now())
    if found is None:
        raise Http404
    return found


def _text(call: queries.Call, language: str, draft: str) -> queries.Text:
    version = named(published_versions(call.consultation), draft)
    if version is None:
        raise Http404
    return queries.text_of(version, language=language)


def _footnotes(notes: Iterable[Footnote]) -> list[FootnoteOut]:
    return [FootnoteOut(at=note.at, mark=note.mark, text=note.text) for note in notes]


@router.get("{slug:slug}/drafts", response=list[DraftOut])
def drafts(request: HttpRequest, slug: str, language: Query[Language]) -> list[DraftOut]:
    """List the texts of a call: the first one, further ones, and its questions."""
    with translation.override(language.code):
        versions = published_versions(_call(slug, language.code).consultation)
        return [
            DraftOut(
                draft=link.slug,
                kind=link.version.draft.kind,
                title=link.title,
                version=link.version.number,
            )
            for link in queries.draft_links(versions, language=language.code)
        ]


@router.get("", response=list[CallOut])
def list_calls(request: HttpRequest, language: Query[Language]) -> list[CallOut]:
    """List every public call."""
    with translation.override(language.code):
        return [_call_out(call) for call in queries.calls(language=language.code, actor=ANYONE, now=timezone.now())]


@router.get("{slug:slug}", response=CallOut)
def one_call(request: HttpRequest, slug: str, language: Query[Language]) -> CallOut:
    """Return one public call."""
    with translation.override(language.code):
        return _call_out(_call(slug, language.code))


@router.get("{slug:slug}/text", response=TextOut)
def text(request: HttpRequest, slug: str, language: Query[Language], draft: str = "") -> TextOut:
    """Return a published text of a call, article by article: the first one, or the one that `draft` names."""
    found = _text(_call(slug, language.code), language.code, draft)
    articles = [
        ArticleOut(
            key=article.key,
            label=article.label,
            heading=article.heading,
            plain_words=article.plain_words,
            comments=article.comments,
            footnotes=_footnotes(article.notes),
            lines=[
                LineOut(level=line.level, label=line.label, text=line.text, footnotes=_footnotes(line.notes))
                for line in article.lines
            ],
        )
        for article in found.articles
    ]
    return TextOut(version=found.version.number, language=found.language, articles=articles)


@router.get("{slug:slug}/comments", response=CommentPage)
def comments(request: HttpRequest, slug: str, language: Query[Language], page: int = 1) -> CommentPage:
    """Return published comments, newest first, 20 a page."""
    with translation.override(language.code):
        call = _call(slug, language.code)
        versions = published_versions(call.consultation)
        if not versions:
            raise Http404
        texts = queries.read_together(versions, language=language.code)
        found = queries.public_comments(call, texts, page=page)
        items = [
            CommentOut(
                id=row.id,
                clause=row.clause_key,
                stance=row.stance,
                text=row.text,
                language=row.language,
                signature=row.signature,
                channel=row.channel,
                created_at=row.created_at,
                agreements=row.agreements,
                selectors=row.quote.selectors if row.quote else [],
                written=WrittenOut(version=row.written.version, clause=row.written.clause, gone=row.written.is_gone)
                if row.written
                else None,
            )
            for row in found.object_list
        ]
        return CommentPage(count=found.paginator.count, page=found.number, pages=found.paginator.num_pages, items=items)


class ReplyOut(Schema):
    """What the department replied, to a comment or about a clause (its key)."""

    id: int
    comment: int | None
    clause: str
    department: str
    text: str
    language: str
    created_at: datetime


@router.get("{slug:slug}/replies", response=list[ReplyOut])
def list_replies(request: HttpRequest, slug: str, language: Query[Language]) -> list[ReplyOut]:
    """List what the department in charge replied during the call, newest first."""
    with translation.override(language.code):
        call = _call(slug, language.code)
        return [
            ReplyOut(
                id=reply.pk,
                comment=reply.comment_id,
                clause=where.key if where else "",
                department=reply.department.name,
                text=reply.text,
                language=reply.language,
                created_at=reply.created_at,
            )
            for reply in replies.public_replies(call.consultation)
            for where in [reply.clause or (reply.comment.clause if reply.comment else None)]
        ]


class OutcomeCell(Schema):
    """One count of people; hidden ones are null, `hidden` says why: `small` or `protecting` a small one."""

    label: str
    people: int | None
    hidden: str


class OutcomeTable(Schema):
    """Who took part by one feature; withheld as a whole where it could not be protected."""

    by: str
    withheld: bool
    groups: list[OutcomeCell]


class OutcomeDecision(Schema):
    """A decision about points: adopted, in_part, covered, not_adopted or out_of_scope."""

    decision: str
    points: int
    reason: str
    forwarded: str
    department: str


class OutcomeSaid(Schema):
    """One thing that people said about a clause."""

    theme: str
    points: int
    decisions: list[OutcomeDecision]


class OutcomePiece(Schema):
    """A piece of the words before and after: keep, ins or del."""

    op: str
    text: str


class OutcomeQuoteOut(Schema):
    """A published comment that is quoted."""

    comment: int
    text: str
    language: str


class OutcomeClauseOut(Schema):
    """What became of one clause; `language` is that of the words in `pieces`."""

    key: str
    title: str
    changed: bool
    removed: bool
    pieces: list[OutcomePiece]
    language: str
    comments: int
    people: int
    points: int
    headline: str
    reason: str
    said: list[OutcomeSaid]
    quotes: list[OutcomeQuoteOut]


class OutcomeOut(Schema):
    """The published answer to a call; `sha256` is that of the content that was approved."""

    call: str
    number: int
    version: int
    version_after: int | None
    language: str
    sha256: str
    published_at: datetime
    summary: str
    method: str
    next_steps: str
    totals: dict[str, int]
    took_part: list[OutcomeTable]
    clauses: list[OutcomeClauseOut]


@router.get("{slug:slug}/outcome", response=OutcomeOut)
def outcome(request: HttpRequest, slug: str, language: Query[Language]) -> OutcomeOut:
    """Return what people said, what was decided and what changed, once it is published."""
    with translation.override(language.code):
        found = outcomes.published(slug, actor=ANYONE)
        if found is None:
            raise Http404
        return OutcomeOut(**outcomes.as_data(found, outcomes.shown(found.content, language.code)))
