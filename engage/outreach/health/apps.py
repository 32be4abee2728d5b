from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthConfig(AppConfig):
    name = "engage.outreach.health"
    label = "health"
    verbose_name = _("Channel health")

    def ready(self) -> None:
        """Register the platform's own channels and plug the room into the desk, the API and the home page."""
        from engage.api import registry as api
        from engage.desk import registry as desk_registry
        from engage.outreach.health import desk, outreach_probes, probes, registry, strips
        from engage.outreach.health.api import router
        from engage.outreach.health.sitemaps import StatusSitemap
        from engage.outreach.health.words import REFUSALS
        from engage.pages import strips as home
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap

        for probe in (*probes.OWN, *outreach_probes.PROBES):
            registry.register(probe)
        register_refusals(REFUSALS)
        desk_registry.register_page(desk.HEALTH)
        api.register("status", router)
        home.register(strips.STATUS)
        register_sitemap("status", StatusSitemap)
