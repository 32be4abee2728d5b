from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "engage.outreach.campaigns"
    label = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        """Plug campaigns into the platform's registries."""
        from engage.api import registry as api
        from engage.desk import registry as desk_registry
        from engage.outreach import subjects
        from engage.outreach.campaigns import actions, demo, desk, registry, telling
        from engage.outreach.campaigns.api import router
        from engage.outreach.campaigns.gated import GATED
        from engage.outreach.campaigns.moderation import SOURCE as VOICES
        from engage.outreach.campaigns.queries.report import SITE, reads_reach
        from engage.outreach.campaigns.search import SOURCE
        from engage.outreach.campaigns.sitemaps import CampaignSitemap
        from engage.outreach.campaigns.story import voice_story
        from engage.outreach.campaigns.words import REFUSALS
        from engage.outreach.campaigns.words import SITE as PAGE
        from engage.outreach.follows import registry as follows
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.participation import kinds, moderation
        from engage.publishing import registry as gate
        from engage.search import registry as search

        gate.register(GATED)
        kinds.register(
            kinds.Kind(
                code=actions.VOICE,
                letter="V",
                label=_("words to a campaign"),
                story=voice_story,
                withdraw=actions.withdraw_voice,
            )
        )
        moderation.register(VOICES)
        register_refusals(REFUSALS)
        search.register(SOURCE)
        api.register("campaigns", router)
        desk_registry.register_page(desk.CAMPAIGNS)
        register_sitemap("campaigns", CampaignSitemap)
        registry.register_channels(SITE, lambda: PAGE)
        registry.register_reach(SITE, reads_reach)
        registry.register_channels("outbox", telling.channels)
        registry.register_reach("outbox", telling.reach)
        subjects.register(telling.KIND)
        follows.register_event(telling.EVENT)
        # After the channels of the outbox, for which it has targets.
        demo_content.register("campaigns", order=70, load=demo.load)
