"""Words and colours of the press room for templates."""

from django import template
from django.utils.translation import gettext

from engage.outreach.press.models import Release
from engage.outreach.press.words import CHIPS
from engage.pages.translation import HTML_LANG

register = template.Library()


@register.filter
def press_kind(code: str) -> str:
    """Return what a kind of release is called; everything else is a signed article."""
    return str(Release.Kind(code).label) if code in Release.Kind else gettext("signed article")


@register.filter
def press_chip(code: str) -> str:
    """Return the colour of a kind's chip."""
    return CHIPS.get(code, "info")


@register.filter
def press_lang(code: str) -> str:
    """Return the HTML language of a language code."""
    return HTML_LANG.get(code, code)
