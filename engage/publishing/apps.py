from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublishingConfig(AppConfig):
    name = "engage.publishing"
    label = "publishing"
    verbose_name = _("Release gate")

    def ready(self) -> None:
        """Give the refusals of the gate their sentences, and the desk its page."""
        from engage.desk.registry import register_page
        from engage.pages import structure
        from engage.pages.messages import register_refusals
        from engage.publishing import workflow
        from engage.publishing.desk import RELEASES
        from engage.publishing.words import REFUSALS

        register_refusals(REFUSALS)
        register_page(RELEASES)
        structure.register(workflow.plant)
        workflow.connect()
