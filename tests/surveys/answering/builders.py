"""Questionnaires for the tests of answering."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.utils import timezone

from engage.departments.models import Department
from engage.publishing.canonical import canonical_json
from surveys.models import Questionnaire, Version


def department() -> Department:
    """The unit that asks."""
    return Department.objects.filter(code="parks").first() or Department.add_root(
        code="parks", name_zh="公园科", name_en="Parks"
    )


def published(definition: dict[str, Any], *, key: str = "parks", at: datetime | None = None, **fields: Any) -> Version:
    """A questionnaire with one published version, as the gate leaves it."""
    questionnaire = Questionnaire.objects.create(key=key, department=department(), **fields)
    return Version.objects.create(
        questionnaire=questionnaire,
        state=Version.State.PUBLISHED,
        definition=definition,
        definition_hash=hashlib.sha256(canonical_json(definition)).hexdigest(),
        published_at=at or timezone.now(),
    )
