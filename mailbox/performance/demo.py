"""The demo's figures: enquiries of the past year, answered by the same actions as on the site, and counted."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from engage.accounts.actions import demo_user
from engage.accounts.actors import ANYONE, SYSTEM, ReceiptHolder, Role
from engage.accounts.models import User
from engage.departments import actions as departments
from engage.departments.models import Department
from engage.pages.demo_content import FOLDER
from engage.participation import actions as participation
from mailbox import actions as cases
from mailbox.actions import DraftWords, Given, NewCase
from mailbox.performance import actions
from mailbox.performance.models import YearOfFigures

MOMENT = timedelta(minutes=10)


@transaction.atomic
def load() -> None:
    """Write the past year once and count it; a second call changes nothing. Only a demo has the people for it."""
    if not settings.DEMO or YearOfFigures.objects.exists():
        return
    given = json.loads((FOLDER / "past_cases.json").read_text(encoding="utf-8"))
    units = {unit.code: unit for unit in Department.objects.active()}
    if not {entry["unit"] for entry in given} <= units.keys():
        return
    officer, approver, now = demo_user(Role.OFFICER), demo_user(Role.APPROVER), timezone.now()
    for code in sorted({entry["unit"] for entry in given}):
        departments.add_member(units[code], officer, Role.OFFICER, actor=SYSTEM)
        departments.add_member(units[code], approver, Role.APPROVER, actor=SYSTEM)
    for number, entry in enumerate(given):
        _answered(number, entry, units[entry["unit"]], officer, approver, now)
    actions.count_due(today=timezone.localdate())


def _answered(
    number: int, entry: dict[str, Any], unit: Department, officer: User, approver: User, now: datetime
) -> None:
    """One enquiry from its receipt to the rating."""
    received = now - timedelta(days=entry["days_ago"]) - number * MOMENT
    envelope = participation.Envelope(
        token=participation.token_of("demo:past", str(number)), language=entry["language"], received_at=received
    )
    new = NewCase(kind="enquiry", title=entry["title"], text=entry["text"])
    case = cases.register_case(new, envelope, actor=ANYONE)
    first = received + MOMENT
    cases.take_step(case.pk, "route", Given(department=unit.pk), actor=officer, now=first)
    cases.accept_case(case.pk, actor=officer, now=first + MOMENT)
    answered = received + timedelta(days=entry["days"])
    cases.take_step(case.pk, "draft", actor=officer, now=answered - MOMENT)
    words = DraftWords(entry["answer"], basis=entry["cite"])
    cases.save_draft(case.pk, words, actor=officer, now=answered - MOMENT)
    draft = cases.submit_draft(case.pk, actor=officer, now=answered - MOMENT)
    cases.approve_draft(case.pk, sha256=draft.sha256, actor=approver, now=answered - MOMENT)
    cases.send_due_answers(now=answered)
    cases.rate_case(case.pk, score=entry["score"], actor=ReceiptHolder(case.pk), now=answered + timedelta(days=1))
