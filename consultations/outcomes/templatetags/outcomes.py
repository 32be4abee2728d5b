"""Words for the templates of outcomes: chips of decisions, counts that may be hidden, sizes of files."""

from __future__ import annotations

from typing import Protocol

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import filesizeformat

from consultations.outcomes import queries
from consultations.outcomes.exports.about import cell_text
from consultations.outcomes.models import Export, Outcome

register = template.Library()


class Counted(Protocol):
    """Something counted that may be hidden."""

    n: int | None
    mark: str


@register.filter
def decision_chip(disposition: str) -> str:
    """Return the chip state of a decision; the word beside it carries the meaning."""
    return {"adopted": "ok", "in_part": "warn", "covered": "info", "not_adopted": "bad"}.get(disposition, "mute")


@register.filter
def outcome_chip(state: str) -> str:
    """Return the chip state of an outcome's state."""
    return {
        Outcome.State.PUBLISHED: "ok",
        Outcome.State.SUBMITTED: "warn",
        Outcome.State.SUPERSEDED: "mute",
        Outcome.State.TAKEN_DOWN: "bad",
    }.get(Outcome.State(state), "info")


@register.filter
def export_chip(state: str) -> str:
    """Return the chip state of a file."""
    return {Export.State.READY: "ok", Export.State.FAILED: "bad", Export.State.CANCELLED: "mute"}.get(
        Export.State(state), "info"
    )


@register.filter
def people(cell: queries.Cell) -> str | int:
    """Return a count of people as it may be shown."""
    return cell_text(cell.count, cell.mark)


@register.filter
def shown_count(row: Counted) -> str | int:
    """Return a count of whatever was counted as it may be shown: `n`, or why it is hidden (`mark`)."""
    return intcomma(row.n) if row.n is not None else cell_text(None, row.mark)


@register.filter
def size(export: Export) -> str:
    """Return the size of a file in words."""
    return filesizeformat(export.size)


@register.filter
def percent(part: int, whole: int) -> int:
    """Return a share in whole per cent."""
    return round(100 * part / whole) if whole else 0
