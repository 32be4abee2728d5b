"""Reads of paper answers."""

from __future__ import annotations

from dataclasses import dataclass

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.pages.messages import refusal_message
from surveys.definition import paper
from surveys.models import PaperBatch, Questionnaire, Version

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
    return [version.questionnaire for version in found if paper.numbers(version.parsed)]


def batches(questionnaire: Questionnaire, actor: Actor) -> list[ShownBatch]:
    """List the newest batches of a questionnaire."""
    found = PaperBatch.objects.visible_to(actor).filter(questionnaire=questionnaire).select_related("by", "version")
    return [ShownBatch(one, [_refused(row) for row in one.failed]) for one in found.defer("sealed")[:BATCHES_SHOWN]]


def _refused(row: tuple[int, str, str, dict[str, str]]) -> tuple[int, str, str]:
    line, number, code, values = row
    return line, number, refusal_message(Refused(code, **values))
