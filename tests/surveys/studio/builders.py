"""What the tests of the builder share."""

from __future__ import annotations

from typing import Any

from engage.accounts.actors import SYSTEM, Role
from surveys import actions
from surveys.definition import keeping, model
from surveys.models import KeptPart, Version
from tests.accounts.people import person
from tests.surveys.answering.builders import department

PARKS: dict[str, Any] = {
    "format": "engage-questionnaire/1",
    "languages": ["zh-hans", "en"],
    "title": {"zh-hans": "公园开放时间", "en": "Opening hours of parks"},
    "pages": [
        {
            "name": "visits",
            "title": {"zh-hans": "去公园", "en": "Visits"},
            "items": [
                {
                    "name": "often",
                    "type": "single",
                    "label": {"zh-hans": "您多久去一次公园？", "en": "How often do you go to a park?"},
                    "required": True,
                    "options": [
                        {"value": "weekly", "label": {"zh-hans": "每周", "en": "Every week"}},
                        {"value": "never", "label": {"zh-hans": "从不", "en": "Never"}, "exclusive": True},
                    ],
                },
                {
                    "name": "why",
                    "type": "text",
                    "label": {"zh-hans": "为什么不去？", "en": "Why not?"},
                    "relevant": "${often} = 'never'",
                },
            ],
        },
        {
            "name": "wishes",
            "title": {"zh-hans": "愿望", "en": "Wishes"},
            "items": [
                {"name": "hours", "type": "number", "label": {"zh-hans": "每天几小时？", "en": "How many hours a day?"},
                 "minimum": 0, "maximum": 24},
            ],
        },
    ],
}  # fmt: skip


def parks(key: str = "parks", definition: dict[str, Any] | None = None) -> Version:
    """A questionnaire in work, begun by somebody else."""
    return actions.create_questionnaire(
        key, department_id=department().pk, definition=definition or PARKS, actor=person(Role.EDITOR)
    )


def fields(response: Any) -> dict[str, Any]:
    """All that the form of a screen would send as it stands."""
    form = response.context["form"]
    sent: dict[str, Any] = {"revision": response.context["revision"], **response.context.get("hidden", {})}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, False, ""):
            sent[name] = list(value) if isinstance(value, list | tuple) else "on" if value is True else value
    return sent


def written() -> Version:
    """The one questionnaire in work that the tables of addresses and forms name."""
    return Version.objects.filter(questionnaire__key="written").first() or parks("written")


def kept(name: str = "often", definition: dict[str, Any] | None = None, **more: Any) -> KeptPart:
    """A question of a definition in the library, for every department unless something else is said."""
    given: dict[str, Any] = {"is_shared": True, "actor": SYSTEM, "department_id": department().pk, **more}
    about = actions.KeptWords("去公园的次数", "Visits to parks", "parks, leisure")
    return actions.keep_part(keeping.keep(model.parse(definition or PARKS), "item", name), "item", about=about, **given)
