"""Countries of those who live abroad: ISO codes with their names in the language of the page."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale
from django.utils.translation import get_language

# What the table of names holds besides countries: unions, outposts and codes for tests.
_NONE = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@lru_cache(maxsize=4)
def _named(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in _NONE]
    return tuple(sorted(found, key=lambda pair: pair[1]))


def countries() -> tuple[tuple[str, str], ...]:
    """List (code, name), by name."""
    return _named("en" if (get_language() or "").startswith("en") else "zh_Hans")


def country_name(code: str) -> str:
    """Return the name of a country; the code itself where there is none."""
    return dict(countries()).get(code, code)
