from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutcomesConfig(AppConfig):
    name = "consultations.outcomes"
    label = "outcomes"
    verbose_name = _("Outcomes of consultations")

    def ready(self) -> None:
        """Plug outcomes into the platform's registries."""
        from consultations.outcomes import demo, desk, receivers
        from consultations.outcomes.gated import GATED
        from consultations.outcomes.preflight import SOURCE as AT_PREFLIGHT
        from consultations.outcomes.press import SOURCE as AT_PRESS
        from consultations.outcomes.search import SOURCE
        from consultations.outcomes.sitemaps import OutcomeSitemap
        from consultations.outcomes.words import REFUSALS, TIMELINE
        from engage.desk import registry as desk_registry
        from engage.outreach.press import registry as press
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.participation import timeline
        from engage.publishing import registry as gate
        from engage.publishing.preflight import port as preflight
        from engage.search import registry as search

        gate.register(GATED)
        preflight.register(AT_PREFLIGHT)
        press.register_source(AT_PRESS)
        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        search.register(SOURCE)
        desk_registry.register_page(desk.OUTCOMES)
        register_sitemap("outcomes", OutcomeSitemap)
        demo_content.register("outcome", order=24, load=demo.load)
        receivers.connect()
