"""What an order to take signatures out of the count names, and which networks a moderator may type. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

# Wider ones are no network of one sender; a list of them would hold a whole country.
WIDEST = {4: 16, 6: 40}
# Orders that take out more counted signatures than this are given by one person and carried out by another.
SECOND_PERSON_ABOVE = 1_000


class NetworkError(ValueError):
    """What was typed is no network, or a wider one than may be named; the message is "form" or "wide"."""


def networks_in(typed: str) -> tuple[str, list[str]]:
    """Return a typed address or network as it is shown, and the parts by which signatures are found.

    The parts are written as `petitions.hashes.networks` writes them: an address (of IPv6 its /64), a /24, a /48;
    of a wider network all the /24 or /48 in it, of a narrower one than /24 its addresses.
    """
    try:
        network = ip_network(typed.strip(), strict=False)
    except ValueError as exc:
        raise NetworkError("form") from exc
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
        network = IPv4Network(network.network_address.ipv4_mapped)
    if network.prefixlen < WIDEST[network.version]:
        raise NetworkError("wide")
    own, around = (32, 24) if network.version == 4 else (64, 48)
    if network.prefixlen > own:
        network = network.supernet(new_prefix=own)
    if network.prefixlen <= around:
        return str(network), [str(part) for part in network.subnets(new_prefix=around)]
    if network.version == 4:
        shown = str(network.network_address) if network.prefixlen == 32 else str(network)
        return shown, [str(part) for part in network]
    if network.prefixlen < own - 10:
        raise NetworkError("wide")
    return str(network), [str(part) for part in network.subnets(new_prefix=own)]


@dataclass(frozen=True)
class Conditions:
    """Which signatures an order means; all that is given has to be true. Times are of asking, ISO 8601.

    `networks` are hashes of networks and `network` how they were typed; `mark` is that of a suspect; `through` the
    highest key when it was previewed: what came later is not meant.
    """

    since: str = ""
    until: str = ""
    domain: str = ""
    network: str = ""
    networks: tuple[str, ...] = ()
    region: str = ""
    why: str = ""
    standing: str = ""
    mark: tuple[str, str] | tuple[()] = ()
    chosen: int = 0
    through: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Conditions:
        """Read them as they are kept with an order."""
        values = dict(kept)
        values["networks"] = tuple(values.get("networks", ()))
        values["mark"] = tuple(values.get("mark", ()))
        return cls(**values)

    def kept(self) -> dict[str, Any]:
        """Return what is given, to be kept."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items() if value
        }

    @property
    def are_none(self) -> bool:
        """Whether nothing is named but, perhaps, the petition."""
        return not self.kept().keys() - {"through"}

    def period(self) -> tuple[datetime | None, datetime | None]:
        """Return the moments between which requests came in."""
        since = datetime.fromisoformat(self.since) if self.since else None
        return since, datetime.fromisoformat(self.until) if self.until else None


def needs_second_person(counted: int) -> bool:
    """Tell whether another person has to carry an order out."""
    return counted > SECOND_PERSON_ABOVE
