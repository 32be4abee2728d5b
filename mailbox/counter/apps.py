from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CounterConfig(AppConfig):
    name = "mailbox.counter"
    label = "counter"
    verbose_name = _("Counter")

    def ready(self) -> None:
        """Plug the counter into the desk."""
        from engage.desk.registry import register_page
        from engage.pages.messages import register_refusals
        from mailbox.counter.pages import COUNTER
        from mailbox.counter.words import REFUSALS

        register_refusals(REFUSALS)
        register_page(COUNTER)
