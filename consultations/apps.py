from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsultationsConfig(AppConfig):
    name = "consultations"

    def ready(self) -> None:
        """Plug comments into the platform's registries."""
        from consultations import (
            actions,
            demo,
            gate,
            public_writes,
            receivers,
            reviewed,
            reviews,
            samples,
            strips,
            structure,
        )
        from consultations import preflight as at_preflight
        from consultations import press as at_press
        from consultations.api import router
        from consultations.moderation import FILES, SOURCE
        from consultations.search import SOURCES
        from consultations.sitemaps import CallSitemap
        from consultations.story import comment_story
        from consultations.told import CALLS, POLICIES
        from consultations.words import REFUSALS
        from engage.api import registry as api
        from engage.outreach import subjects
        from engage.outreach.press import registry as press
        from engage.pages import demo_content, sample_content
        from engage.pages import structure as site_structure
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.pages.strips import register as register_strip
        from engage.participation import kinds, moderation
        from engage.publishing import registry as gated
        from engage.publishing.preflight import port as preflight
        from engage.search import registry as search

        gated.register(gate.CALL)
        reviews.register()
        public_writes.register()
        preflight.register(at_preflight.SOURCE)
        preflight.register_watch(at_preflight.WATCH)
        preflight.register_awaiting("calls", at_preflight.awaited)
        kinds.register(
            kinds.Kind(
                code=actions.KIND,
                letter="C",
                label=_("comments on a draft"),
                story=comment_story,
                withdraw=actions.withdraw_comments,
            )
        )
        moderation.register(SOURCE)
        moderation.register(FILES)
        subjects.register(CALLS)
        subjects.register(POLICIES)
        press.register_source(at_press.SOURCE)
        press.register_related(at_press.RELATED)
        register_refusals(REFUSALS)
        for source in SOURCES:
            search.register(source)
        for strip in strips.STRIPS:
            register_strip(strip)
        site_structure.register(structure.plant_index)
        demo_content.register("consultations", order=20, load=demo.load)
        for source_of_samples in samples.SAMPLES:
            sample_content.register(source_of_samples)
        api.register("consultations", router)
        register_sitemap("calls", CallSitemap)
        receivers.connect()
        reviewed.connect()
