"""What of the outbox can be found: the notices on the site, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy

from engage.accounts.actors import ANYONE
from engage.outreach.delivery import queries
from engage.outreach.delivery.models import Item
from engage.search.registry import Entry, Source


def _public() -> QuerySet[Item]:
    return Item.objects.visible_to(ANYONE)


def _entries(item: Item) -> Iterator[Entry]:
    for row in item.deliveries.on_site().select_related("item__department"):
        notice = queries.notice_of(row)
        with translation.override(notice.language):
            url = reverse("notice", args=[item.pk])
        yield Entry(
            language=notice.language,
            title=notice.title,
            body=notice.body,
            url=url,
            published_at=notice.published_at,
            department_id=item.department_id,
        )


SOURCE = Source("notice", gettext_lazy("Notices"), Item, _public, _entries)
