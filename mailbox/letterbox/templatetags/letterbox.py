"""Words for the pages of the mailbox's public side."""

from __future__ import annotations

from django import template

from engage.calendars.profiles import Unit
from engage.calendars.rules import DayInProof, DayKind
from engage.calendars.words import length, source_words
from mailbox.letterbox.words import DAYS, STILL_ON_HOLIDAY

register = template.Library()
register.filter(source_words)


@register.simple_tag
def clock_length(count: int, unit: Unit) -> str:
    """Say how long a clock is."""
    return length(count, unit.value)


@register.filter
def day_words(day: DayInProof) -> str:
    """Say whether a day was counted, and why not."""
    return str(STILL_ON_HOLIDAY if day.kind is DayKind.DISREGARDED and day.is_holiday else DAYS[day.kind.value])
