"""What goes public of a case, made from its rows as they stand: question and answer without what is marked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from engage.calendars import queries as calendars
from engage.calendars.arithmetic import local_day
from engage.participation import personal_data
from engage.publishing.canonical import canonical_json
from engage.publishing.redaction.marks import Mark, spans
from engage.publishing.redaction.models import Basis
from engage.publishing.redaction.texts import redact_text
from mailbox.actions.clocks import zone_of
from mailbox.letterbox.models import PostalAddress
from mailbox.models import Case, Message, Notice
from mailbox.publication import names, rules
from mailbox.publication.models import Publication, PublishedFile
from mailbox.publication.rules import Candidate

PERSONAL_BASIS = "personal-privacy"
# What is written for a publication in one language.
WORDS = {rules.REPLY: ("title", "question", "answer"), rules.DISCLOSURE: ("title", "summary")}


@dataclass(frozen=True)
class Source:
    """What was asked and what the sender was told, word for word."""

    title: str
    question: str
    answer: str
    basis: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    answered_on: date | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text of it."""
        return (self.title, self.question, self.answer, *self.basis, *self.cites)

    @property
    def digest(self) -> str:
        """The SHA-256 of it."""
        return hashlib.sha256(canonical_json(self.texts)).hexdigest()


@dataclass
class Built:
    """The content as it would be frozen, what it lacks by code, and personal data that would still be in it."""

    content: dict[str, Any]
    lacks: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def hash(self) -> str:
        """The SHA-256 of the content."""
        return hashlib.sha256(canonical_json(self.content)).hexdigest()


def source_of(case: Case) -> Source:
    """Return question and answer of a case; without an answer its words are empty."""
    asked = case.messages.filter(direction=Message.Direction.IN).first()
    told = answer_of(case)
    return Source(
        title=case.title,
        question=asked.text if asked else "",
        answer="\n".join(told.content["words"]) if told else "",
        basis=tuple(told.content["basis"]) if told else (),
        cites=tuple(told.content["cites"]) if told else (),
        answered_on=local_day(told.made_at, zone_of(case)) if told else None,
    )


def answer_of(case: Case) -> Notice | None:
    """Return the newest notice by which the sender was answered."""
    return case.notices.filter(form=case.machine.answer_notice).last()


# --- what is taken out ----------------------------------------------------------------------------------------------


def candidates(case: Case, source: Source, *, beside: Iterable[str] = ()) -> list[Candidate]:
    """Return what is marked beforehand: what the sender is known by, and personal data in question and answer.

    `beside`: what can be read in files that go along. A mark takes nothing out of a file, the bench does; here it is
    said that something in it stays.
    """
    said = (Candidate(name, "said", PERSONAL_BASIS) for name in names.said(source.question, source.answer))
    return rules.each_once([*_of_sender(case), *said, *_found([*source.texts, *beside])])


def file_texts(publication: Publication) -> list[str]:
    """Return what can be read in the files that go along."""
    return list(publication.files.filter(removed_at=None).exclude(text="").values_list("text", flat=True))


def _of_sender(case: Case) -> Iterator[Candidate]:
    sent = case.submission
    people = [sent.contact, *(party.contact for party in case.parties.select_related("contact"))]
    for person in people:
        if person is None:
            continue
        yield Candidate(person.name, "name", PERSONAL_BASIS)
        for reach in (person.email, person.phone):
            yield Candidate(reach, "contact", PERSONAL_BASIS)
    postal = PostalAddress.objects.filter(contact_id=sent.contact_id).first() if sent.contact_id else None
    if postal is not None:
        yield from (Candidate(line.strip(), "postal", PERSONAL_BASIS) for line in postal.text.splitlines())
    yield Candidate(sent.signature, "signature", PERSONAL_BASIS)
    yield Candidate(sent.reference, "reference", PERSONAL_BASIS)


def _found(texts: Iterable[str]) -> Iterator[Candidate]:
    for text in texts:
        for finding in personal_data.find(text):
            yield Candidate(text[finding.start : finding.end], finding.kind, PERSONAL_BASIS)


def marks_of(publication: Publication) -> list[Mark]:
    """Return what is taken out, as the redaction tool takes it."""
    return [Mark("word", one["value"], one["basis"]) for one in publication.marks if one["on"]]


def times_in(texts: Iterable[str], value: str) -> int:
    """Count where words stand, however they are written."""
    mark = [Mark("word", value)]
    return sum(len(spans(text, mark)) for text in texts)


# --- the content ----------------------------------------------------------------------------------------------------


class _Scissors:
    """Takes the marked words out of every text and counts what it took, by legal basis."""

    def __init__(self, marks: list[Mark]) -> None:
        self.marks = marks
        self.taken: Counter[str] = Counter()

    def cut(self, text: str) -> str:
        made = redact_text(text, self.marks) if self.marks else None
        if made is None:
            return text
        self.taken.update(made.bases)
        return made.text

    def lines(self, text: str) -> list[str]:
        return [line.strip() for line in self.cut(text).splitlines() if line.strip()]


def build(publication: Publication) -> Built:
    """Make the content of a publication from its rows."""
    case = publication.case
    source = source_of(case)
    scissors = _Scissors(marks_of(publication))
    words = {
        # A place is counted once, whatever it is translated into.
        language: _worded(
            publication, source, language, scissors if language == publication.language else _Scissors(scissors.marks)
        )
        for language in rules.LANGUAGES
        if language == publication.language or any(publication.words.get(language, {}).values())
    }
    files = [one for one in publication.files.filter(removed_at=None) if one.is_ready]
    received = local_day(case.received_at, zone_of(case))
    content = {
        "form": publication.form,
        "kind": publication.kind,
        "id": publication.pk,
        "language": publication.language,
        "words": words,
        "basis": [scissors.cut(line) for line in source.basis],
        "cites": [scissors.cut(one) for one in source.cites],
        "result": case.result,
        "letters": letters_of(case),
        "received_on": received.isoformat(),
        "answered_on": source.answered_on.isoformat() if source.answered_on else "",
        "working_days": _working_days(received, source.answered_on),
        "department": _names(publication.department),
        "topics": [{"code": topic.code, **_names(topic)} for topic in publication.topics.order_by("code")],
        "files": [_file(one, _Scissors(scissors.marks)) for one in files],
        "taken_out": [],
    }
    content["taken_out"] = _taken_out(scissors.taken, files)
    built = Built(content)
    built.lacks = list(_lacks(publication, source, words))
    built.left = _left(publication, built.content)
    return built


def _worded(publication: Publication, source: Source, language: str, scissors: _Scissors) -> dict[str, Any]:
    typed = publication.words.get(language, {})
    if publication.form == rules.DISCLOSURE:
        return {
            "title": scissors.cut(typed.get("title", "")),
            "summary": scissors.lines(typed.get("summary", "")),
        }
    own = language == publication.language
    return {
        "title": scissors.cut(typed.get("title", "") or (source.title if own else "")),
        "question": scissors.lines(source.question if own else typed.get("question", "")),
        "answer": scissors.lines(source.answer if own else typed.get("answer", "")),
    }


def letters_of(case: Case) -> int:
    """Count the letters that this answer answers: the case's own and those answered together with it."""
    head = case.merged_into_id or case.pk
    return 1 + Case.objects.filter(merged_into=head).count()


def _working_days(received: date, answered: date | None) -> int | None:
    if answered is None:
        return None
    return calendars.work_calendar(settings.WORK_CALENDAR).count(received, answered)


def _names(row: Any) -> dict[str, str]:
    return {"zh": row.name_zh or row.name_en, "en": row.name_en or row.name_zh}


def _file(one: PublishedFile, scissors: _Scissors) -> dict[str, Any]:
    return {
        "id": one.pk,
        "name": one.name,
        "titles": {language: scissors.cut(title) for language, title in sorted(one.titles.items())},
        "media_type": one.media_type,
        "size": one.size,
        "sha256": one.sha256,
    }


def _taken_out(taken: Counter[str], files: Iterable[PublishedFile]) -> list[dict[str, Any]]:
    places = Counter(taken)
    for one in files:
        places.update(one.taken_out)
    named = {basis.code: basis for basis in Basis.objects.filter(code__in=places)}
    return [
        {
            "basis": code,
            "zh": " ".join(filter(None, (named[code].name_zh_hans, named[code].law_zh_hans))) if code in named else "",
            "en": " ".join(filter(None, (named[code].name_en, named[code].law_en))) if code in named else "",
            "places": n,
        }
        for code, n in sorted(places.items())
    ]


def _lacks(publication: Publication, source: Source, words: dict[str, dict[str, Any]]) -> Iterator[str]:
    case = publication.case
    if not source.answer:
        yield "not_answered"
    if publication.form == rules.REPLY and not case.may_publish:
        yield "no_consent"
    if publication.form != rules.form_for(case.kind, case.result) or publication.kind != case.kind:
        yield "form_changed"
    if publication.checked_at is None:
        yield "not_checked"
    elif publication.source_hash != source.digest:
        yield "source_changed"
    own = words[publication.language]
    if not own["title"]:
        yield "no_title"
    if publication.form == rules.DISCLOSURE and not own["summary"]:
        yield "no_summary"
    if any(not said["title"] or not said.get("summary", said.get("answer")) for said in words.values()):
        yield "half_translated"
    if any(not one.is_ready for one in publication.files.filter(removed_at=None)):
        yield "file_on_bench"


def texts_in(content: dict[str, Any]) -> Iterator[str]:
    """Yield everything in a content that somebody typed."""
    for said in content["words"].values():
        for value in said.values():
            yield from [value] if isinstance(value, str) else value
    yield from content["basis"]
    yield from content["cites"]
    for one in content["files"]:
        yield from one["titles"].values()


def _left(publication: Publication, content: dict[str, Any]) -> list[str]:
    """Return personal data that is still in it although nobody said that it stays."""
    stays = {" ".join(one["value"].split()).casefold() for one in publication.marks if not one["on"]}
    found = {
        text[one.start : one.end]
        for text in [*texts_in(content), *file_texts(publication)]
        for one in personal_data.find(text)
    }
    return sorted(one for one in found if " ".join(one.split()).casefold() not in stays)
