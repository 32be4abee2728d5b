"""Canonical e-mail addresses: which spellings lead to one mailbox. Pure: the table of providers is an argument.

The canonical form is for comparing only; letters go to the address as it was typed, in its plain characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\]\\]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Provider:
    """How a provider reads the part before the @: `tag` begins what it ignores, `dots` says whether dots count."""

    tag: str = "+"
    dots: bool = True
    same_as: str = ""


# Public statements of the providers on sub-addresses and dots, as of 2026.
PROVIDERS: Mapping[str, Provider] = {
    "gmail.com": Provider(dots=False),
    "googlemail.com": Provider(dots=False, same_as="gmail.com"),
    "outlook.com": Provider(),
    "hotmail.com": Provider(),
    "live.com": Provider(),
    "icloud.com": Provider(),
    "me.com": Provider(same_as="icloud.com"),
    "mac.com": Provider(same_as="icloud.com"),
    "fastmail.com": Provider(),
    "proton.me": Provider(),
    "protonmail.com": Provider(same_as="proton.me"),
    "pm.me": Provider(same_as="proton.me"),
    "yahoo.com": Provider(tag="-"),
    "foxmail.com": Provider(tag=""),
    "qq.com": Provider(tag=""),
    "vip.qq.com": Provider(tag=""),
    "163.com": Provider(tag=""),
    "126.com": Provider(tag=""),
    "yeah.net": Provider(tag=""),
    "sina.com": Provider(tag=""),
}


class AddressError(ValueError):
    """The address cannot be one; the message is a code: "empty", "long", "form", "domain"."""


def plain(typed: str) -> str:
    """Return an address as it is kept and written to: full-width and other shapes of a character are that character."""
    return unicodedata.normalize("NFKC", typed).strip()


def split_address(typed: str) -> tuple[str, str]:
    """Return (local part as typed, domain in ASCII and lower case); AddressError when it cannot be an address.

    Quoted local parts and addresses with a comment are refused: none of them is a person's mailbox in practice, and
    every one is a risk in a header. So are local parts of other scripts: our letters go without SMTPUTF8.
    """
    text = plain(typed)
    if not text:
        raise AddressError("empty")
    if len(text) > LONGEST:
        raise AddressError("long")
    local, at, domain = text.rpartition("@")
    if not at or not local.isascii() or not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise AddressError("form")
    if local.startswith(".") or local.endswith(".") or ".." in local or not local.isprintable():
        raise AddressError("form")
    try:
        ascii_domain = domain.rstrip(".").lower().encode("idna").decode()
    except UnicodeError as exc:
        raise AddressError("domain") from exc
    labels = ascii_domain.split(".")
    if len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        raise AddressError("domain")
    return local, ascii_domain


def canonical(typed: str, providers: Mapping[str, Provider] = PROVIDERS) -> str:
    """Return the one spelling of a mailbox: domain in ASCII and lower case, tag and dots folded where they mean nil.

    A provider that is not listed keeps its local part but for the case and a "+" tag. AddressError as `split_address`.
    """
    local, domain = split_address(typed)
    provider = providers.get(domain, Provider())
    local = local.lower()
    if provider.tag:
        local = local.split(provider.tag, 1)[0] or local
    if not provider.dots:
        local = local.replace(".", "")
    return f"{local}@{provider.same_as or domain}"
