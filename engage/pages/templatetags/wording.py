"""Words for what only a template holds: titles of pages with an error, lists, time zones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from babel.lists import format_list
from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

register = template.Library()


@register.simple_block_tag
def title_with(content: str, errors: Any = None) -> str:
    """Return a page's title, told to begin with the error when there is one (WCAG 2.4.2, 3.3.1).

    Errors are anything that is true when the form was refused.
    """
    title = SafeString(content.strip())
    return format_html(_("Error: %(title)s").replace("%(title)s", "{}"), title) if errors else title


@register.filter
def in_words(things: Iterable[Any]) -> str:
    """Join things as people write a list: "a, b and c", 甲、乙和丙 (Unicode CLDR list patterns)."""
    return format_list([str(thing) for thing in things], locale=to_locale(get_language() or "en"))


@register.filter
def zone_in_words(zone: str) -> str:
    """Name a time zone of the IANA database as people call it: 中国时间 for Asia/Shanghai (Unicode CLDR)."""
    return get_timezone_name(ZoneInfo(zone), locale=to_locale(get_language() or "en"))
