"""The only way out: HTTP requests to addresses that somebody typed, which never reach our own network.

    reply = net.fetch("https://example.org/hook", method="POST", body=b"{}", headers={"Content-Type": "..."})
    net.check_url(typed)      # shape only, for a form: no name is looked up
    net.check(typed)          # shape and where the name leads now

The name is looked up here, every address it leads to is checked, and the connection goes to a checked address: a name
that leads elsewhere a moment later (DNS rebinding) changes nothing. Host and SNI stay the name, so certificates are
checked as always. Each redirect passes the same door. Proxies of the environment are not used.

Settings: OUTBOUND_HOSTS (names, or `name:port`, that may lie inside our network and use any port), OUTBOUND_PORTS and
OUTBOUND_HTTP (whether plain http is taken at all).
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

from engage.errors import Refused
from engage.training import isolation

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

URL_MOST = 2_000
REDIRECTS_MOST = 3
SECONDS_MOST = 10.0
BODY_MOST = 1024 * 1024
_PORTS = {"https": 443, "http": 80}
_SAME_BODY, _AS_GET = (307, 308), (301, 302, 303)
# What stands for itself in a path or a query, and the sign of what is encoded already.
_SIGNS = "/?:@!$&'()*+,;=-._~%[]#"
# Not sent on to another host: they were meant for the first one.
_FOR_ONE_HOST = frozenset({"authorization", "cookie", "proxy-authorization"})

# IANA's special-purpose registries (RFC 6890 and its updates), multicast and reserved space. Azure's 168.63.129.16 is
# the one metadata address that looks public; the others (169.254.169.254, 100.100.100.200, fd00:ec2::254) lie inside.
_CLOSED_V4 = [
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
# Of IPv6 only global unicast is open, without what carries an IPv4 address inside (6to4, Teredo) and examples.
# Mapped, compatible, NAT64, loopback, unique local, link-local and multicast addresses all lie outside 2000::/3.
_OPEN_V6 = ipaddress.ip_network("2000::/3")
_CLOSED_V6 = [ipaddress.ip_network(net) for net in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]

# A host whose last label is a number is an IPv4 address to browsers and to the C library, however it is written.
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")


@dataclass(frozen=True)
class Target:
    """A checked address: `host` is canonical (lower case, ASCII, no final dot), `path` holds the query, too."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Return what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True)
class Reply:
    """What came back. Names of `headers` are in lower case; `url` is where the answer came from."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def ok(self) -> bool:
        """Tell whether the other side took it (2xx)."""
        return 200 <= self.status < 300


def is_open(address: Address) -> bool:
    """Tell whether an IP address lies in the open internet."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in net for net in _CLOSED_V4)
    return address in _OPEN_V6 and not any(address in net for net in _CLOSED_V6)


def check_url(url: str) -> Target:
    """Read an address somebody typed; nothing is looked up.

    Raises Refused("outbound_address_wrong"), Refused("outbound_scheme"), Refused("outbound_credentials"),
    Refused("outbound_port", port=...) and, for an address within our own network, Refused("outbound_host_closed",
    host=...).
    """
    parts = _split(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.OUTBOUND_HTTP):
        raise Refused("outbound_scheme")
    if "@" in parts.netloc:
        raise Refused("outbound_credentials")
    host = _canonical(parts.hostname or "", bracketed="[" in parts.netloc)
    try:
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise Refused("outbound_port", port=parts.netloc.rpartition(":")[2][:20]) from None
    if port not in settings.OUTBOUND_PORTS and not _is_listed(host, port):
        raise Refused("outbound_port", port=port)
    path = quote(parts.path or "/", safe=_SIGNS) + (f"?{quote(parts.query, safe=_SIGNS)}" if parts.query else "")
    target = Target(parts.scheme, host, port, path)
    if not _is_listed(host, port) and _is_ours(host):
        raise Refused("outbound_host_closed", host=host)
    return target


def check(url: str, *, resolve: Resolve | None = None) -> Target:
    """Read an address and see where its name leads now; raises what `check_url` does and
    Refused("outbound_host_unknown", host=...).
    """
    target = check_url(url)
    addresses_of(target, resolve=resolve)
    return target


def addresses_of(target: Target, *, resolve: Resolve | None = None) -> list[str]:
    """Return the addresses that a target may be reached at; one closed address among them closes the name."""
    try:
        found = list((resolve or lookup)(target.host, target.port))
    except OSError as exc:
        raise Refused("outbound_host_unknown", host=target.host) from exc
    if not found:
        raise Refused("outbound_host_unknown", host=target.host)
    if not _is_listed(target.host, target.port) and not all(is_open(_ip(text)) for text in found):
        raise Refused("outbound_host_closed", host=target.host)
    return found


def lookup(host: str, port: int) -> list[str]:
    """Ask the system where a name leads; raises OSError when it leads nowhere."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    seconds: float = SECONDS_MOST,
    most_bytes: int = BODY_MOST,
    redirects: int = REDIRECTS_MOST,
    resolve: Resolve | None = None,
) -> Reply:
    """Send one request and return the answer, whatever its status.

    `seconds` bounds the whole exchange, redirects included; `most_bytes` the body of the answer. A redirect that would
    turn a POST into a GET is returned as it is. Raises Refused with what `check` raises, and
    Refused("outbound_redirects", most=...), Refused("outbound_redirect_scheme"), Refused("outbound_late", seconds=...),
    Refused("outbound_too_large", most=...), Refused("outbound_unreachable", host=...), Refused("outbound_tls",
    host=...). From a practice site nothing is sent: Refused("practice_stays_inside").
    """
    if isolation.here():
        raise Refused("practice_stays_inside")
    ends = time.monotonic() + seconds
    given = dict(headers or {})
    for _turn in range(redirects + 1):
        target = check_url(url)
        addresses = addresses_of(target, resolve=resolve)
        reply = _exchange(target, addresses, method, body, given, ends, seconds, most_bytes, url)
        then = _next(url, target, reply, method)
        if then is None:
            return reply
        if check_url(then).host != target.host:
            given = {name: value for name, value in given.items() if name.lower() not in _FOR_ONE_HOST}
        url = then
    raise Refused("outbound_redirects", most=redirects)


def _split(url: str) -> SplitResult:
    # urlsplit drops some control characters silently and takes a backslash for a letter; browsers do not.
    if len(url) > URL_MOST or any(sign <= " " or sign in '\\"<>^`{|}\x7f' for sign in url):
        raise Refused("outbound_address_wrong")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refused("outbound_address_wrong") from None
    if not parts.scheme or not parts.netloc:
        raise Refused("outbound_address_wrong")
    return parts


def _canonical(host: str, *, bracketed: bool) -> str:
    """Return a host as it is compared: IP addresses in their own notation only, names in lower-case ASCII."""
    if bracketed:
        try:
            return str(ipaddress.IPv6Address(host)) if "%" not in host else _wrong()
        except ValueError:
            _wrong()
    try:
        name = host.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        _wrong()
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        _wrong()
    if _NUMERIC.match(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            _wrong()
    return name


def _wrong() -> NoReturn:
    raise Refused("outbound_address_wrong")


def _ip(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])


def _is_listed(host: str, port: int) -> bool:
    name = f"[{host}]" if ":" in host else host
    return name in settings.OUTBOUND_HOSTS or f"{name}:{port}" in settings.OUTBOUND_HOSTS


def _is_ours(host: str) -> bool:
    """Tell what can be told without a look-up: a written address, or a name that only means this machine."""
    try:
        return not is_open(ipaddress.ip_address(host))
    except ValueError:
        return host.rpartition(".")[2] in ("localhost", "local", "internal", "localdomain", "arpa", "onion")


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _exchange(
    target: Target,
    addresses: Sequence[str],
    method: str,
    body: bytes,
    headers: Mapping[str, str],
    ends: float,
    seconds: float,
    most_bytes: int,
    url: str,
) -> Reply:
    late = Refused("outbound_late", seconds=round(seconds))
    try:
        with _socket(target, addresses, ends) as sock, _cut_off(sock, ends) as was_cut:
            try:
                reply = _converse(sock, target, method, body, headers, most_bytes, url)
            except (OSError, http.client.HTTPException, ValueError) as exc:
                if was_cut.is_set():
                    raise late from exc
                raise
            if was_cut.is_set():  # what came before the cut reads like a short answer
                raise late
            return reply
    except TimeoutError as exc:
        raise late from exc
    except ssl.SSLError as exc:
        raise Refused("outbound_tls", host=target.host) from exc
    except (OSError, http.client.HTTPException) as exc:
        raise Refused("outbound_unreachable", host=target.host) from exc


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@contextmanager
def _socket(target: Target, addresses: Sequence[str], ends: float) -> Iterator[socket.socket]:
    """Connect to the first checked address that answers; the name is never looked up again."""
    fault: OSError = OSError("no address")
    for address in addresses:
        try:
            raw = socket.create_connection((address, target.port), timeout=_left(ends))
            break
        except OSError as exc:
            fault = exc
    else:
        raise fault
    with raw:
        if target.scheme == "http":
            yield raw
        else:
            with _tls().wrap_socket(raw, server_hostname=target.host) as wrapped:
                yield wrapped


@contextmanager
def _cut_off(sock: socket.socket, ends: float) -> Iterator[threading.Event]:
    """Shut the connection at the end of the time: a server that sends a byte a second passes every other limit."""
    was_cut = threading.Event()

    def cut() -> None:
        was_cut.set()
        with suppress(OSError):  # closed by the other side meanwhile
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(_left(ends), cut)
    timer.daemon = True
    timer.start()
    try:
        yield was_cut
    finally:
        timer.cancel()


class _Connected(http.client.HTTPConnection):
    """An HTTP conversation on a socket that stands already."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__("checked")
        self.sock = sock


def _converse(
    sock: socket.socket,
    target: Target,
    method: str,
    body: bytes,
    headers: Mapping[str, str],
    most_bytes: int,
    url: str,
) -> Reply:
    connection = _Connected(sock)
    connection.putrequest(method, target.path, skip_host=True, skip_accept_encoding=True)
    sent = {"Host": target.netloc, "User-Agent": "Engage", "Accept-Encoding": "identity", "Connection": "close"}
    if body or method in ("POST", "PUT", "PATCH"):
        sent["Content-Length"] = str(len(body))
    for name, value in {**headers, **sent}.items():
        connection.putheader(name, value)
    connection.endheaders(body or None)
    answer = connection.getresponse()
    received = answer.read(most_bytes + 1)
    if len(received) > most_bytes:
        raise Refused("outbound_too_large", most=most_bytes)
    return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, received, url)


def _next(url: str, target: Target, reply: Reply, method: str) -> str | None:
    follows = reply.status in _SAME_BODY or (reply.status in _AS_GET and method in ("GET", "HEAD"))
    location = reply.headers.get("location", "")
    if not follows or not location:
        return None
    then = urljoin(url, location).partition("#")[0]
    if _split(then).scheme != target.scheme:
        raise Refused("outbound_redirect_scheme")
    return then
