"""Every read of the library: what is proposed of a case, what in a text tells of a person, what a search finds."""

from __future__ import annotations

from django.db.models import QuerySet

from engage.accounts.actors import Actor
from engage.publishing.redaction.marks import Mark
from engage.publishing.redaction.texts import redact_text
from engage.search.terms import read_question
from mailbox.library.models import LibraryItem
from mailbox.library.rules import TITLE_MOST, Words
from mailbox.models import Case
from mailbox.publication.building import Source, candidates, source_of, times_in

SHOWN_MOST = 30


def proposed(case: Case) -> Words:
    """Return what is kept of a case, or else its question and answer with what is found of people blacked out."""
    item = LibraryItem.objects.filter(case=case, retired_at=None).first()
    if item is not None:
        return Words(item.title, item.question, item.answer)
    source = source_of(case)
    marks = [Mark("word", one.value, one.basis) for one in candidates(case, source)]
    title, question, answer = (redact_text(text, marks).text for text in (source.title, source.question, source.answer))
    return Words(title[:TITLE_MOST], question, answer)


def tells_of_people(case: Case, words: Words) -> list[str]:
    """Return what in the words says who the sender is, or looks like personal data of anybody."""
    found = candidates(case, Source(*words.texts))
    return [one.value for one in found if times_in(words.texts, one.value)]


def found(actor: Actor, text: str = "", *, language: str = "") -> QuerySet[LibraryItem]:
    """Return what holds the words, the newest first; no words find everything, signs alone nothing."""
    items = LibraryItem.objects.visible_to(actor).select_related("department")
    if language:
        items = items.filter(language=language)
    question = read_question(text)
    if question.asked and not question.terms:
        return items.none()
    for term in question.terms:
        items = items.filter(terms__contains=f" {term} ")
    for phrase in question.phrases:
        items = items.filter(folded__contains=phrase)
    return items
