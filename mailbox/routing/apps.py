from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    name = "mailbox.routing"
    label = "routing"
    verbose_name = _("Routing")

    def ready(self) -> None:
        """Give the room's refusals their sentences."""
        from engage.pages.messages import register_refusals
        from mailbox.routing.words import REFUSALS

        register_refusals(REFUSALS)
