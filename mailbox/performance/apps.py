from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PerformanceConfig(AppConfig):
    name = "mailbox.performance"
    label = "performance"
    verbose_name = _("How we answer")

    def ready(self) -> None:
        """Plug the insiders' page into the desk's bar, and the public one into the map of the site."""
        from engage.desk.registry import register_page
        from engage.pages import demo_content
        from engage.pages.sitemaps import register as register_sitemap
        from mailbox.performance import demo
        from mailbox.performance.desk_views import FIGURES
        from mailbox.performance.sitemaps import PerformanceSitemap

        register_page(FIGURES)
        register_sitemap("performance", PerformanceSitemap)
        demo_content.register("performance", order=90, load=demo.load)
