from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoutingConfig(AppConfig):
    name = "mailbox.routing"
    label = "routing"
    verbose_name = _("Routing")

    def ready(self) -> None:
        """Plug the groups into the desk, and give the room's refusals their sentences."""
        from engage.desk.registry import register_page
        from engage.pages.messages import register_refusals
        from mailbox.actions.forgetting import register_forgetting
        from mailbox.routing.actions import forget_reasons
        from mailbox.routing.views import GROUPS
        from mailbox.routing.words import REFUSALS

        register_refusals(REFUSALS)
        register_page(GROUPS)
        register_forgetting(forget_reasons)
