"""A questionnaire that is asked on paper, for tests."""

from __future__ import annotations

from typing import Any

from surveys.models import Questionnaire
from tests.surveys.answering.builders import published


def _option(value: str, zh: str, en: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "label": {"zh-hans": zh, "en": en}, **more}


def _words(en: str) -> dict[str, str]:
    return {"zh-hans": f"问题：{en}", "en": en}


SHEET: dict[str, Any] = {
    "format": "engage-questionnaire/1",
    "languages": ["en", "zh-hans"],
    "title": {"zh-hans": "公园", "en": "Parks"},
    "settings": {"anonymous": True, "modes": ["web", "paper"]},
    "quotas": [{"name": "daily", "when": "${visits} = 'daily'", "limit": 1}],
    "pages": [
        {
            "name": "first",
            "items": [
                {
                    "name": "visits",
                    "type": "single",
                    "required": True,
                    "label": _words("How often do you visit?"),
                    "options": [
                        _option("daily", "每天", "Every day"),
                        _option("weekly", "每周", "Every week"),
                        _option("never", "从不", "Never"),
                    ],
                },
                {
                    "name": "ways",
                    "type": "multiple",
                    "relevant": "${visits} != 'never'",
                    "label": _words("How do you come?"),
                    "options": [
                        _option("bus", "公交", "By bus"),
                        _option("foot", "步行", "On foot"),
                        _option("else", "其他", "Otherwise", other=True),
                    ],
                },
                {"name": "age", "type": "number", "maximum": 120, "integer": True, "label": _words("Your age?")},
                {"name": "day", "type": "date", "label": _words("Last visit?")},
                {
                    "name": "table",
                    "type": "matrix",
                    "label": _words("How are these?"),
                    "rows": [_option("paths", "道路", "Paths"), _option("lamps", "路灯", "Lamps")],
                    "options": [_option("good", "好", "Good"), _option("bad", "差", "Bad")],
                },
                {
                    "name": "order",
                    "type": "ranking",
                    "label": _words("What first?"),
                    "options": [_option("trees", "树", "Trees"), _option("benches", "长椅", "Benches")],
                },
                {"name": "why", "type": "long_text", "label": _words("Why?")},
                {"name": "map", "type": "file", "label": _words("A map")},
            ],
        },
        {
            "name": "family",
            "items": [
                {
                    "name": "people",
                    "type": "repeat",
                    "label": _words("People"),
                    "maximum": 4,
                    "items": [{"name": "years", "type": "number", "label": _words("How old?")}],
                }
            ],
        },
    ],
}


def questionnaire(key: str = "parks", *, quotas: bool = True, **fields: Any) -> Questionnaire:
    """A published one, with its one place in the quota."""
    made = published(SHEET if quotas else {**SHEET, "quotas": []}, key=key, **fields).questionnaire
    if not quotas:
        return made
    made.slots.create(cell="daily", number=1)
    return made


def table(*lines: str, head: str = "sheet,visits") -> bytes:
    """A CSV file."""
    return "\n".join([head, *lines, ""]).encode()
