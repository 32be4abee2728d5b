from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreflightConfig(AppConfig):
    name = "engage.publishing.preflight"
    label = "preflight"
    verbose_name = _("Preflight")
