"""The demo's telephone study: a questionnaire that is only read out, numbers that nobody has, and a day of calls."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from engage.accounts.actions import demo_user
from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.departments.models import Department
from engage.pages.demo_content import FOLDER
from surveys.definition.answers import OTHER
from surveys.definition.respondents import random_respondent
from surveys.demo import publish
from surveys.models import Questionnaire
from surveys.telephone import actions
from surveys.telephone.models import TelephoneStudy
from surveys.telephone.rules import Zones

# Ofcom keeps 07700 900000 to 900999 for drama: nobody has them.
NUMBERS = 40
FIRST = 447_700_900_100
# What came of the calls of the day before, in their order; "1.1" is an interview.
CODES = ("1.1", "5.62", "5.61", "1.1", "5.4", "5.63", "1.1", "2.11", "5.62", "1.1")
HOUR = time(10)
# The demo is looked at at any hour, and nobody is called.
ALL_DAY = {"windows": [[["00:00", "00:00"]]] * 7}


def load() -> None:
    """Load it once, through the same actions as the site; a second call changes nothing."""
    given = json.loads((FOLDER / "survey_telephone.json").read_text(encoding="utf-8"))
    department = Department.objects.filter(code=given["department"]).first()
    if department is None or Questionnaire.objects.filter(key=given["key"]).exists():
        return
    now = timezone.now()
    opened, closes = publish(given, department, now=now)
    study = actions.open_study(
        Questionnaire.objects.get(key=given["key"]),
        name=given["definition"]["title"]["zh-hans"],
        country="GB",
        rules=ALL_DAY,
        zones=Zones(settings.TIME_ZONE),
        opens_at=opened,
        closes_at=closes,
        actor=SYSTEM,
    )
    rows = "\n".join(f"+{FIRST + place},zh-hans" for place in range(NUMBERS))
    actions.import_sample(study.pk, f"phone,language\n{rows}\n".encode(), actor=SYSTEM, now=opened)
    began = timezone.localtime(now - timedelta(days=1)).replace(hour=HOUR.hour, minute=0, second=0, microsecond=0)
    if settings.DEMO:
        for place, code in enumerate(CODES):
            _call(study, code, demo_user(Role.INTERVIEWER), began + timedelta(minutes=9 * place), place)


def _call(study: TelephoneStudy, code: str, interviewer: User, at: datetime, place: int) -> None:
    """Let the demo's interviewer make one call."""
    offer = actions.claim(study.pk, actor=interviewer, now=at)
    if offer is None:
        return
    number = offer[0]
    ticket, ended = actions.ticket_of(number, now=at), at + timedelta(minutes=1)
    if code != "1.1":
        actions.finish_call(uuid.uuid4(), ticket, actions.Outcome(code), actor=interviewer, now=ended)
        return
    sheet = actions.begin_interview(number.pk, actor=interviewer, now=at)
    walk = random_respondent(sheet.shown.runtime, replace(sheet.sitting(at), seed=f"demo/{place}"))
    sheet.filled.answers = {
        name: value for name, value in walk.answers.items() if name != "anything" and not name.endswith(OTHER)
    }
    actions.keep_answer(sheet, sheet.course(at), ticket, page=0, actor=interviewer, now=at)
    actions.complete_interview(uuid.uuid4(), ticket, actor=interviewer, now=at + timedelta(minutes=6))
