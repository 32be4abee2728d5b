"""Campaigns as the release gate knows them."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from engage.outreach.campaigns import actions
from engage.outreach.campaigns.models import Campaign
from engage.outreach.campaigns.queries import building
from engage.publishing import registry


def _edit_url(campaign: Campaign) -> str:
    return reverse("campaign_builder", args=[campaign.pk])


GATED = registry.GatedKind(
    actions.KIND,
    _("campaign"),
    registry.STANDARD,
    registry.Subject(
        model="campaigns.Campaign",
        forms=building.outgoing_forms,
        writers=building.writers,
        title=building.title,
        edit_url=_edit_url,
        publish=actions.publish,
        unpublish=actions.unpublish,
        lacks=building.lacks,
    ),
)
