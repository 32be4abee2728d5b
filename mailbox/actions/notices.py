"""Numbered documents: words in the sender's language, frozen with their hash, numbers without a gap."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext

from engage.departments.models import Department
from engage.participation.actions import enqueue_letter, enqueue_mail
from mailbox.actions.clocks import zone_of
from mailbox.kinds.notices import FORMS
from mailbox.models import Case, Notice, NoticeSeries, Party, StepRecord


def make_notice(
    case: Case,
    form: str,
    *,
    step: StepRecord | None,
    department: Department | None,
    now: datetime,
    words: str = "",
    basis: str = "",
    cites: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
) -> Notice | None:
    """Write a notice in the sender's language and put it into the outbox; None while the house has no unit at all.

    `values` fill the fixed words: names of units, a reason, days. A value that is a date is written as one.
    """
    if department is None:
        return None
    language = case.submission.language
    with translation.override(language):
        content = content_of(
            case, form, department=department, now=now, words=words, basis=basis, cites=cites, values=values
        )
        year = localtime(now, zone_of(case)).year
        number = next_number(department, year)
        notice = Notice(
            case=case,
            step=step,
            form=form,
            department=department,
            year=year,
            number=number,
            language=language,
            title=content["title"],
            content=content,
            made_at=now,
        )
        content["number"] = str(notice.label)
        notice.html = html_of(content)
    notice.sha256 = hashlib.sha256(notice.html.encode()).hexdigest()
    notice.save()
    send_notice(notice)
    return notice


def send_notice(notice: Notice) -> None:
    """Put a notice into the outbox in its language: for the sender, and for whoever speaks for a joint petition.

    Each address gets one letter.
    """
    case = notice.case
    subject, body = letter_of(case, notice.content)
    with translation.override(notice.language):
        enqueue_mail(case.submission, subject=subject, body=body)
        if case.people < 2:
            return
        sender = case.submission.contact
        written = {sender.email_index if sender is not None else "", ""}
        spoken = gettext("You are named as one who speaks for this petition. An answer to this letter joins it.")
        for party in Party.objects.filter(case=case).select_related("contact"):
            contact = party.contact
            if contact is None or contact.email_index in written:
                continue
            written.add(contact.email_index)
            enqueue_letter(contact, subject=subject, body=f"{body}\n\n{spoken}", submission=case.submission)


def content_of(
    case: Case,
    form: str,
    *,
    department: Department,
    now: datetime,
    words: str = "",
    basis: str = "",
    cites: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the parts of a notice in the active language, all but its number; nothing is written."""
    fixed = FORMS[form]
    zone = zone_of(case)
    filled = {name: _written(value) for name, value in (values or {}).items()}
    filled |= {
        "reference": case.reference,
        "kind": str(case.machine.label),
        "received": date_format(localtime(case.received_at, zone), "DATE_FORMAT"),
        "department": filled.get("department") or str(department),
    }
    has_right = "%(right)s" not in str(fixed.closing) or filled.get("right")
    return {
        "title": str(fixed.title),
        "opening": str(fixed.opening) % filled,
        "words": [line.strip() for line in words.splitlines() if line.strip()],
        "basis": [line.strip() for line in basis.splitlines() if line.strip()],
        "cites": list(cites),
        "closing": str(fixed.closing) % filled if fixed.closing and has_right else "",
        "department": department.name,
        "day": date_format(localtime(now, zone), "DATE_FORMAT"),
        "language": get_language(),
    }


def html_of(content: Mapping[str, Any]) -> str:
    """Return a notice as its page, in the active language."""
    return render_to_string("mailbox/notice.html", {"notice": content})


def letter_of(case: Case, content: Mapping[str, Any]) -> tuple[str, str]:
    """Return subject and body of the letter that brings a notice."""
    return f"{content['title']} ({case.reference})", plain(content)


def _written(value: Any) -> str:
    return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


def plain(content: Mapping[str, Any]) -> str:
    """Return a notice as the text of a letter."""
    parts = [content["number"], content["opening"], *content["words"], *content["basis"], *content["cites"]]
    parts += [content["closing"], f"{content['department']}\n{content['day']}"]
    return "\n\n".join(part for part in parts if part)


def next_number(department: Department, year: int) -> int:
    """Give the next number of a unit's year. The row stays locked until the transaction ends, so no number is missing.

    Always taken after the lock on the case, so two steps never wait for each other in a circle.
    """
    NoticeSeries.objects.bulk_create([NoticeSeries(department=department, year=year)], ignore_conflicts=True)
    series = NoticeSeries.objects.select_for_update().get(department=department, year=year)
    series.last += 1
    series.save(update_fields=["last"])
    return series.last
