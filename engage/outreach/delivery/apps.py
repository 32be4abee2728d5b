from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "engage.outreach.delivery"
    label = "delivery"
    verbose_name = _("Channels and deliveries")

    def ready(self) -> None:
        """Register the room's sentences."""
        from engage.outreach.delivery.words import REFUSALS
        from engage.pages.messages import register_refusals

        register_refusals(REFUSALS)
