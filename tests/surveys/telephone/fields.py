"""A telephone study with its people, for tests."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engage.accounts.actors import SYSTEM, Role
from engage.accounts.models import User
from engage.participation.models import Submission
from surveys.models import Response
from surveys.telephone import actions
from surveys.telephone.models import CallAttempt, SampleNumber, TelephoneStudy
from tests.accounts.people import person
from tests.surveys.answering.builders import published

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Wednesday, ten in the morning in Shanghai.
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)

SCRIPT: dict[str, Any] = {
    "format": "engage-questionnaire/1",
    "languages": ["zh-hans", "en"],
    "title": {"zh-hans": "公园", "en": "Parks"},
    "settings": {"anonymous": False},
    "quotas": [{"name": "south", "when": "${visits} = 'often'", "limit": 1}],
    "pages": [
        {
            "name": "visits_page",
            "items": [
                {
                    "name": "visits",
                    "type": "single",
                    "required": True,
                    "label": {"zh-hans": "您多久去一次公园？", "en": "How often do you go to a park?"},
                    "mode_texts": {
                        "phone": {"label": {"zh-hans": "请问您多久去一次公园？", "en": "How often, please?"}}
                    },
                    "options": [
                        {"value": "often", "label": {"zh-hans": "经常", "en": "Often"}},
                        {"value": "never", "label": {"zh-hans": "从不", "en": "Never"}},
                    ],
                }
            ],
        },
        {
            "name": "why_page",
            "relevant": "${visits} = 'never'",
            "items": [{"name": "why", "type": "long_text", "label": {"zh-hans": "为什么？", "en": "Why?"}}],
        },
    ],
}


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    """A moment on the clock of Shanghai, days after NOW."""
    return datetime(2026, 11, 25, hour, minute, tzinfo=SHANGHAI) + timedelta(days=days)


def interviewer() -> User:
    """Somebody who calls."""
    return person(Role.INTERVIEWER)


def supervisor() -> User:
    """Somebody who leads the study."""
    return person(Role.ANALYST)


def study(
    count: int = 0, *, first: int = 0, key: str = "parks", definition: dict[str, Any] = SCRIPT, **fields: Any
) -> TelephoneStudy:
    """A study of the script, with so many mobile numbers of Shanghai."""
    version = published(definition, key=key, anonymous=False)
    fields.setdefault("opens_at", NOW - timedelta(days=1))
    made = actions.open_study(version.questionnaire, name="Parks", actor=SYSTEM, **fields)
    if count:
        add(made, numbers(count, first))
    return made


def numbers(count: int, first: int = 0) -> list[str]:
    """Different mobile numbers."""
    return [f"138{place:08d}" for place in range(first, first + count)]


def add(to: TelephoneStudy, phones: list[str], **cells: str) -> None:
    """Import numbers, each with the same other cells."""
    head = ",".join(["phone", *cells])
    lines = "\n".join(",".join([phone, *cells.values()]) for phone in phones)
    count, faults = actions.import_sample(to.pk, f"{head}\n{lines}\n".encode(), actor=SYSTEM, now=NOW)
    assert (count, faults) == (len(phones), [])
    to.refresh_from_db()


def call(to: TelephoneStudy, who: User, code: str, now: datetime, **more: Any) -> CallAttempt:
    """Claim the next number and finish the call."""
    offer = actions.claim(to.pk, actor=who, now=now)
    assert offer is not None
    return finish(offer[0], who, code, now, **more)


def finish(
    number: SampleNumber, who: User, code: str, now: datetime, *, response: Response | None = None, **more: Any
) -> CallAttempt:
    """Finish the call of a number in hand."""
    ticket = actions.ticket_of(number, now=now)
    outcome = actions.Outcome(code, **more)
    return actions.finish_call(uuid.uuid4(), ticket, outcome, response=response, actor=who, now=now)


def answered(to: TelephoneStudy, **fields: Any) -> Response:
    """A response to the questionnaire of a study, as one that came on another way."""
    key = uuid.uuid4().hex * 2
    submission = Submission.objects.create(
        kind="survey_response", letter="Q", year=2026, received_at=NOW, token_digest=key, code_digest=key, language="en"
    )
    version = to.questionnaire.versions.get()
    return Response.objects.create(
        submission=submission, questionnaire=to.questionnaire, version=version, language="en", seed="1", **fields
    )
