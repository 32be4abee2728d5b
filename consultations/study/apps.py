from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StudyConfig(AppConfig):
    name = "consultations.study"
    label = "study"
    verbose_name = _("Evidence of calls")

    def ready(self) -> None:
        """Plug the sources and sentences in."""
        from consultations import campaigning
        from consultations.study import api, demo  # noqa: F401  (the API adds itself below the call)
        from consultations.study.sitemaps import EvidenceSitemap
        from consultations.study.sources import SOURCES
        from consultations.study.words import REFUSALS
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.participation import evidence

        for source in SOURCES:
            evidence.register(source)
        campaigning.register()
        register_refusals(REFUSALS)
        register_sitemap("evidence", EvidenceSitemap)
        demo_content.register("evidence", order=26, load=demo.load)
