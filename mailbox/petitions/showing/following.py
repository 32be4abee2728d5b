"""What petitions give to follow: their names, and the words of what happens to them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engage.outreach.follows import actions as follows
from engage.outreach.follows.audience import tags_of
from engage.outreach.follows.registry import EventKind, Followable, Name, Tag, Told
from engage.participation.models import AboutOption
from engage.typed import whole_number
from mailbox.petitions.models import Petition, PetitionEvent
from mailbox.petitions.queries import showing as queries
from mailbox.petitions.showing import words

if TYPE_CHECKING:
    from engage.outreach.follows.models import Event

FOLLOWED, HAPPENED = "petition", "petition.happened"
# What followers of a petition, of its region or of its department are told; the rest is told on its page.
TOLD = frozenset(
    {"opened", "closed", "crossed", "answered", "debate_scheduled", "debate_cancelled", "debated", "not_debated"}
)


def names(keys: Collection[int]) -> dict[int, Name]:
    """Return the petitions that everybody may read."""
    rows = queries.public_rows().filter(pk__in=keys)
    return {row.pk: Name(row.title, queries.row_of(row).url, str(row.pk)) for row in rows}


def find(code: str) -> int | None:
    """Return the key of a public petition from the code in an address."""
    key = whole_number(code, digits=18, otherwise=None)
    return key if key is not None and queries.one_public(key) is not None else None


def tags(petition: Petition) -> list[Tag]:
    """Return what news of a petition is about, besides itself."""
    regions = AboutOption.objects.filter(kind=AboutOption.Kind.REGION, code=petition.region)
    return tags_of(concerns=regions if petition.region else (), department=petition.department)


def tell(event: PetitionEvent) -> None:
    """Let followers be told of an event, inside the caller's transaction."""
    if event.code in TOLD:
        petition = event.petition
        key = f"{HAPPENED}:{event.pk}"
        follows.announce(HAPPENED, petition, key=key, tags=tags(petition), ref=event.pk, now=event.at)


def told(events: Sequence[Event]) -> dict[int, Told]:
    """Return the words of events whose petition everybody may read."""
    lines = {line.pk: line for line in PetitionEvent.objects.filter(pk__in={event.ref for event in events})}
    petitions = {row.pk: row for row in queries.public_rows().filter(pk__in={event.subject_id for event in events})}
    found = {}
    for event in events:
        line, petition = lines.get(event.ref), petitions.get(event.subject_id)
        text = words.sentence(line.code, line.params) if line is not None else ""
        if petition is not None and text:
            headline = _("%(title)s: %(what)s") % {"title": petition.title, "what": text}
            found[event.pk] = Told(headline, petition.action, queries.row_of(petition).url)
    return found


FOLLOWABLE = Followable(FOLLOWED, gettext_lazy("Petitions"), names, find=find, model="petitions.Petition")
EVENT = EventKind(HAPPENED, gettext_lazy("something happened to a petition"), told)
