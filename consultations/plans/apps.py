from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    name = "consultations.plans"
    label = "plans"
    verbose_name = _("Forward plan")

    def ready(self) -> None:
        """Plug the plan into the platform's registries."""
        from consultations.plans import demo
        from consultations.plans.api import router
        from consultations.plans.search import SOURCE
        from consultations.plans.sitemaps import PlanSitemap
        from consultations.plans.words import REFUSALS
        from engage.api import registry as api
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.search import registry as search

        register_refusals(REFUSALS)
        search.register(SOURCE)
        api.register("plan", router)
        register_sitemap("plan", PlanSitemap)
        demo_content.register("plan", order=30, load=demo.load)
