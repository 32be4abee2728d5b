from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PacksConfig(AppConfig):
    name = "consultations.packs"
    label = "packs"
    verbose_name = _("Interpretation packs")

    def ready(self) -> None:
        """Plug packs into the platform's registries."""
        from consultations.packs import actions, demo, desk, receivers
        from consultations.packs.api import router
        from consultations.packs.gated import GATED
        from consultations.packs.moderation import SOURCE as REACTIONS
        from consultations.packs.preflight import SOURCE as AT_PREFLIGHT
        from consultations.packs.search import SOURCE
        from consultations.packs.sitemaps import PackSitemap
        from consultations.packs.story import reaction_story
        from consultations.packs.words import REFUSALS
        from engage.api import registry as api
        from engage.desk import registry as desk_registry
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.participation import kinds, moderation
        from engage.publishing import registry as gate
        from engage.publishing.preflight import port as preflight
        from engage.search import registry as search

        gate.register(GATED)
        kinds.register(
            kinds.Kind(
                code=actions.REACTION,
                letter="R",
                label=_("reaction to an interpretation"),
                story=reaction_story,
                withdraw=actions.withdraw_reaction,
            )
        )
        preflight.register(AT_PREFLIGHT)
        moderation.register(REACTIONS)
        register_refusals(REFUSALS)
        search.register(SOURCE)
        api.register("interpretations", router)
        desk_registry.register_page(desk.PACKS)
        register_sitemap("interpretations", PackSitemap)
        demo_content.register("packs", order=40, load=demo.load)
        receivers.connect()
