from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RedactionConfig(AppConfig):
    name = "engage.publishing.redaction"
    label = "redaction"
    verbose_name = _("Redaction")

    def ready(self) -> None:
        """Plug redaction into the platform's registries."""
        from engage.desk import registry as desk_registry
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.publishing.redaction import demo
        from engage.publishing.redaction.desk import REDACTION
        from engage.publishing.redaction.words import REFUSALS

        register_refusals(REFUSALS)
        desk_registry.register_page(REDACTION)
        demo_content.register("redaction", order=72, load=demo.load)
