from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeliveryConfig(AppConfig):
    name = "engage.outreach.delivery"
    label = "delivery"
    verbose_name = _("Channels and deliveries")
