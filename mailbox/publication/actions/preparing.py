"""Preparing what is published of a case: begin it, say what is taken out, keep its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from engage.accounts.actors import Actor
from engage.accounts.models import User
from engage.errors import Refused
from engage.journal import actions as journal
from engage.pages.models import Topic
from engage.publishing import gate
from engage.publishing.redaction.models import Basis
from mailbox.access import standing_of
from mailbox.actions.steps import locked_case
from mailbox.machine import Who
from mailbox.models import Case
from mailbox.publication import building, rules
from mailbox.publication.models import Publication
from mailbox.publication.rules import Candidate

PREPARES = frozenset({Who.LEAD, Who.CLERK})


@dataclass(frozen=True)
class Checked:
    """What an officer hands over: words by language, what is taken out, topics. `revision`: as it was last seen."""

    words: Mapping[str, Mapping[str, str]]
    marks: Sequence[Candidate]
    topics: Sequence[str] = field(default_factory=tuple)
    revision: int = 0


def may_prepare(case: Case, actor: Actor) -> bool:
    """Tell whether somebody prepares what is published: officers of the unit in charge, or of the receiving one."""
    return isinstance(actor, User) and bool(standing_of(case, actor) & PREPARES)


@transaction.atomic
def open_publication(case_id: int, *, actor: Actor, now: datetime) -> Publication:
    """Begin to prepare an answered case, or go on: what the sender is known by is marked beforehand.

    Raises Case.DoesNotExist, Refused("not_allowed"), Refused("publication_not_answered"),
    Refused("publication_no_consent"), Refused("publication_in_group", reference=...) where another letter of the group
    is told of already.
    """
    case = _preparable(case_id, actor)
    found = Publication.objects.filter(case=case).first()
    if found is not None:
        return found
    source = building.source_of(case)
    if not source.answer:
        raise Refused("publication_not_answered")
    form = rules.form_for(case.kind, case.result)
    if form == rules.REPLY and not (case.may_publish and rules.is_published(case.kind)):
        raise Refused("publication_no_consent")
    head = case.merged_into_id or case.pk
    other = Publication.objects.filter(Q(case=head) | Q(case__merged_into=head)).select_related("case__submission")
    if (told := other.first()) is not None:
        raise Refused("publication_in_group", reference=told.case.reference)
    unit = case.lead or case.triage
    if unit is None:
        raise Refused("not_allowed")
    language = case.submission.language if case.submission.language in rules.LANGUAGES else rules.LANGUAGES[0]
    publication = Publication.objects.create(
        case=case,
        form=form,
        kind=case.kind,
        department=unit,
        language=language,
        words={language: {"title": case.title if form == rules.REPLY else ""}},
        marks=[one.plain() for one in building.candidates(case, source)],
        created_at=now,
    )
    _wrote(publication, actor)
    journal.record(actor, "publication.opened", publication, case=case.pk, form=form)
    return publication


def _preparable(case_id: int, actor: Actor) -> Case:
    case = locked_case(case_id, actor)
    if not may_prepare(case, actor):
        raise Refused("not_allowed")
    return case


def editable(publication_id: int, revision: int | None, actor: Actor) -> Publication:
    """Return a publication the actor prepares, its case locked; Refused("publication_changed") for an older view."""
    found = Publication.objects.select_related("case").get(pk=publication_id)
    case = _preparable(found.case_id, actor)
    publication = Publication.objects.select_for_update().get(pk=publication_id)
    publication.case = case
    if revision is not None and revision != publication.revision:
        raise Refused("publication_changed")
    return publication


def _wrote(publication: Publication, actor: Actor) -> None:
    if isinstance(actor, User):
        publication.writers.add(actor)


def edited(publication: Publication, actor: Actor, now: datetime, verb: str, **said: Any) -> None:
    publication.revision += 1
    publication.save(update_fields=["revision"])
    _wrote(publication, actor)
    journal.record(actor, verb, publication, **said)
    gate.touched(publication.form, publication, actor=actor, now=now)


@transaction.atomic
def check_words(publication_id: int, given: Checked, *, actor: Actor, now: datetime) -> Publication:
    """Keep the words, the topics and what is taken out; whoever keeps them has looked at question and answer.

    Raises Refused: "not_allowed", "publication_changed", "basis_missing", "mark_too_short" (least), "mark_too_long"
    (most), "too_many_marks" (most), "case_text_too_long" (most).
    """
    publication = editable(publication_id, given.revision, actor)
    publication.words = _checked_words(publication.form, given.words)
    publication.marks = [one.plain() for one in _checked_marks(given.marks)]
    publication.source_hash = building.source_of(publication.case).digest
    publication.checked_at = now
    publication.checked_by = actor if isinstance(actor, User) else None
    publication.save(update_fields=["words", "marks", "source_hash", "checked_at", "checked_by"])
    publication.topics.set(Topic.objects.filter(code__in=given.topics))
    on = [one for one in publication.marks if one["on"]]
    edited(publication, actor, now, "publication.checked", n_marks=len(on), bases=sorted({one["basis"] for one in on}))
    return publication


def _checked_words(form: str, words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    for language in rules.LANGUAGES:
        said = {
            name: rules.check_text(
                words.get(language, {}).get(name, ""), rules.TITLE_MOST if name == "title" else rules.TEXT_MOST
            )
            for name in building.WORDS[form]
        }
        if any(said.values()):
            kept[language] = {name: text for name, text in said.items() if text}
    return kept


def _checked_marks(marks: Sequence[Candidate]) -> list[Candidate]:
    known = set(Basis.objects.filter(is_active=True).values_list("code", flat=True))
    for one in marks:
        if one.on and one.basis not in known:
            raise Refused("basis_missing")
        if len(one.value.strip()) < rules.WORD_LEAST:
            raise Refused("mark_too_short", least=rules.WORD_LEAST)
        if len(one.value) > rules.WORD_MOST:
            raise Refused("mark_too_long", most=rules.WORD_MOST)
    if len(marks) > rules.MARKS_MOST:
        raise Refused("too_many_marks", most=rules.MARKS_MOST)
    return rules.each_once(marks)
