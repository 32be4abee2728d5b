from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"

    def ready(self) -> None:
        """Plug into the platform's registries."""
        from engage.desk.registry import register_page
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.sitemaps import register as register_sitemap
        from engage.participation import kinds
        from engage.publishing import registry as gate
        from engage.search import registry as search
        from surveys import demo, dispositions, limesurvey_words, receivers, words, xlsform_words
        from surveys.answering import actions as answering
        from surveys.answering import quick
        from surveys.answering import words as answering_words
        from surveys.answering.story import response_story
        from surveys.gated import GATED
        from surveys.paper import words as paper_words
        from surveys.paper.views import PAPER
        from surveys.results import words as results_words
        from surveys.results.desk_views import RESULTS
        from surveys.search import SOURCE
        from surveys.sitemaps import SurveySitemap
        from surveys.studies import words as studies_words
        from surveys.studio import words as studio_words
        from surveys.telephone import words as telephone_words

        rooms = (
            dispositions, words, xlsform_words, limesurvey_words, telephone_words, answering_words, studio_words,
            results_words, studies_words, paper_words,
        )  # fmt: skip
        for room in rooms:
            register_refusals(room.REFUSALS)
        receivers.connect()
        gate.register(GATED)
        kinds.register(
            kinds.Kind(
                code=answering.KIND,
                letter="Q",
                label=_("answers to a questionnaire"),
                story=response_story,
                withdraw=answering.withdraw,
                files_apart=True,
            )
        )
        quick.plug_in()
        search.register(SOURCE)
        register_sitemap("surveys", SurveySitemap)
        demo_content.register("surveys", order=70, load=demo.load)
        register_page(RESULTS)
        register_page(PAPER)
