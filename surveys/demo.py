"""The demo's questionnaire: thirteen questions with branches, open to everybody, and people who have answered it; and
the questions that its library keeps for every department."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from engage.accounts.actors import ANYONE, SYSTEM
from engage.departments.models import Department
from engage.pages.demo_content import FOLDER
from engage.publishing import gate
from surveys import actions, demo_pictures, queries
from surveys.answering import actions as answering
from surveys.answering import sheets
from surveys.definition import keeping, model, pictures
from surveys.definition.answers import OTHER
from surveys.definition.respondents import random_respondent
from surveys.models import KeptPart, Questionnaire

RESPONDENTS = 24


def load() -> None:
    """Load it once, through the same actions as the site; a second call changes nothing."""
    given = json.loads((FOLDER / "survey.json").read_text(encoding="utf-8"))
    department = Department.objects.filter(code=given["department"]).first()
    if department is None:
        return
    keep_standard_questions(department)
    if Questionnaire.objects.filter(key=given["key"]).exists():
        return
    now = timezone.now()
    opened, _closes = publish(given, department, now=now)
    for number in range(RESPONDENTS):
        _answer(given["key"], number, opened + (now - opened) * (number + 1) / (RESPONDENTS + 2))


def publish(given: Mapping[str, Any], department: Department, *, now: datetime) -> tuple[datetime, datetime]:
    """Publish what a file of the demo gives, open around a moment; returns when it opened and when it closes."""
    definition = model.parse(given["definition"])
    drawings = {
        name: actions.add_picture(BytesIO(demo_pictures.drawn(name)), name, actor=SYSTEM).name
        for name in sorted(pictures.names(definition))
    }
    version = actions.create_questionnaire(
        given["key"],
        department_id=department.pk,
        definition=pictures.renamed(given["definition"], drawings),
        actor=SYSTEM,
    )
    opened, closes = now - timedelta(days=given["opened_days_ago"]), now + timedelta(days=given["closes_in_days"])
    actions.set_period(
        version.questionnaire_id,
        opens_at=opened,
        closes_at=closes,
        revision=version.questionnaire.revision,
        actor=SYSTEM,
    )
    gate.release_by_platform(actions.KIND, version, now=opened)
    return opened, closes


def keep_standard_questions(department: Department) -> None:
    """Keep questions that are asked everywhere; the library of a site that has any stays as it is."""
    if KeptPart.objects.exists():
        return
    for one in json.loads((FOLDER / "survey_library.json").read_text(encoding="utf-8")):
        kept = {
            "format": model.FORMAT,
            "languages": ["zh-hans", "en"],
            "lists": one.get("lists", {}),
            "pages": [{"name": keeping.HOLDER, "items": [one["item"]]}],
        }
        about = actions.KeptWords(one["title_zh"], one["title_en"], one["topics"])
        actions.keep_part(kept, "item", about=about, department_id=department.pk, is_shared=True, actor=SYSTEM)


def _answer(key: str, number: int, at: datetime) -> None:
    """Let one made-up person answer as people do; what they would write in their own words stays empty."""
    shown = queries.published(key, language="zh-hans", actor=ANYONE, now=at)
    if shown is None:
        return
    code = answering.begin(shown, language="zh-hans", now=at - timedelta(minutes=4))
    sheet = sheets.find(code, language="zh-hans", now=at)
    assert sheet is not None
    walk = random_respondent(shown.runtime, replace(sheet.sitting(at), seed=f"demo/{number}"))
    wordy = {question.name for question in shown.definition.questions if question.type in ("text", "long_text")}
    sheet.filled.answers = {
        name: value for name, value in walk.answers.items() if name not in wordy and not name.endswith(OTHER)
    }
    answering.submit(sheet, language="zh-hans", now=at, actor=ANYONE)
