"""An answer as its reader will get it: the page of the notice and the letter, before it goes out. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import translation
from django.utils.translation import pgettext

from engage.departments.models import Department
from mailbox.actions import clocks
from mailbox.actions.clocks import due_after
from mailbox.actions.notices import content_of, html_of, letter_of
from mailbox.actions.steps import Given, notice_parts
from mailbox.models import Case, Draft, Notice


@dataclass(frozen=True)
class Preview:
    """An answer in one language: the page of the notice, and subject and body of the letter."""

    html: str
    subject: str
    body: str


def preview_of(case: Case, draft: Draft | None, *, language: str, now: datetime) -> Preview | None:
    """Return what the sender gets when a draft goes out as it stands, with everything but the number.

    None without a word of an answer, or where the case has no unit that signs it.
    """
    unit: Department | None = case.lead or case.triage
    if draft is None or not draft.text or unit is None or not case.machine.has("answer"):
        return None
    transition = case.machine.transition("answer")
    with translation.override(language):
        due = due_after(case, transition.effects, now=now)
        parts = notice_parts(case, transition, Given(draft=draft), unit, due)
        if parts is None or parts["department"] is None:
            return None
        content = content_of(case, now=now, **parts)
        year = clocks.today_of(case, now).year
        unnumbered = pgettext("number of a notice", "(given when it goes out)")
        content["number"] = Notice.label_of(parts["department"], year, unnumbered)
        subject, body = letter_of(case, content)
        return Preview(html_of(content), subject, body)
