"""After the time for keeping it nothing of a case says who sent it: no name, no address, no file.

What a case was about, how it was decided and how long it took stays: counts and the record do not need the person.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from engage.accounts.actors import SYSTEM
from engage.journal import actions as journal
from engage.participation import personal_data
from engage.participation.models import Attachment, Contact, OutgoingMail
from mailbox.actions.steps import locked_case
from mailbox.models import (
    Approval,
    Case,
    CoConsultation,
    Draft,
    DraftVersion,
    Message,
    Notice,
    Opinion,
    Party,
    Question,
    Rating,
    StepRecord,
)

log = logging.getLogger(__name__)

GONE = personal_data.MASK * personal_data.MASK_LENGTH
# Shorter than this a word says nothing about who somebody is, and stands in half of all sentences.
NAME_LEAST = 2

# Texts of a case in which a name can stand: model, way to the case, columns.
TEXTS: tuple[tuple[type[models.Model], str, tuple[str, ...]], ...] = (
    (Message, "case", ("text",)),
    (StepRecord, "case", ("note", "words")),
    (CoConsultation, "case", ("question", "note")),
    (Opinion, "consultation__case", ("text",)),
    (Question, "case", ("text", "because")),
    (Draft, "case", ("text", "basis", "cites")),
    (DraftVersion, "draft__case", ("words",)),
    (Approval, "draft__case", ("note",)),
    (Rating, "case", ("text",)),
)

# What other rooms keep of a case: they get its number and what takes a name out of a text or a value of JSON.
Clean = Callable[[Any], Any]
Forget = Callable[[int, Clean], object]
_others: list[Forget] = []
# Where other rooms keep who a sender is: they name further words to take out, by the number of the case.
Words = Callable[[int], Iterable[str]]
_words: list[Words] = []


def register_forgetting(forget: Forget | None = None, *, words: Words | None = None) -> None:
    """Let a room forget with a case, or name more words that say who its sender is; each counts once."""
    if forget is not None and forget not in _others:
        _others.append(forget)
    if words is not None and words not in _words:
        _words.append(words)


def forget_with_contacts(contacts: Sequence[int], now: datetime) -> None:
    """Forget with contacts that are about to go (`participation.retention`); what is still handled keeps its files."""
    cases = Case.objects.filter(Q(submission__contact__in=contacts) | Q(parties__contact__in=contacts))
    for pk in sorted(set(cases.values_list("pk", flat=True))):
        _forget(pk, now)


def forget_senders(*, now: datetime, limit: int = 200) -> int:
    """Forget the senders of cases that are over and past their time, each in its own transaction.

    One that cannot be forgotten is logged, and holds up none behind it. Returns how many were forgotten.
    """
    before = now - timedelta(days=settings.CONTACT_RETENTION_DAYS)
    over = Case.objects.filter(at_desk=False, forgotten_at=None, received_at__lte=before).order_by("received_at")
    done = 0
    for pk in list(over.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                done += _forget(pk, now)
        except Exception:  # whatever it is, it is about this one
            log.exception("the sender of case %s cannot be forgotten", pk)
        if done == limit:
            break
    return done


def _forget(case_id: int, now: datetime) -> int:
    case = locked_case(case_id, SYSTEM)
    if case.forgotten_at is not None:
        return 0
    clean = _cleaner(case)
    for model, way, columns in TEXTS:
        for row in model._default_manager.filter(**{way: case}):
            _clean_row(row, columns, clean)
    for notice in Notice.objects.filter(case=case):
        _clean_notice(notice, clean)
    case.title = clean(case.title)[: Case._meta.get_field("title").max_length]
    case.save(update_fields=["title"])
    for other in _others:
        other(case.pk, clean)
    submission = case.submission
    submission.signature = ""
    submission.save(update_fields=["signature"])
    Contact.objects.filter(pk__in=Party.objects.filter(case=case).values("contact")).delete()
    if not case.at_desk:
        OutgoingMail.objects.filter(submission=submission).delete()
        _delete_files(case)
        case.forgotten_at = now
    case.save(update_fields=["forgotten_at"])
    journal.record(SYSTEM, "case.sender_forgotten", case, whole=case.forgotten_at is not None)
    return 1


def _cleaner(case: Case) -> Clean:
    """Return what takes the known words and whatever looks like personal data out of a text, or of a value of JSON."""
    known = sorted(set(_known(case)), key=len, reverse=True)

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            for word in known:
                value = value.replace(word, GONE)
            return personal_data.mask(value)
        if isinstance(value, list):
            return [clean(one) for one in value]
        if isinstance(value, dict):
            return {key: clean(one) for key, one in value.items()}
        return value

    return clean


def _known(case: Case) -> Iterable[str]:
    submission = case.submission
    people = [submission.contact, *(one.contact for one in case.parties.select_related("contact"))]
    words = [submission.signature]
    for contact in people:
        if contact is not None:
            words += [contact.name, contact.email, contact.phone]
    for more in _words:
        words += more(case.pk)
    return (word.strip() for word in words if len(word.strip()) >= NAME_LEAST)


def _clean_row(row: models.Model, columns: Sequence[str], clean: Clean) -> None:
    changed = []
    for column in columns:
        before = getattr(row, column)
        after = clean(before)
        if after != before:
            setattr(row, column, after)
            changed.append(column)
    if changed:
        row.save(update_fields=changed)


def _clean_notice(notice: Notice, clean: Clean) -> None:
    """Take the person out of a notice. Its hash stays that of the paper its reader has: it proves that one."""
    number = notice.content.get("number", "")
    content = clean({key: value for key, value in notice.content.items() if key != "number"}) | {"number": number}
    if content == notice.content:
        return
    notice.content, notice.title = content, clean(notice.title)
    with translation.override(notice.language):
        notice.html = render_to_string("mailbox/notice.html", {"notice": content})
    notice.save(update_fields=["content", "title", "html"])


def _delete_files(case: Case) -> None:
    rows = list(Attachment.objects.filter(submission=case.submission))
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        transaction.on_commit(partial(row.file.storage.delete, row.file.name or ""))
