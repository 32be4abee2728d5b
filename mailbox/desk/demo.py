"""The demo's cases: the four kinds in different states, brought there by the same actions as on the site."""

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
from mailbox import actions
from mailbox.actions import DraftWords, Given, NewCase
from mailbox.desk import actions as desk
from mailbox.models import Case, Intake

# A step a day, in the middle of the day.
A_DAY = timedelta(days=1)
POINTS = (
    desk.Point("来信所述事实已核对", "What the letter says was checked"),
    desk.Point("答复中写明了依据", "The answer names its basis"),
)
TEXTS = (
    ("zh-hans", "开头", "你好！你的来信（{reference}）收悉，现由{department}答复如下。"),
    ("zh-hans", "结尾", "如对答复仍有疑问，可凭回执在来信页面评价并说明，我们会跟进。"),
    ("en", "Opening", "Thank you for your letter ({reference}). {department} answers as follows."),
)
SOON = timedelta(minutes=20)


@transaction.atomic
def load() -> None:
    """Load the cases once; a second call changes nothing. They need the demo's people, so only a demo has them."""
    if not settings.DEMO or Case.objects.exists():
        return
    given = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))
    units = {unit.code: unit for unit in Department.objects.active()}
    named = {
        step[1] for entry in given for step in entry.get("steps", []) if step[0] in ("route", "transfer", "consult")
    }
    if not named <= units.keys():
        return
    officer, approver = demo_user(Role.OFFICER), demo_user(Role.APPROVER)
    receiving = set(Intake.objects.exclude(department=None).values_list("department__code", flat=True))
    for code in sorted(named | receiving):
        departments.add_member(units[code], officer, Role.OFFICER, actor=SYSTEM)
        departments.add_member(units[code], approver, Role.APPROVER, actor=SYSTEM)
    people = {Role.OFFICER: officer, Role.APPROVER: approver}
    now = timezone.now()
    for number, entry in enumerate(given):
        _case(number, entry, units, people, now)
    for kind in ("letter", "enquiry"):
        desk.set_checklist(kind, POINTS, actor=SYSTEM)
    shared = next((units[code] for code in sorted(receiving)), None)
    for language, title, text in TEXTS:
        desk.keep_snippet(None, title=title, text=text, language=language, department=shared, actor=officer)


def _case(
    number: int, entry: dict[str, Any], units: dict[str, Department], people: dict[Role, User], now: datetime
) -> None:
    received = now - entry["days_ago"] * A_DAY - (number + 1) * SOON
    envelope = participation.Envelope(
        token=participation.token_of("demo:cases", str(number)),
        language=entry["language"],
        received_at=received,
        name=entry.get("name", ""),
        flagged=entry.get("flagged", False),
    )
    new = NewCase(
        kind=entry["kind"],
        title=entry["title"],
        text=entry["text"],
        may_publish=entry.get("may_publish", False),
        people=entry.get("people", 1),
    )
    case = actions.register_case(new, envelope, actor=ANYONE)
    for place, (code, *given) in enumerate(entry.get("steps", []), start=1):
        at = min(received + place * A_DAY, now - SOON + timedelta(seconds=place))
        _take(case, code, given, units, people, at)


def _take(
    case: Case, code: str, given: list[Any], units: dict[str, Department], people: dict[Role, User], at: datetime
) -> None:
    officer: dict[str, Any] = {"actor": people[Role.OFFICER], "now": at}
    approver: dict[str, Any] = {"actor": people[Role.APPROVER], "now": at}
    match code:
        case "route" | "transfer":
            actions.take_step(case.pk, code, Given(department=units[given[0]].pk), **officer)
        case "write":
            result = case.machine.results[0] if case.machine.results else ""
            actions.save_draft(case.pk, DraftWords(given[0], basis="\n".join(given[1:]), result=result), **officer)
        case "questions":
            made = actions.set_questions(case.pk, given, actor=people[Role.OFFICER])
            actions.settle_question(made[0].pk, answered=True, actor=people[Role.OFFICER])
        case "submit":
            actions.submit_draft(case.pk, **officer)
        case "return_draft":
            actions.return_draft(case.pk, note=given[0], **approver)
        case "approve":
            draft = case.drafts.get(shared=True)
            actions.approve_draft(case.pk, sha256=draft.sha256, **approver)
            actions.send_due_answers(now=at + timedelta(minutes=1))
        case "consult":
            actions.consult(case.pk, department_id=units[given[0]].pk, question=given[1], **officer)
        case "rate":
            actions.rate_case(case.pk, score=given[0], actor=ReceiptHolder(case.pk), now=at)
        case "ask_detail":
            actions.ask_detail(case.pk, words=given[0], **officer)
        case _:
            actions.take_step(case.pk, code, **officer)
