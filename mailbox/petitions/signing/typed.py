"""Reads the sign form: one reader for the page and for the short path, so that both take and refuse the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache

from mailbox.petitions.addresses import LONGEST, AddressError, split_address

NAME_MOST = 80
ABROAD = "abroad"
FIELDS = ("name", "email", "region", "country", "eligible", "news", "token", "act")
# A link in any of the ways people and programs write one.
_LINK = re.compile(
    r"https?:|www\.|://|[a-z0-9-]{2,}\.(?:com|net|org|info|biz|top|xyz|cn|ru|io|me|cc|vip|shop|site|club)\b", re.I
)
_MARKUP = re.compile(r"[<>{}\[\]\\|@]|&#|&[a-z]+;")


@dataclass(frozen=True)
class Typed:
    """What was typed, cleaned; `faults` says by field what is wrong with it, as codes (signing/words.py)."""

    name: str = ""
    email: str = ""
    region: str = ""
    country: str = ""
    eligible: bool = False
    news: bool = False
    token: str = ""
    faults: dict[str, str] = field(default_factory=dict)


def read(
    get: Callable[[str, str], str],
    clean: Callable[[str], str],
    regions: Collection[str],
    countries: Collection[str],
) -> Typed:
    """Read a form. `get(name, otherwise)` gives a field as typed, `clean` takes out what cannot be seen."""
    faults: dict[str, str] = {}
    name = " ".join(clean(get("name", "")[: 20 * NAME_MOST]).split())
    email = clean(get("email", "")[: 4 * LONGEST])
    region, country = get("region", "")[:64], get("country", "")[:8]
    eligible, news = get("eligible", "") == "yes", get("news", "") == "yes"
    if fault := name_fault(name):
        faults["name"] = fault
    if fault := email_fault(email):
        faults["email"] = fault
    if region == ABROAD:
        if country not in countries:
            faults["country"] = "country_missing"
            country = ""
    elif region not in regions:
        faults["region"] = "region_missing" if not region else "region_unknown"
        region = ""
    if not eligible:
        faults["eligible"] = "eligible_missing"
    return Typed(
        name, email, region, country if region == ABROAD else "", eligible, news, get("token", "")[:64], faults
    )


def name_fault(name: str) -> str:
    """Say what is wrong with a cleaned name; empty when nothing is."""
    if not name:
        return "name_missing"
    if len(name) > NAME_MOST:
        return "name_long"
    if _LINK.search(name) or _MARKUP.search(name):
        return "name_link"
    if not any(letter.isalpha() for letter in name):
        return "name_letters"
    return ""


def email_fault(email: str) -> str:
    """Say what is wrong with a cleaned address; empty when nothing is."""
    try:
        split_address(email)
    except AddressError as error:
        return f"email_{error}"
    return ""


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Return the ISO codes of countries."""
    from babel import Locale

    return frozenset(code for code in Locale("en").territories if len(code) == 2 and code.isalpha()) - {
        "EU", "EZ", "QO", "UN", "XA", "XB", "ZZ",
    }  # fmt: skip
