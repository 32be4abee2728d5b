from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoicesConfig(AppConfig):
    name = "consultations.voices"
    label = "voices"
    verbose_name = _("Voices around comments")
    # Of the tally of comments; see engage/journal/management/commands/flush.py.
    trigger_tables = ("consultations_comment", "participation_submission")

    def ready(self) -> None:
        """Plug what surrounds comments into the platform's registries."""
        from consultations.voices import demo
        from consultations.voices.frames import EMBEDS
        from consultations.voices.paper import PAPER
        from consultations.voices.reply_queue import REPLIES
        from consultations.voices.search import SOURCE
        from consultations.voices.words import REFUSALS, TIMELINE
        from engage.desk import registry as desk
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.participation import timeline
        from engage.search import registry as search

        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
        search.register(SOURCE)
        desk.register(REPLIES)
        desk.register_page(EMBEDS)
        desk.register_page(PAPER)
        demo_content.register("voices", order=22, load=demo.load)
