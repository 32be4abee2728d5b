from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PressConfig(AppConfig):
    name = "engage.outreach.press"
    label = "press"
    verbose_name = _("Press and departments")

    def ready(self) -> None:
        """Plug the press room into the platform's registries."""
        from engage.api import registry as api
        from engage.desk import registry as desk_registry
        from engage.outreach.follows import registry as follows
        from engage.outreach.press import demo, desk, digest_sources, receivers, registry, structure, telling
        from engage.outreach.press.api import router
        from engage.outreach.press.gated import KINDS
        from engage.outreach.press.search import SOURCES
        from engage.outreach.press.sitemaps import PressPagesSitemap, PressSitemap
        from engage.outreach.press.words import REFUSALS
        from engage.pages import demo_content
        from engage.pages import structure as site_structure
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.publishing import registry as gate
        from engage.search import registry as search

        site_structure.register(structure.plant)
        register_refusals(REFUSALS)
        for kind in KINDS:
            gate.register(kind)
        for source in SOURCES:
            search.register(source)
        for told in digest_sources.SOURCES:
            registry.register_source(told)
        for event in telling.EVENTS:
            follows.register_event(event)
        api.register("press", router)
        desk_registry.register_page(desk.PRESS)
        register_sitemap("press", PressSitemap)
        register_sitemap("press-pages", PressPagesSitemap)
        demo_content.register("press", order=60, load=demo.load)
        receivers.connect()
