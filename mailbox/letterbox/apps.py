from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LetterboxConfig(AppConfig):
    name = "mailbox.letterbox"
    label = "letterbox"
    verbose_name = _("Writing to the office")

    def ready(self) -> None:
        """Plug the public's side of the mailbox into the platform's registries."""
        from engage.pages import demo_content
        from engage.pages.messages import register_refusals
        from engage.pages.strips import register as register_strip
        from mailbox.actions.forgetting import register_forgetting
        from mailbox.letterbox import demo
        from mailbox.letterbox.queries import address_words
        from mailbox.letterbox.quick import plug_in
        from mailbox.letterbox.strips import DOOR
        from mailbox.letterbox.words import REFUSALS

        register_refusals(REFUSALS)
        register_forgetting(words=address_words)
        register_strip(DOOR)
        plug_in()
        demo_content.register("letterbox", order=30, load=demo.load)
