"""Reads of paper answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.pages.messages import refusal_message
from surveys.definition import paper
from surveys.models import PaperBatch, Questionnaire, Version
from surveys.queries import ready

BATCHES_SHOWN = 50


@dataclass(frozen=True)
class ShownBatch:
    """A batch, and what was refused in it as (row, number of the sheet, sentence)."""

    batch: PaperBatch
    refused: list[tuple[int, str, str]]


def asked_on_paper(actor: Actor) -> list[Questionnaire]:
    """List the published questionnaires of which something is asked on paper."""
    versions = Version.objects.visible_to(actor).filter(state=Version.State.PUBLISHED)
    found = versions.select_related("questionnaire__department").order_by("-published_at")
    return [version.questionnaire for version in found if paper.numbers(ready(version).runtime.definition)]


def batches(questionnaire: Questionnaire, actor: Actor) -> QuerySet[PaperBatch]:
    """Return the batches of a questionnaire, the newest first."""
    found = PaperBatch.objects.visible_to(actor).filter(questionnaire=questionnaire)
    return found.select_related("by", "version").defer("sealed", "version__definition")


def shown(batch: PaperBatch) -> ShownBatch:
    """Return a batch with what was refused in it, in words."""
    return ShownBatch(batch, [_refused(row) for row in batch.failed])


def _refused(row: tuple[int, str, str, dict[str, Any]]) -> tuple[int, str, str]:
    line, number, code, kept = row
    values = {
        name: datetime.fromisoformat(value["moment"]) if isinstance(value, dict) else value
        for name, value in kept.items()
    }
    return line, number, refusal_message(Refused(code, **values))
