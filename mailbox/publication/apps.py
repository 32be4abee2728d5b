from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicationConfig(AppConfig):
    name = "mailbox.publication"
    label = "publication"
    verbose_name = _("Published replies")

    def ready(self) -> None:
        """Plug published answers and the disclosure log into the platform's registries."""
        from engage.api import registry as api
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.participation import timeline
        from engage.publishing import registry as gate
        from engage.search import registry as search
        from mailbox.publication import demo
        from mailbox.publication.api import disclosures, replies
        from mailbox.publication.gated import KINDS
        from mailbox.publication.search import SOURCES
        from mailbox.publication.sitemaps import PublicationSitemap
        from mailbox.publication.words import REFUSALS, TIMELINE

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        for kind in KINDS:
            gate.register(kind)
        for source in SOURCES:
            search.register(source)
        api.register("replies", replies)
        api.register("disclosures", disclosures)
        register_sitemap("replies", PublicationSitemap)
        demo_content.register("publication", order=60, load=demo.load)
