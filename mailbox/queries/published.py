"""What of this site is really public, found by its address or its number: what an answer may rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from engage.accounts.actors import Actor
from engage.errors import Refused
from engage.participation.rules import parse_reference
from engage.search.models import SearchEntry
from engage.search.queries import at_addresses
from mailbox import rules
from mailbox.models import Case

# Anybody can read these, but what they say the house has neither written nor signed.
OF_OTHERS = frozenset({"comment", "petition"})
REPLY = "reply"


def published_lines(lines: Sequence[str], *, actor: Actor) -> list[str]:
    """Return what the lines name, each as its published title with its address.

    A line names a thing by its address on this site, or by the number of a case whose answer is published. Raises
    Refused("cite_not_published", line=...) for any other, also for what stands on another site.
    """
    paths = {line: _paths_of(line, actor) for line in rules.check_cites(lines)}
    known = at_addresses({path for some in paths.values() for path in some})
    found = []
    for line, some in paths.items():
        entry = _entry_at(some, known)
        if entry is None:
            raise Refused("cite_not_published", line=line[:120])
        address = settings.PUBLIC_URL + entry.url
        found.append(f"{entry.title[: rules.CITE_MOST - len(address) - 1]} {address}")
    return list(dict.fromkeys(found))


def _entry_at(paths: Sequence[str], known: Mapping[str, Sequence[SearchEntry]]) -> SearchEntry | None:
    """Return what the most exact of the paths names; nothing where others wrote what stands there, too."""
    here = next((known[path] for path in paths if path in known), ())
    if any(entry.kind in OF_OTHERS for entry in here):
        return None
    # The address of a reply is that of the thing it answers, which is what a reader finds there.
    return min(here, key=lambda entry: entry.kind == REPLY, default=None)


def _paths_of(line: str, actor: Actor) -> list[str]:
    word = line.split()[-1]
    return _paths_of_address(word) or _paths_of_case(word, actor)


def _paths_of_address(word: str) -> list[str]:
    """Return how an address of this site may stand in the index, the most exact first; none for another site's."""
    try:
        parts = urlsplit(word)
    except ValueError:
        return []
    if parts.netloc:
        if parts.scheme not in ("http", "https") or parts.netloc.lower() not in _own_hosts():
            return []
    elif parts.scheme or not word.startswith("/"):
        return []
    query = f"?{parts.query}" if parts.query else ""
    place = f"#{parts.fragment}" if parts.fragment else ""
    return list(dict.fromkeys([parts.path + query + place, parts.path + place, parts.path]))


def _own_hosts() -> frozenset[str]:
    named = {host.lstrip(".").lower() for host in settings.ALLOWED_HOSTS if host != "*"}
    return frozenset(named | {urlsplit(settings.PUBLIC_URL).netloc.lower()})


def _paths_of_case(word: str, actor: Actor) -> list[str]:
    """Return where the answer of a case is published; of one that the actor does not see nothing is said."""
    # That room stands on this one.
    from mailbox.publication.models import Publication
    from mailbox.publication.queries import PAGES

    read = parse_reference(word)
    if read is None:
        return []
    case = Case.objects.visible_to(actor).select_related("submission").filter(pk=read.number).first()
    if case is None or case.reference != str(read):
        return []
    row = Publication.objects.public().filter(case=case).first()
    if row is None:
        return []
    paths = []
    for language in dict.fromkeys([case.submission.language, *dict(settings.LANGUAGES)]):
        with translation.override(language):
            paths.append(reverse(PAGES[row.form], args=[row.pk]))
    return paths
