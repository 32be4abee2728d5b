from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VoicesConfig(AppConfig):
    name = "consultations.voices"
    label = "voices"
    verbose_name = _("Voices around comments")

    def ready(self) -> None:
        """Plug what surrounds comments into the platform's registries."""
        from consultations.voices import tasks  # noqa: F401 - registers the periodic work
        from consultations.voices.words import REFUSALS
        from engage.pages.messages import register_refusals

        register_refusals(REFUSALS)
