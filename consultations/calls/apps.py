from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "consultations.calls"
    label = "calls"
    verbose_name = _("Running calls")

    def ready(self) -> None:
        """Plug the sentences in, the test whether comments are taken, and what newcomers practise."""
        from consultations import health, training
        from consultations.calls.words import REFUSALS
        from engage.outreach.health import registry
        from engage.pages.messages import register_refusals
        from engage.training import registry as tour

        register_refusals(REFUSALS)
        registry.register(health.COMMENTS)
        for task in training.TASKS:
            tour.register(task)
