"""Pages in a frame on another site: which sites may show one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.utils.html import escape

from engage.errors import Refused

HOSTS_MOST = 20
PORT_MOST = 65_535
_HOST = re.compile(r"(?=.{1,200}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?")


def parse_hosts(typed: str) -> list[str]:
    """Read hosts, one a line, however people copy them.

    Raises Refused: "host_wrong" (host), "host_port" (host, most), "hosts_many" (most).
    """
    hosts = []
    for line in typed.lower().split():
        host = re.sub(r"\Ahttps?://", "", line).partition("/")[0]
        if not _HOST.fullmatch(host):
            raise Refused("host_wrong", host=line[:60])
        port = host.partition(":")[2]
        if port and not 0 < int(port) <= PORT_MOST:
            raise Refused("host_port", host=line[:60], most=PORT_MOST)
        if host not in hosts:
            hosts.append(host)
    if len(hosts) > HOSTS_MOST:
        raise Refused("hosts_many", most=HOSTS_MOST)
    return hosts


def _schemes() -> Sequence[str]:
    return ("https:",) if settings.PRODUCTION else ("https:", "http:")


def let_frame(response: HttpResponse, hosts: Sequence[str]) -> HttpResponse:
    """Let these sites, and no other, show a page in a frame."""
    return _framed(response, [f"{scheme}//{host}" for host in hosts for scheme in _schemes()])


def let_any_frame(response: HttpResponse) -> HttpResponse:
    """Let every site show a page in a frame: one on which nothing can be pressed but links that leave the frame."""
    return _framed(response, _schemes())


def _framed(response: HttpResponse, sites: Sequence[str]) -> HttpResponse:
    response.xframe_options_exempt = True
    response._csp_replace = {"frame-ancestors": list(sites)}  # type: ignore[attr-defined]
    return response


# What a frame with a form may do, and one that only leads out of itself: what opens from that one is not bound by it.
FORM = "allow-forms allow-popups allow-same-origin allow-scripts"
LINKS = "allow-popups allow-popups-to-escape-sandbox allow-same-origin"


def snippet(address: str, title: str, *, height: int = 640, sandbox: str = FORM) -> str:
    """Return the line of HTML, to be copied, that shows a page of ours (its path) in a frame."""
    return (
        f'<iframe src="{escape(settings.PUBLIC_URL + address)}" title="{escape(title)}" width="100%" '
        f'height="{height}" loading="lazy" sandbox="{sandbox}"></iframe>'
    )
