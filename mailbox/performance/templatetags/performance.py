"""How figures are written."""

from __future__ import annotations

from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engage.figures.rules import LEAST, PROTECTING, SMALL

register = template.Library()


@register.simple_tag
def figure(figures: Any, name: str) -> str:
    """Write a count: "<5" for a small one, a dash with a word for one hidden to keep a small one, or the number."""
    value = figures[name] if figures is not None else None
    if value is None:
        return "–"
    if value == SMALL:
        return f"<{LEAST}"
    if value == PROTECTING:
        return pgettext("a count", "hidden")
    return str(intcomma(value))


@register.simple_tag
def share(figures: Any, name: str) -> str:
    """Write a share in percent with one decimal; a dash where there were too few."""
    value = figures[name] if figures is not None else None
    return "–" if value is None else _("%(share)s%%") % {"share": number_format(round(100 * value, 1), 1)}


@register.simple_tag
def days(figures: Any, name: str) -> str:
    """Write a number of days, with "≈" where open cases are reckoned in; a dash where there is none."""
    value = figures[name] if figures is not None else None
    if value is None:
        return "–"
    return f"≈{value}" if figures["estimated"] else str(value)


@register.filter
def is_nothing(written: str) -> bool:
    """Tell whether a figure is written as a dash; a phone leaves such a cell out."""
    return written == "–"
