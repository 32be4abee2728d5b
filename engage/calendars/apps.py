from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    name = "engage.calendars"
    label = "calendars"
    verbose_name = _("Calendars and clocks")

    def ready(self) -> None:
        """Register the room's sentences."""
        from engage.calendars.words import REFUSALS
        from engage.pages.messages import register_refusals

        register_refusals(REFUSALS)
