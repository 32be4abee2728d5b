"""By what signatures are compared without being read: keyed hashes of address, name and network.

Whoever writes a signature and whoever looks for one (limits, lists, orders) makes them here, so that they meet.
"""

from __future__ import annotations

import unicodedata
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from engage.participation.vault import blind_index
from mailbox.petitions.addresses import canonical

LENGTH = 32
Network = IPv4Network | IPv6Network


def address_mark(typed: str) -> str:
    """Return the mark of a mailbox, however its address is spelt; AddressError as `addresses.canonical`."""
    return blind_index("signature-address", canonical(typed))[:LENGTH]


def person_mark(name: str) -> str:
    """Return the mark of a name: width, case and spaces do not tell two persons apart."""
    folded = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return blind_index("signature-person", folded)[:LENGTH]


def client_networks(address: str) -> tuple[Network, Network] | None:
    """Return the client's own network (IPv4 whole, IPv6 /64) and the one around it (/24, /48); None if it is none.

    `address` is as `limits.client_address` gives it: an IPv4 address or an IPv6 /64.
    """
    try:
        parsed = ip_address(address.partition("/")[0])
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        else:
            return ip_network((parsed, 64), strict=False), ip_network((parsed, 48), strict=False)
    return ip_network(parsed), ip_network((parsed, 24), strict=False)


def network_mark(network: Network) -> str:
    """Return the mark of a network as `client_networks` gives it."""
    return blind_index("signature-network", str(network))[:LENGTH]


def network_marks(address: str) -> tuple[str, str]:
    """Return the marks of a client's network and of the one around it; empty ones where the address is none."""
    found = client_networks(address)
    return (network_mark(found[0]), network_mark(found[1])) if found else ("", "")
