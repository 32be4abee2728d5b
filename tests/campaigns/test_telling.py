"""Campaigns in the other rooms of outreach: told about, heard of by followers once, drawn to be shared."""

import pytest
from django.test import Client
from django.utils import timezone, translation

from engage.accounts.actors import ANYONE, SYSTEM, Role
from engage.outreach import subjects
from engage.outreach.campaigns import actions, queries, registry, telling
from engage.outreach.campaigns.models import Campaign
from engage.outreach.delivery import actions as outbox
from engage.outreach.delivery.models import Delivery
from engage.outreach.follows import registry as follows
from engage.outreach.follows.models import Event
from engage.publishing import gate
from tests.accounts.people import person
from tests.campaigns.builders import published, topic, write, written
from tests.delivery import builders as deliveries

pytestmark = pytest.mark.django_db


def test_the_report_counts_whom_the_outbox_reached_and_targets_are_set_for_its_channels():
    campaign, place = published(), deliveries.channel(code="notices", name_en="Notices")
    actions.set_targets(campaign.pk, {"notices": 10}, actor=SYSTEM)
    told = deliveries.item(place, subject=("campaign", campaign.slug))
    deliveries.release(told)
    outbox.hand_over_due(now=timezone.now())
    counts = deliveries.row_of(told)
    assert counts.state in Delivery.HANDED_OVER

    def row() -> tuple[str, int | None, int | None, int]:
        with translation.override("en"):
            found = queries.report_of(campaign, "en", now=timezone.now()).reach
        return next((one.label, one.target, one.reached, one.failed) for one in found if one.channel == "notices")

    # A notice does not know its readers; what a channel tells is taken over.
    assert row() == ("Notices", 10, None, 0)
    Delivery.objects.filter(pk=counts.pk).update(recipients=8)
    assert row() == ("Notices", 10, 8, 0)
    assert {"site", "notices"} <= set(registry.channels())


def test_only_what_is_released_can_be_told_about_and_has_a_share_image():
    hidden, shown = written(slug="hidden"), published(slug="shown")
    assert subjects.find("campaign", "hidden", "en", SYSTEM) is None
    assert subjects.find("campaign", "shown", "en", ANYONE).title == "Double Ninth"
    assert [key for key, _title in telling.KIND.choices(SYSTEM)] == [shown.slug]
    assert Client().get(f"/share/en/campaign/{hidden.slug}.png").status_code == 404
    page = Client().get("/en/campaigns/shown/").content.decode()
    assert "/share/en/campaign/shown.png" in page
    assert page.count('property="og:url"') == 1


def test_followers_of_the_topic_are_told_once_also_after_a_correction():
    author = person(Role.EDITOR)
    campaign = published(author=author)
    write(campaign.parts.first(), author=author, texts={"en": {"body": "Corrected."}})
    gate.release_by_platform(actions.KIND, Campaign.objects.get(pk=campaign.pk), now=timezone.now(), actor=SYSTEM)
    event = Event.objects.get(kind="campaign.published")
    assert ("topic", topic().pk) in set(event.tags.values_list("kind", "ref"))
    assert follows.tell([event])[event.pk].path.endswith(f"/campaigns/{campaign.slug}/")
    actions.unpublish(campaign, now=timezone.now(), actor=SYSTEM)
    assert follows.tell([event]) == {}
