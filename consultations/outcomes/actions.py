"""Every write about outcomes: opening, writing, publishing and taking down for the gate, files, letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from consultations.drafts.wording import Piece
from consultations.models import Change, Clause, Comment, Consultation, Draft, Version
from consultations.outcomes import queries, rules
from consultations.outcomes.access import check_writer
from consultations.outcomes.models import (
    Answer,
    Export,
    Outcome,
    OutcomeClause,
    OutcomeQuote,
    OutcomeText,
    OutcomeTheme,
)
from consultations.plans import actions as plans
from consultations.plans.following import ANSWERED
from consultations.queries import shortened
from engage.accounts.actors import ANYONE, SYSTEM, Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.participation import actions as participation
from engage.participation import timeline
from engage.participation.models import Submission
from engage.publishing import gate
from engage.search import actions as search

KIND = "outcome"
TEXT_MOST = 20_000
REASON_MOST = 5_000
NAME_MOST = 200
QUOTES_MOST = 10
ROWS_PER_STATEMENT = 500


# --- writing --------------------------------------------------------------------------------------------------------


@transaction.atomic
def open_outcome(
    consultation_id: int, *, version_id: int | None = None, version_after_id: int | None = None, actor: Actor
) -> Outcome:
    """Open the table of an outcome, or return the one that is open.

    Without `version_id` it answers the text that most comments were written on; further texts and questions
    follow it. After a publication this opens a correction that begins with the words of what is published.
    Raises Refused("not_allowed"), Refused("version_of_other_draft"), Refused("version_never_published"),
    Refused("no_text_to_answer"), and those of `choose_after`.
    """
    consultation = (
        Consultation.objects.select_for_update(of=("self",)).select_related("department").get(pk=consultation_id)
    )
    check_writer(actor, consultation)
    if (open_one := queries.in_work(consultation)) is not None:
        return open_one
    last = consultation.outcomes.first()
    version = _version(consultation, version_id, last)
    outcome = Outcome.objects.create(
        consultation=consultation,
        number=last.number + 1 if last else 1,
        version=version,
        version_after=_after(version, version_after_id) if version_after_id or not last else last.version_after,
        author=actor if isinstance(actor, User) else None,
    )
    if last is not None:
        _copy_words(last, outcome)
    _wrote(outcome, actor)
    journal.record(actor, "outcome.opened", outcome, number=outcome.number, version=version.number)
    return outcome


def _version(consultation: Consultation, version_id: int | None, last: Outcome | None) -> Version:
    if version_id is not None:
        version = Version.objects.select_related("draft").get(pk=version_id)
        if version.draft.consultation_id != consultation.pk:
            raise Refused("version_of_other_draft")
        if version.published_at is None:
            raise Refused("version_never_published", number=version.number)
        return version
    if last is not None:
        return last.version
    found = (
        Version.objects.filter(draft__consultation=consultation, published_at__isnull=False)
        .annotate(remarks=Count("comments"), is_list=Q(draft__kind=Draft.Kind.QUESTIONS))
        .order_by("is_list", "-remarks", "number", "pk")
        .first()
    )
    if found is None:
        raise Refused("no_text_to_answer")
    return found


def _after(version: Version, after_id: int | None) -> Version | None:
    if after_id is None:
        return None
    after = Version.objects.get(pk=after_id)
    if after.draft_id != version.draft_id:
        raise Refused("after_other_draft")
    if after.number <= version.number:
        raise Refused("after_not_later", number=version.number, after=after.number)
    return after


def _copy_words(last: Outcome, outcome: Outcome) -> None:
    for text in last.texts.all():
        OutcomeText.objects.create(
            outcome=outcome,
            language=text.language,
            summary=text.summary,
            method=text.method,
            next_steps=text.next_steps,
        )
    for theme in last.themes.all():
        OutcomeTheme.objects.create(outcome=outcome, theme_id=theme.theme_id, names=theme.names)
    for old in last.clauses.prefetch_related("clauses_after", "quotes"):
        new = OutcomeClause.objects.create(
            outcome=outcome, clause_id=old.clause_id, removed=old.removed, reasons=old.reasons
        )
        new.clauses_after.set(old.clauses_after.all())
        OutcomeQuote.objects.bulk_create(
            OutcomeQuote(outcome_clause=new, comment_id=quote.comment_id, position=quote.position)
            for quote in old.quotes.all()
        )


def _wrote(outcome: Outcome, actor: Actor) -> None:
    if isinstance(actor, User):
        outcome.writers.add(actor)


def _editable(outcome_id: int, revision: int, actor: Actor) -> Outcome:
    """Lock a draft for a change and count the change.

    Raises Refused("outcome_not_open") for one that is no draft, Refused("changed_meanwhile") when somebody else was
    faster.
    """
    outcome = _locked(outcome_id, actor)
    check_writer(actor, outcome.consultation)
    if outcome.state != Outcome.State.DRAFT:
        raise Refused("outcome_not_open")
    if outcome.revision != revision:
        raise Refused("changed_meanwhile")
    outcome.revision += 1
    outcome.save(update_fields=["revision"])
    _wrote(outcome, actor)
    return outcome


def _locked(outcome_id: int, actor: Actor) -> Outcome:
    found = Outcome.objects.visible_to(actor).select_for_update(of=("self",))
    return found.select_related("consultation__department", "version", "version_after").get(pk=outcome_id)


@transaction.atomic
def choose_after(outcome_id: int, version_after_id: int | None, *, revision: int, actor: Actor) -> Outcome:
    """Say which version came of the comments; choices of single clauses in another version are dropped.

    Raises Refused("after_other_draft"), Refused("after_not_later", number=..., after=...) and those of every change.
    """
    outcome = _editable(outcome_id, revision, actor)
    after = _after(outcome.version, version_after_id)
    if after != outcome.version_after:
        for given in outcome.clauses.all():
            given.clauses_after.clear()
        outcome.clauses.update(removed=False)
    outcome.version_after = after
    outcome.save(update_fields=["version_after"])
    journal.record(actor, "outcome.version_chosen", outcome, after=after.number if after else 0)
    return outcome


@transaction.atomic
def write_texts(outcome_id: int, texts: Mapping[str, Mapping[str, str]], *, revision: int, actor: Actor) -> Outcome:
    """Write summary, method and next steps: language to field to words; what is not given stays."""
    outcome = _editable(outcome_id, revision, actor)
    for language, words in texts.items():
        if language not in queries.LANGUAGES or set(words) - set(rules.FIELDS):
            raise Refused("unknown_text")
        if any(len(text) > TEXT_MOST for text in words.values()):
            raise Refused("outcome_text_too_long", most=TEXT_MOST)
        OutcomeText.objects.update_or_create(outcome=outcome, language=language, defaults=dict(words))
    journal.record(actor, "outcome.written", outcome, revision=outcome.revision)
    return outcome


@transaction.atomic
def write_clause(
    outcome_id: int,
    clause_id: int | None,
    *,
    reasons: Mapping[str, str],
    quotes: Sequence[int] = (),
    after: Sequence[str] = (),
    removed: bool = False,
    revision: int,
    actor: Actor,
) -> OutcomeClause:
    """Write what the outcome says about a clause, or about the whole draft when `clause_id` is None.

    `quotes`: published comments of this call, in their order. `after`: keys of the clauses that replace it, empty for
    what the alignment found; `removed`: none does. Raises Refused("clause_elsewhere"), Refused("quote_not_public"),
    Refused("too_many_quotes", most=...), Refused("outcome_text_too_long", most=...), Refused("clause_gone", key=...).
    """
    outcome = _editable(outcome_id, revision, actor)
    if clause_id is not None and not _is_of_call(clause_id, outcome):
        raise Refused("clause_elsewhere")
    if set(reasons) - set(queries.LANGUAGES):
        raise Refused("unknown_text")
    if any(len(reason) > REASON_MOST for reason in reasons.values()):
        raise Refused("outcome_text_too_long", most=REASON_MOST)
    clause = None if clause_id is None else Clause.objects.get(pk=clause_id)
    given, _made = OutcomeClause.objects.update_or_create(
        outcome=outcome,
        clause=clause,
        defaults={"reasons": {code: reason.strip() for code, reason in reasons.items()}, "removed": removed},
    )
    given.clauses_after.set(_clauses_after(outcome, after))
    _quote(given, quotes, outcome)
    journal.record(actor, "outcome.clause_written", outcome, clause=clause_id or 0, revision=outcome.revision)
    return given


def _is_of_call(clause_id: int, outcome: Outcome) -> bool:
    own = Clause.objects.filter(pk=clause_id, version=outcome.version_id)
    return own.exists() or Comment.objects.filter(clause=clause_id, consultation=outcome.consultation_id).exists()


def _clauses_after(outcome: Outcome, keys: Sequence[str]) -> list[Clause]:
    if not keys:
        return []
    found = {clause.key: clause for clause in Clause.objects.filter(version=outcome.version_after_id, key__in=keys)}
    if gone := [key for key in keys if key not in found]:
        raise Refused("clause_gone", key=gone[0])
    return [found[key] for key in keys]


def _quote(given: OutcomeClause, quotes: Sequence[int], outcome: Outcome) -> None:
    wanted = list(dict.fromkeys(quotes))
    if len(wanted) > QUOTES_MOST:
        raise Refused("too_many_quotes", most=QUOTES_MOST)
    readable = Comment.objects.visible_to(ANYONE).filter(consultation=outcome.consultation_id, pk__in=wanted)
    if readable.count() != len(wanted):
        raise Refused("quote_not_public")
    given.quotes.all().delete()
    OutcomeQuote.objects.bulk_create(
        OutcomeQuote(outcome_clause=given, comment_id=comment, position=position)
        for position, comment in enumerate(wanted)
    )


@transaction.atomic
def name_themes(outcome_id: int, names: Mapping[int, Mapping[str, str]], *, revision: int, actor: Actor) -> Outcome:
    """Say how the public reads the names of themes: theme id to language to name."""
    outcome = _editable(outcome_id, revision, actor)
    known = set(outcome.consultation.themes.filter(pk__in=names).values_list("pk", flat=True))
    for theme, words in names.items():
        if theme not in known or set(words) - set(queries.LANGUAGES):
            raise Refused("unknown_text")
        if any(len(name) > NAME_MOST for name in words.values()):
            raise Refused("outcome_text_too_long", most=NAME_MOST)
        given = {code: name.strip() for code, name in words.items() if name.strip()}
        OutcomeTheme.objects.update_or_create(outcome=outcome, theme_id=theme, defaults={"names": given})
    journal.record(actor, "outcome.themes_named", outcome, n=len(names))
    return outcome


# --- the way to the public ------------------------------------------------------------------------------------------


@transaction.atomic
def publish(outcome: Outcome, /, *, now: datetime, actor: Actor) -> None:
    """Freeze what was signed and let everybody read it: page, files, letters, timelines, search, home page.

    The gate calls this in its own transaction. Raises Refused("outcome_not_open"), Refused("outcome_incomplete",
    missing=[...]) with every gap by name, and Refused("release_changed") for what is no longer as it was signed.
    """
    outcome = _locked(outcome.pk, SYSTEM)
    if outcome.state not in queries.IN_WORK:
        raise Refused("outcome_not_open")
    built = queries.build(outcome)
    if built.missing:
        raise Refused("outcome_incomplete", missing=built.missing)
    gate.require_signed(KIND, outcome, built.hash)
    outcome.answers.all().delete()
    Answer.objects.bulk_create(built.answers, batch_size=ROWS_PER_STATEMENT)
    _check_sums(outcome, built.content)
    outcome.content, outcome.content_hash = built.content, built.hash
    outcome.state, outcome.published_at = Outcome.State.PUBLISHED, now
    before = Outcome.objects.filter(consultation=outcome.consultation_id, state=Outcome.State.PUBLISHED).first()
    if before is not None:
        # The home page's changes belong to the outcome of the same moment; the correction brings its own.
        _leave(before, Outcome.State.SUPERSEDED)
    outcome.save(update_fields=["content", "content_hash", "state", "published_at"])
    _show_changes(outcome, now)
    timeline.add_many(_senders(outcome), "decided" if before is None else "decided_again", at=now)
    plans.note(ANSWERED, outcome.consultation, ref=outcome.consultation_id, now=now)
    order_exports(outcome)
    search.index(outcome, *([before] if before else []))
    journal.record(
        actor,
        "outcome.published",
        outcome,
        number=outcome.number,
        sha256=outcome.content_hash,
        **{f"n_{name}": n for name, n in outcome.content["totals"].items()},
    )


def _check_sums(outcome: Outcome, content: Mapping[str, Any]) -> None:
    """Compare the page's totals with what the exports hold; raises Refused("outcome_incomplete", ...)."""
    exported = queries.totals_of_rows(outcome)
    page = {name: content["totals"][name] for name in exported}
    gaps = rules.missing(rules.Facts(languages=(), page_totals=page, export_totals=exported))
    if gaps:
        raise Refused("outcome_incomplete", missing=gaps)


def _leave(outcome: Outcome, state: Outcome.State) -> None:
    """Take a published outcome, its files and its changes on the home page from the public; its content stays."""
    assert outcome.published_at is not None
    Change.objects.filter(consultation=outcome.consultation_id, published_at=outcome.published_at).delete()
    outcome.state = state
    outcome.save(update_fields=["state"])
    for export in outcome.exports.all():
        _drop_file(export)
    outcome.exports.update(state=Export.State.CANCELLED, file="", size=0, order=F("order") + 1)


@transaction.atomic
def unpublish(outcome: Outcome, /, *, now: datetime, actor: Actor) -> None:
    """Take an outcome from the public everywhere: the gate calls this when a review made up for says so.

    Letters that were not sent are never sent. An outcome that a correction replaced is not public any more.
    """
    outcome = _locked(outcome.pk, SYSTEM)
    if outcome.state != Outcome.State.PUBLISHED:
        return
    _leave(outcome, Outcome.State.TAKEN_DOWN)
    stopped = participation.stop_letters(outcome.letters)
    timeline.add_many(_senders(outcome), "decision_taken_back", at=now)
    plans.hold(ANSWERED, ref=outcome.consultation_id, now=now)
    search.index(outcome)
    journal.record(actor, "outcome.taken_down", outcome, number=outcome.number, n_letters=stopped)


def _senders(outcome: Outcome) -> QuerySet[Answer, Any]:
    return outcome.answers.order_by().values_list("comment__submission_id", flat=True).distinct()


def _show_changes(outcome: Outcome, now: datetime) -> None:
    """Tell the home page which articles read differently now because people asked for it."""
    levels = {
        clause.pk: clause
        for clause in Clause.objects.filter(
            pk__in=[row["clause"] for row in outcome.content["rows"]], level=Clause.Level.ARTICLE
        ).exclude(number="")
    }
    changes = []
    for row in outcome.content["rows"]:
        clause = levels.get(row["clause"])
        if clause is None or not row["changed"] or not row["people_taken_up"]:
            continue
        sides = {language: sides_of(row["pieces"].get(language, []), language) for language in ("zh-hans", "en")}
        changes.append(
            Change(
                consultation=outcome.consultation,
                article=clause.number,
                before_zh=sides["zh-hans"][0],
                after_zh=sides["zh-hans"][1],
                before_en=sides["en"][0],
                after_en=sides["en"][1],
                people=row["people_taken_up"],
                published_at=now,
            )
        )
    Change.objects.bulk_create(changes)


def sides_of(pieces: Iterable[Sequence[str]], language: str) -> tuple[str, str]:
    """Return the words before and after from the pieces of a difference, long unchanged stretches cut."""
    short: list[Piece] = shortened([(op, words) for op, words in pieces], language)  # type: ignore[misc]
    before = "".join(words for op, words in short if op != "ins")
    after = "".join(words for op, words in short if op != "del")
    return before, after


# --- files ----------------------------------------------------------------------------------------------------------


def order_exports(outcome: Outcome) -> None:
    """Order every file of a published outcome, in both languages; the worker makes them."""
    for language in queries.LANGUAGES:
        for kind in Export.Kind.values:
            export, _made = Export.objects.get_or_create(outcome=outcome, kind=kind, language=language)
            _order(export)


def _order(export: Export) -> None:
    _drop_file(export)
    Export.objects.filter(pk=export.pk).update(
        state=Export.State.WAITING, done=0, total=0, size=0, file="", order=F("order") + 1, moved_at=timezone.now()
    )


def _drop_file(export: Export) -> None:
    """Take the file away once the transaction is through; until then nothing is lost."""
    if name := export.file.name:
        storage = export.file.storage
        transaction.on_commit(lambda: storage.delete(name))


def _export(export_id: int, actor: Actor) -> Export:
    export = (
        Export.objects.select_for_update(of=("self",))
        .select_related("outcome__consultation__department")
        .get(pk=export_id, outcome__in=Outcome.objects.visible_to(actor))
    )
    check_writer(actor, export.outcome.consultation)
    return export


@transaction.atomic
def order_export(export_id: int, *, actor: Actor) -> Export:
    """Order one file anew. Raises Refused("not_allowed")."""
    export = _export(export_id, actor)
    _order(export)
    journal.record(actor, "outcome.export_ordered", export, kind=export.kind, language=export.language)
    return export


@transaction.atomic
def cancel_export(export_id: int, *, actor: Actor) -> Export:
    """Stop a file that waits or is being made; one that is ready stays. Raises Refused("not_allowed")."""
    export = _export(export_id, actor)
    if export.state in (Export.State.WAITING, Export.State.RUNNING):
        export.state = Export.State.CANCELLED
        export.order += 1
        export.save(update_fields=["state", "order"])
        journal.record(actor, "outcome.export_cancelled", export, kind=export.kind, language=export.language)
    return export


@transaction.atomic
def refresh_exports(consultation_id: int) -> None:
    """Order the files anew after a comment was published or hidden: what is hidden leaves the files too."""
    for export in Export.objects.filter(
        outcome__consultation=consultation_id, outcome__state=Outcome.State.PUBLISHED
    ).exclude(state=Export.State.CANCELLED):
        _order(export)


# --- letters --------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_letters(outcome_id: int, *, limit: int, now: datetime) -> int:
    """Write the next letters to senders into the outbox; return how many senders were looked at, 0 when all are done.

    The place reached is kept in the same transaction, so nobody gets two and nobody is left out.
    """
    from consultations.outcomes.letters import write_letter

    outcome = Outcome.objects.select_for_update(of=("self",)).select_related("consultation").get(pk=outcome_id)
    if outcome.state != Outcome.State.PUBLISHED or outcome.lettered_at is not None:
        return 0
    before = (
        outcome.consultation.outcomes.filter(state=Outcome.State.SUPERSEDED, number__lt=outcome.number)
        .order_by("-number")
        .first()
    )
    senders = list(
        Submission.objects.filter(
            pk__in=_senders(outcome), pk__gt=outcome.lettered_up_to, state=Submission.State.ACTIVE
        )
        .exclude(contact=None)
        .select_related("contact")
        .order_by("pk")[:limit]
    )
    for submission in senders:
        # Who was not told yet when the correction came gets the whole answer.
        told = before is not None and (before.lettered_at is not None or submission.pk <= before.lettered_up_to)
        write_letter(submission, outcome, before if told else None)
    if senders:
        outcome.lettered_up_to = senders[-1].pk
    else:
        outcome.lettered_at = now
    outcome.save(update_fields=["lettered_up_to", "lettered_at"])
    return len(senders)
