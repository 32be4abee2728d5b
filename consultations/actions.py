"""Every write about drafts and comments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from consultations import lineage, rules
from consultations.drafts.canonical import to_text
from consultations.drafts.labels import label
from consultations.drafts.questions import questions_text
from consultations.drafts.tree import ParsedClause, ParsedDraft, prefixed
from consultations.models import (
    Clause,
    ClauseText,
    Comment,
    CommentRevision,
    Consultation,
    ConsultationIndexPage,
    ConsultationPage,
    Draft,
    Version,
    VersionText,
)
from consultations.published import clauses_by_key, in_order, published_versions
from consultations.voices import files, organisations, passages
from consultations.voices.models import Passage
from consultations.voices.organisations import OnBehalf
from consultations.voices.rules import check_passage
from engage.accounts.actors import Actor, Role, System, has_role
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import personal_data, timeline
from engage.participation.models import ModerationState, Submission
from engage.participation.receipts import enqueue_receipt_mail
from engage.publishing import gate
from engage.search import actions as search

KIND = "comment"


@dataclass(frozen=True)
class CommentInput:
    """One comment of a basket. `key` is the clause's key, or empty for the whole draft.

    `language` is that of the text it was written on; empty: the sender's. `confidential`: counted, shown to nobody.
    `item`: its name in the basket, under which files wait. `passage`: start and end of the words of the clause that it
    is about, in characters of the article's text in `language`.
    """

    key: str
    stance: str
    text: str
    suggested: str = ""
    language: str = ""
    confidential: bool = False
    item: str = ""
    passage: tuple[int, int] | None = None


def submit_comments(
    slug: str,
    comments: Sequence[CommentInput],
    envelope: participation.Envelope,
    *,
    title: str,
    on_behalf: OnBehalf | None = None,
    actor: Actor,
) -> Submission:
    """Send a basket of comments: one submission, one receipt. A repeated token returns the first one.

    Raises Refused("call_planned"), Refused("call_closed"), Refused("call_withdrawn"), Refused("basket_empty"),
    Refused("clause_gone", key=...), Refused("text_too_short"), Refused("text_too_long"). `title` is the call's title
    in the sender's language, for the e-mail.
    """

    def create() -> Submission:
        versions = commented_versions(slug, actor)
        consultation = versions[0].draft.consultation
        assert consultation is not None
        consultation.check_open(envelope.received_at)
        clauses = _clauses_of(versions, comments)
        if on_behalf:
            organisations.check(on_behalf)
        submission = participation.open_submission(
            KIND, envelope, actor=actor, department_id=consultation.department_id
        )
        rows = [
            comment_row(submission, consultation, versions[0], clauses.get(comment.key), position, comment, envelope)
            for position, comment in enumerate(comments)
        ]
        Comment.objects.bulk_create(rows)
        Passage.objects.bulk_create(_passages(comments, rows))
        if on_behalf:
            organisations.store(submission, on_behalf)
        if named := {given.item: row for given, row in zip(comments, rows, strict=True) if given.item}:
            files.take_along(submission, envelope.digest, named, actor=actor)
        if published := [row for row in rows if row.moderation_state == "published"]:
            search.index(*published)
        enqueue_receipt_mail(submission, envelope.code, title)
        return submission

    return participation.once(envelope, create)


def _passages(comments: Sequence[CommentInput], rows: Sequence[Comment]) -> list[Passage]:
    from consultations.queries import text_of  # a read model, wanted only by who marked words

    made = []
    texts: dict[tuple[int, str], dict[int, str]] = {}
    for given, row in zip(comments, rows, strict=True):
        if given.passage is None or row.clause_id is None:
            continue
        read = row.version_id, row.language
        if read not in texts:
            text = text_of(row.version, language=row.language, with_counts=False)
            texts[read] = {article.clause_id: article.text for article in text.articles}
        words = texts[read].get(row.clause_id, "")
        check_passage(words, given.passage)
        made.append(passages.kept(row, words, *given.passage))
    return made


def commented_versions(slug: str, actor: Actor) -> list[Version]:
    """Return what the public reads in a call the actor may see, in one query; raises Refused("call_gone")."""
    call = Consultation.objects.visible_to(actor).filter(slug=slug)
    versions = in_order(Version.objects.filter(draft__consultation__in=call))
    if not versions:
        raise Refused("call_gone")
    return versions


def _clauses_of(versions: Sequence[Version], comments: Sequence[CommentInput]) -> dict[str, Clause]:
    if not comments:
        raise Refused("basket_empty")
    for comment in comments:
        check_comment(comment)
    keys = {comment.key for comment in comments if comment.key}
    clauses = clauses_by_key(versions, keys)
    if missing := keys - set(clauses):
        raise Refused("clause_gone", key=sorted(missing)[0])
    return clauses


def check_comment(comment: CommentInput) -> None:
    """Check what the form checked too: other doors (the API, imports) come here without the form."""
    if comment.stance not in dict(Comment.Stance.askable()):
        raise Refused("stance_missing")
    if len(comment.text) < rules.COMMENT_LEAST:
        raise Refused("text_too_short", least=rules.COMMENT_LEAST)
    check_most(comment)


def check_most(comment: CommentInput) -> None:
    """Check what holds for every comment, also for one that nobody asked to be long."""
    if len(comment.text) > rules.COMMENT_MOST or len(comment.suggested) > rules.SUGGESTED_MOST:
        raise Refused("text_too_long", most=rules.COMMENT_MOST)


def comment_row(
    submission: Submission,
    consultation: Consultation,
    version: Version,
    clause: Clause | None,
    position: int,
    given: CommentInput,
    envelope: participation.Envelope,
) -> Comment:
    """Make the unsaved row of one comment, in the moderation state the call's rule gives it.

    `version`: of a comment on no clause; one on a clause is on the text that the clause stands in.
    """
    return Comment(
        submission=submission,
        consultation=consultation,
        version=clause.version if clause else version,
        clause=clause,
        position=position,
        stance=given.stance,
        text=given.text,
        suggested=given.suggested,
        language=given.language or envelope.language,
        created_at=envelope.received_at,
        moderation_state=_first_state(consultation, given, submission),
        confidential=given.confidential,
    )


def _first_state(consultation: Consultation, given: CommentInput, submission: Submission) -> str:
    has_personal_data = bool(personal_data.find(given.text) or personal_data.find(given.suggested))
    return rules.first_state(
        moderation=consultation.moderation,
        flagged=submission.flagged,
        has_personal_data=has_personal_data,
        confidential=given.confidential,
    )


@transaction.atomic
def edit_comment(comment_id: int, given: CommentInput, *, now: datetime, actor: Actor) -> Comment:
    """Change one comment for its sender while the call is open; what it said before is kept, and so is confidence.

    Raises Refused("not_allowed"), Refused("withdrawn"), Refused("call_closed", ...) and those of `check_comment`.
    """
    comment = (
        Comment.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("submission", "consultation")
        .get(pk=comment_id)
    )
    participation.check_holder(actor, comment.submission)
    consultation = comment.consultation
    rules.check_editable(withdrawn=comment.submission.state == Submission.State.WITHDRAWN)
    consultation.check_open(now)
    check_comment(given)
    given = replace(given, confidential=comment.confidential)
    if (comment.stance, comment.text, comment.suggested) == (given.stance, given.text, given.suggested):
        return comment
    CommentRevision.objects.create(
        comment=comment, stance=comment.stance, text=comment.text, suggested=comment.suggested, replaced_at=now
    )
    comment.stance, comment.text, comment.suggested = given.stance, given.text, given.suggested
    comment.edited_at = now
    # What was coded was another text: a coder reads it again.
    comment.coded_at = None
    published = comment.moderation_state == (
        ModerationState.PRIVATE if comment.confidential else ModerationState.PUBLISHED
    )
    # What a moderator took back, or has not read yet, is not published by its own sender's change.
    comment.moderation_state = (
        _first_state(consultation, given, comment.submission) if published else ModerationState.HELD.value
    )
    comment.moderation_reason = ""
    comment.save()
    timeline.add(comment.submission, "edited", at=now)
    journal.record(actor, "comment.edited", comment)
    search.index(comment, *comment.replies.all())
    return comment


@transaction.atomic
def withdraw_comments(submission_id: int, actor: Actor) -> Submission:
    """Withdraw a whole basket for its sender while the call is open."""
    submission = Submission.objects.visible_to(actor).get(pk=submission_id)
    comments = list(submission.comments.select_related("consultation"))
    for comment in comments[:1]:
        comment.consultation.check_open(timezone.now())
    withdrawn = participation.withdraw(submission_id, actor=actor)
    search.remove(*comments, *(reply for comment in comments for reply in comment.replies.all()))
    return withdrawn


@dataclass(frozen=True)
class Place:
    """Where a further draft belongs: the call, and its name in addresses; `rules.QUESTIONS` for its questions."""

    consultation: Consultation
    name: str


@transaction.atomic
def store_draft(
    parsed: ParsedDraft,
    *,
    draft: Draft | None = None,
    place: Place | None = None,
    source_name: str = "",
    actor: Actor,
) -> Version:
    """Store a parsed text as a draft's next, unpublished version; without `draft` as the first one of a new draft.

    `place`: the new draft is a further one of this call. Raises Refused("not_allowed") unless the actor is an editor,
    and the refusals of `rules.check_draft_name`.
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    draft = draft or _new_draft(parsed.title[:300] or source_name[:300], place)
    number = (draft.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = Version.objects.create(
        draft=draft,
        number=number,
        source_name=source_name[:200],
        doubts=_doubts(parsed),
    )
    _store_texts(version, parsed)
    journal.record(actor, "draft.imported", version, counts=dict(parsed.counts), source=source_name[:200])
    return version


def _new_draft(name: str, place: Place | None) -> Draft:
    if place is None:
        return Draft.objects.create(name=name)
    # Locked: of two drafts of one name at once, the second is refused in words.
    call = Consultation.objects.select_for_update().get(pk=place.consultation.pk)
    rules.check_draft_name(place.name, set(call.drafts.values_list("slug", flat=True)))
    kind = Draft.Kind.QUESTIONS if place.name == rules.QUESTIONS else Draft.Kind.TEXT
    return Draft.objects.create(name=name, consultation=call, slug=place.name, kind=kind)


def _store_texts(version: Version, parsed: ParsedDraft) -> None:
    VersionText.objects.create(
        version=version,
        language=parsed.language,
        title=parsed.title[:300],
        note=parsed.note,
        source=_source(version, parsed),
    )
    _store_clauses(version, prefixed(parsed, version.draft.prefix))


def _source(version: Version, parsed: ParsedDraft) -> str:
    """Return the text as an editor corrects it: questions are written otherwise than laws."""
    return questions_text(parsed) if version.draft.kind == Draft.Kind.QUESTIONS else to_text(parsed, parsed.language)


@transaction.atomic
def replace_text(version_id: int, parsed: ParsedDraft, *, actor: Actor) -> Version:
    """Put a corrected text in the place of an unpublished version's; translations and explanations go with the old one.

    Raises Refused("not_allowed"), Refused("version_published", number=...).
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    version = Version.objects.select_for_update().get(pk=version_id)
    _check_unpublished(version)
    version.clauses.filter(parent=None).delete()
    version.texts.all().delete()
    version.doubts = _doubts(parsed)
    version.save(update_fields=["doubts"])
    _store_texts(version, parsed)
    journal.record(actor, "draft.corrected", version, counts=dict(parsed.counts))
    return version


def _doubts(parsed: ParsedDraft) -> list[dict[str, object]]:
    return [{"line": doubt.line, "code": doubt.code, "values": dict(doubt.values)} for doubt in parsed.doubts]


def _store_clauses(version: Version, parsed: ParsedDraft) -> None:
    """Write the tree level by level, so that each parent's key exists before its children.

    A clause keeps its identity from the version before, wherever it stands now; what became of each article is kept.
    """
    base = lineage.base_of(version)
    previous, alignment = lineage.stable_ids(base, parsed)
    rows = {
        clause.id: Clause(
            version=version,
            position=position,
            level=clause.level,
            number=clause.number,
            key=clause.id,
            **({"stable_id": previous[clause.id]} if clause.id in previous else {}),
        )
        for position, clause in enumerate(parsed.clauses)
    }
    Clause.objects.bulk_create(rows.values(), batch_size=500)
    for clause in parsed.clauses:
        if clause.parent:
            rows[clause.id].parent = rows[clause.parent]
    Clause.objects.bulk_update([row for row in rows.values() if row.parent_id], ["parent"], batch_size=500)
    ClauseText.objects.bulk_create(
        (_clause_text(rows[clause.id], clause, parsed.language) for clause in parsed.clauses),
        batch_size=500,
    )
    if base is not None and alignment is not None:
        lineage.store(version, base, alignment.links)


def _clause_text(row: Clause, clause: ParsedClause, language: str) -> ClauseText:
    return ClauseText(
        clause=row,
        language=language,
        label=clause.label or label(clause.level, clause.number, language),
        heading=clause.heading,
        text=clause.text,
        notes=[asdict(note) for note in clause.notes],
    )


@transaction.atomic
def add_translation(version: Version, parsed: ParsedDraft, *, actor: Actor) -> list[str]:
    """Add the words of another language to the clauses of an unpublished version, matched by key.

    Returns the keys that stand in only one of the two texts: the editor looks at those.
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    _check_unpublished(version)
    clauses = {clause.key: clause for clause in version.clauses.all()}
    given = {clause.id: clause for clause in prefixed(parsed, version.draft.prefix).clauses}
    language = parsed.language
    VersionText.objects.update_or_create(
        version=version,
        language=language,
        defaults={"title": parsed.title[:300], "note": parsed.note, "source": _source(version, parsed)},
    )
    ClauseText.objects.filter(clause__version=version, language=language).delete()
    ClauseText.objects.bulk_create(
        _clause_text(clauses[key], clause, language) for key, clause in given.items() if key in clauses
    )
    journal.record(actor, "draft.translated", version, language=language)
    return sorted(set(clauses) ^ set(given))


def _check_unpublished(version: Version) -> None:
    if version.published_at is not None:
        raise Refused("version_published", number=version.number)


@transaction.atomic
def publish_version(version_id: int, *, now: datetime, actor: Actor) -> Version:
    """Make a version the text that the public reads and comments on; it never changes afterwards.

    The release gate calls this; for everybody but the platform a version passes only as part of a released call.
    Raises Refused("release_needed").
    """
    version = Version.objects.select_for_update().get(pk=version_id)
    if not isinstance(actor, System):
        gate.require_form(f"text:{version.pk}:")
    draft = Draft.objects.select_for_update().get(pk=version.draft_id)
    if version.published_at is None:
        version.published_at = now
        version.save(update_fields=["published_at"])
        lineage.renew(version)
    before = draft.published
    draft.published = version
    draft.save(update_fields=["published"])
    journal.record(actor, "draft.published", version)
    if before is not None and before != version:
        index_version(before)
    index_version(version)
    return version


@transaction.atomic
def match_article(
    version_id: int, *, new_key: str = "", old_keys: Sequence[str] = (), now: datetime, actor: Actor
) -> None:
    """Say where an article came from (`new_key` from all of `old_keys`), or that an old one was removed (no `new_key`).

    Raises Refused("not_allowed"), Refused("nothing_before"), Refused("article_unknown", name=...).
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    if not new_key and not old_keys:
        raise Refused("article_unknown", name="")
    version = Version.objects.select_for_update().get(pk=version_id)
    by = actor if isinstance(actor, User) else None
    if new_key:
        lineage.set_sources(version, new_key, old_keys, by=by, now=now)
    else:
        for key in old_keys:
            lineage.confirm_removed(version, key, by=by, now=now)
    journal.record(actor, "draft.matched", version, article=new_key, sources=list(old_keys))


def index_call(page: ConsultationPage) -> None:
    """Bring the search index in step with what is public of a call: its page, articles and comments."""
    search.index(page, *page.consultation.pages.exclude(pk=page.pk))
    for version in published_versions(page.consultation):
        index_version(version)
    comments = list(page.consultation.comments.all())
    if comments:
        search.index(*comments)


def index_version(version: Version) -> None:
    """Bring the search index in step with what is published of a version."""
    search.index(*version.clauses.filter(level=Clause.Level.ARTICLE))


@transaction.atomic
def explain_articles(version_id: int, language: str, words: Mapping[int, str], *, actor: Actor) -> int:
    """Set what articles say in plain words in one language: clause id to sentence; returns how many changed.

    They are no part of the text, so a published version gets them too. Raises Refused("not_allowed").
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    version = Version.objects.select_for_update().get(pk=version_id)
    texts = ClauseText.objects.filter(clause__version=version, language=language, clause__in=list(words))
    changed = []
    for text in texts:
        if text.plain_words != words[text.clause_id]:
            text.plain_words = words[text.clause_id]
            changed.append(text)
    ClauseText.objects.bulk_update(changed, ["plain_words"], batch_size=500)
    if changed:
        journal.record(actor, "draft.explained", version, language=language, articles=len(changed))
        if version.published_at:
            search.index(*Clause.objects.filter(pk__in=[text.clause_id for text in changed]))
    return len(changed)


@transaction.atomic
def make_call_page(version: Version, language: str, *, actor: Actor) -> ConsultationPage:
    """Make the page of a call in one language, unpublished, with the title of its text; the one that is there stays.

    Raises Refused("not_allowed").
    """
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    call = version.draft.consultation
    assert call is not None
    pages = {page.locale.language_code: page for page in call.pages.select_related("locale")}
    if language in pages:
        return pages[language]
    text = version.texts.filter(language=language).first()
    title = text.title if text else version.draft.name
    index = ConsultationIndexPage.objects.get(locale__language_code=language)
    page = ConsultationPage(title=title, slug=call.slug, locale=index.locale, consultation=call, live=False)
    # A page has a summary; until the editor writes it, it says what the text says of itself.
    page.summary = (text.note if text else "") or title
    for other in pages.values():
        page.translation_key = other.translation_key
    index.add_child(instance=page)
    page.save_revision(user=actor if isinstance(actor, User) else None)
    journal.record(actor, "call.page_made", page, consultation=call.slug, language=language)
    return page


@transaction.atomic
def attach_draft(draft_id: int, consultation: Consultation, *, actor: Actor) -> Draft:
    """Make a draft the first text of a consultation."""
    if not has_role(actor, Role.EDITOR):
        raise Refused("not_allowed")
    draft = Draft.objects.select_for_update().get(pk=draft_id)
    draft.consultation = consultation
    draft.save(update_fields=["consultation"])
    journal.record(actor, "draft.attached", draft, consultation=consultation.slug)
    return draft
