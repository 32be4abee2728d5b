"""What of campaigns can be found: the released ones, in each language."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import ANYONE
from engage.outreach.campaigns import queries
from engage.outreach.campaigns.models import Campaign
from engage.search.registry import Entry, Source


def _public() -> QuerySet[Campaign]:
    return Campaign.objects.visible_to(ANYONE)


def _entries(campaign: Campaign) -> Iterator[Entry]:
    assert campaign.published_at is not None
    for language in settings.LANGUAGE_PATHS:
        with translation.override(language):
            shown = queries.shown(campaign.content, language)
            lines = [shown.summary, shown.observance, *shown.audience]
            for part in shown.parts:
                lines += [part.kind_label, part.heading, part.body, part.byline, part.affiliation, part.link_title]
            yield Entry(
                language=language,
                title=shown.title,
                body="\n".join(line for line in lines if line.strip()),
                url=shown.url,
                published_at=campaign.published_at,
                department_id=campaign.department_id,
            )


SOURCE = Source("campaign", _("Campaigns"), Campaign, _public, _entries)
