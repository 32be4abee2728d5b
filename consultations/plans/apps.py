from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    name = "consultations.plans"
    label = "plans"
    verbose_name = _("Forward plan")

    def ready(self) -> None:
        """Plug the plan into the platform's registries."""
        from consultations.plans import demo, following
        from consultations.plans.api import router
        from consultations.plans.search import SOURCE
        from consultations.plans.sitemaps import PlanSitemap
        from consultations.plans.words import REFUSALS
        from engage.api import registry as api
        from engage.outreach.follows import registry as follows
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.search import registry as search

        register_refusals(REFUSALS)
        search.register(SOURCE)
        for thing in following.FOLLOWABLES:
            follows.register(thing)
        for event in following.EVENTS:
            follows.register_event(event)
        api.register("plan", router)
        register_sitemap("plan", PlanSitemap)
        demo_content.register("plan", order=30, load=demo.load)
