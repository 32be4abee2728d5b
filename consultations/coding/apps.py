from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CodingConfig(AppConfig):
    name = "consultations.coding"
    label = "coding"
    verbose_name = _("Coding of comments")

    def ready(self) -> None:
        """Plug the coding desk into the platform's registries."""
        from consultations.coding.page import CODING
        from consultations.coding.words import REFUSALS, TIMELINE
        from engage.desk.registry import register_page
        from engage.pages.messages import register_refusals
        from engage.participation import timeline

        register_page(CODING)
        register_refusals(REFUSALS)
        timeline.register(TIMELINE)
