"""Reads the sign form where nothing is left to doubt: the short way. What has a fault goes to the page that says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from mailbox.petitions.addresses import LONGEST, AddressError, plain, split_address

NAME_MOST = 80
ABROAD = "abroad"
# A link in any of the ways people and programs write one.
_LINK = re.compile(
    r"https?:|www\.|://|[a-z0-9-]{2,}\.(?:com|net|org|info|biz|top|xyz|cn|ru|io|me|cc|vip|shop|site|club)\b", re.I
)
_MARKUP = re.compile(r"[<>{}\[\]\\|@]|&#|&[a-z]+;")


@dataclass(frozen=True)
class Typed:
    """What was typed, cleaned; `faults` says by field what is wrong with it, as codes."""

    name: str = ""
    email: str = ""
    region: str = ""
    country: str = ""
    news: bool = False
    token: str = ""
    consent: str = ""
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
    email = plain(clean(get("email", "")[: 4 * LONGEST]))
    region, country = get("region", "")[:64], get("country", "")[:8]
    news = get("news", "")
    if fault := name_fault(name):
        faults["name"] = fault
    if fault := email_fault(email):
        faults["email"] = fault
    if region == ABROAD:
        region = ""
        if country not in countries:
            faults["country"] = "country_missing"
    else:
        country = ""
        if region not in regions:
            faults["region"] = "region_missing"
    if get("eligible", "") != "yes":
        faults["eligible"] = "eligible_missing"
    if news not in ("", "yes"):
        faults["news"] = "news_unclear"
    return Typed(name, email, region, country, news == "yes", get("token", "")[:64], get("consent", "")[:32], faults)


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
