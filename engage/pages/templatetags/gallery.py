"""What only the samples of /design/ use."""

from django import template
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def say(chinese: str, english: str) -> str:
    """Return a sample's words in the active language; both stand side by side in the sample, as in the demo's JSON."""
    return english if get_language() == "en" else chinese
