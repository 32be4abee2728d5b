"""Every read of the preflight: the report of one content, and what stops it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from engage.accounts.actors import SYSTEM, Actor
from engage.publishing.documents import read_document
from engage.publishing.preflight import inside, registry, rules
from engage.publishing.preflight.bundle import Bundle, Finding, Outside, Report, Severity
from engage.publishing.preflight.models import Link


def report(source: registry.Source, obj: Any, *, actor: Actor) -> Report:
    """Look at a content as it stands now."""
    bundle = source.bundle(obj, actor)
    return rules.run(bundle, outside(bundle))


def blocking(kind: str, obj: Any) -> list[Finding]:
    """Return what stops an object of a kind from being handed in; nothing for a kind that nobody looks at."""
    source = registry.source_of(kind)
    return report(source, obj, actor=SYSTEM).of(Severity.BLOCKS) if source else []


def outside(bundle: Bundle) -> Outside:
    """Return what the checks may ask: our own pages in this process, other sites as the background check saw them."""
    known = _known({address for form in bundle.forms for address in rules.external_links(form)})
    opens = (*bundle.opens, *(file.address for file in bundle.attachments if file.address))

    def external(url: str) -> str | None:
        link = known.get(digest_of(url))
        if link is None or link.state == Link.State.UNTRIED:
            return None
        return link.fault if link.state == Link.State.BROKEN else ""

    def leads_nowhere(path: str) -> str:
        return "" if path.startswith(opens) else inside.leads_nowhere(path)

    def has_place(path: str, name: str) -> bool:
        return path.startswith(opens) or inside.has_place(path, name)

    return Outside(leads_nowhere, has_place, external, read_document, hosts())


def hosts() -> frozenset[str]:
    """Return the names of this site, as they stand in an address."""
    named = {host.lstrip(".").lower() for host in settings.ALLOWED_HOSTS if host != "*"}
    return frozenset(named | {urlsplit(settings.PUBLIC_URL).netloc.lower()} - {""})


def digest_of(address: str) -> str:
    """Return the hash under which an address is kept."""
    return hashlib.sha256(address.encode("utf-8", "surrogatepass")).hexdigest()


def _known(addresses: set[str]) -> Mapping[str, Link]:
    return Link.objects.in_bulk([digest_of(address) for address in addresses], field_name="digest")
