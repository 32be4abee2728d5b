"""Keyed hashes by which signatures are found: of an address, a name, a network. Nothing can be read back from them.

Whoever writes a signature and whoever looks for one (limits, lists, orders) makes them here, so that they meet.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv6Address, ip_address

from engage.participation.vault import blind_index

LENGTH = 32
_BETWEEN = re.compile(r"[\s·・.,'’-]+")
_IPV4 = re.compile(r"((?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3})(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)", re.ASCII)


def address_key(canonical: str) -> str:
    """Return the hash of a canonical e-mail address (mailbox.petitions.addresses.canonical)."""
    return blind_index("petition-address", canonical)[:LENGTH]


def folded_name(name: str) -> str:
    """Fold spellings of one name: width, case, spaces and the marks between its parts."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", name)).casefold()


def person_key(name: str) -> str:
    """Return the hash of a person's name."""
    return blind_index("petition-person", folded_name(name))[:LENGTH]


def networks(client: str) -> tuple[str, str]:
    """Return what a client's address counts as: itself (of IPv6 the /64) and its network (/24, of IPv6 the /48).

    Takes what `participation.limits.client_address` returns, or an address as it is typed. What is no address is its
    own network, so that nothing fails.
    """
    typed = client.partition("/")[0].strip()
    if plain := _IPV4.fullmatch(typed):
        return typed, f"{plain[1]}0/24"
    try:
        parsed = ip_address(typed)
    except ValueError:
        return client, client
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        whole = int(parsed)
        return f"{IPv6Address(whole >> 64 << 64)}/64", f"{IPv6Address(whole >> 80 << 80)}/48"
    text = str(getattr(parsed, "ipv4_mapped", None) or parsed)
    return text, f"{text.rpartition('.')[0]}.0/24"


def network_key(network: str) -> str:
    """Return the hash of one part of `networks`."""
    return blind_index("petition-network", network)[:LENGTH]
