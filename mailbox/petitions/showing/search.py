"""What of petitions can be found: the words in force of those that everybody may read."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from engage.search.registry import Entry, Source
from mailbox.petitions.models import Petition
from mailbox.petitions.queries.showing import SEARCH_KIND


def _public() -> QuerySet[Petition]:
    return Petition.objects.public()


def _entries(petition: Petition) -> Iterator[Entry]:
    with translation.override(petition.language):
        url = reverse("petition", args=[petition.pk])
    yield Entry(
        language=petition.language,
        title=petition.title,
        body="\n".join(filter(None, (petition.action, petition.background, petition.details))),
        url=url,
        published_at=petition.opened_at or petition.decided_at or petition.created_at,
        department_id=petition.department_id,
    )


SOURCE = Source(SEARCH_KIND, _("Petitions"), Petition, _public, _entries)
