from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephoneConfig(AppConfig):
    name = "surveys.telephone"
    label = "telephone"
    verbose_name = _("Telephone desk")
