from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreflightConfig(AppConfig):
    name = "engage.publishing.preflight"
    label = "preflight"
    verbose_name = _("Preflight")

    def ready(self) -> None:
        """Look at the pages of the site, keep them fresh, and give the desk its page."""
        from engage.desk.registry import register_page
        from engage.pages.messages import register_refusals
        from engage.publishing.preflight import pages, registry
        from engage.publishing.preflight.desk import FRESHNESS
        from engage.publishing.preflight.words import REFUSALS

        registry.register(pages.SOURCE)
        registry.register_watch(pages.WATCH)
        register_refusals(REFUSALS)
        register_page(FRESHNESS)
