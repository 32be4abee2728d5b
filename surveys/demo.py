"""The demo's questionnaires: one open to everybody, thirteen questions with branches; one that has closed, with its
results; people who have answered them; and the questions that the library keeps for every department."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Mapping
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
from surveys.definition.runtime import Sitting
from surveys.models import KeptPart, Questionnaire

RESPONDENTS = 24
# So many random people for each who answers: those are drawn whose answers are as people's are.
DRAWN_FROM = 8


def load() -> None:
    """Load them once, through the same actions as the site; a second call changes nothing."""
    for name in ("survey", "survey_closed"):
        given = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        department = Department.objects.filter(code=given["department"]).first()
        if department is None:
            continue
        keep_standard_questions(department)
        if Questionnaire.objects.filter(key=given["key"]).exists():
            continue
        now = timezone.now()
        opened, closes = publish(given, department, now=now)
        until, people = min(now, closes), given.get("people", RESPONDENTS)
        for number, seed in enumerate(_seeds(given, people, at=opened)):
            _answer(given["key"], seed, opened + (until - opened) * (number + 1) / (people + 2))


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


def _seeds(given: Mapping[str, Any], people: int, *, at: datetime) -> Iterator[str]:
    """Name the random people who answer: where the file has shares, those whose answers are common under them.

    Drawn without putting back, each by the product of the shares of its answers (Efraimidis and Spirakis 2006).
    """
    shares: Mapping[str, Mapping[str, float]] = given.get("shares", {})
    if not shares:
        yield from (f"demo/{number}" for number in range(people))
        return
    shown = queries.published(given["key"], language="zh-hans", actor=ANYONE, now=at)
    assert shown is not None
    sitting = Sitting(now=timezone.localtime(at).replace(tzinfo=None), seed="", language="zh-hans")
    order = []
    for number in range(people * DRAWN_FROM):
        seed = f"demo/{number}"
        walk = random_respondent(shown.runtime, replace(sitting, seed=seed))
        weight = math.prod(_likely(shares, name, value) for name, value in walk.answers.items())
        order.append((math.log(random.Random(seed).random()) / weight, seed))
    yield from (seed for _drawn, seed in sorted(order, reverse=True)[:people])


def _likely(shares: Mapping[str, Mapping[str, float]], name: str, value: Any) -> float:
    """Return how common an answer is, 1 where nothing is said of it; of several chosen, the product."""
    if isinstance(value, Mapping):
        return math.prod(_likely(shares, f"{name}.{row}", one) for row, one in value.items())
    known = shares.get(name)
    if known is None:
        return 1.0
    mean = sum(known.values()) / len(known)
    return math.prod(known[str(one)] / mean for one in (value if isinstance(value, list | tuple) else [value]))


def _answer(key: str, seed: str, at: datetime) -> None:
    """Let one made-up person answer as people do; what they would write in their own words stays empty."""
    shown = queries.published(key, language="zh-hans", actor=ANYONE, now=at)
    if shown is None:
        return
    code = answering.begin(shown, language="zh-hans", now=at - timedelta(minutes=4))
    sheet = sheets.find(code, language="zh-hans", now=at)
    assert sheet is not None
    walk = random_respondent(shown.runtime, replace(sheet.sitting(at), seed=seed))
    wordy = {question.name for question in shown.definition.questions if question.type in ("text", "long_text")}
    sheet.filled.answers = {
        name: value for name, value in walk.answers.items() if name not in wordy and not name.endswith(OTHER)
    }
    answering.submit(sheet, language="zh-hans", now=at, actor=ANYONE)
