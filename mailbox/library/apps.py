from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "mailbox.library"
    label = "case_library"
    verbose_name = _("Case library")

    def ready(self) -> None:
        """Plug the library into the desk."""
        from engage.desk.registry import register_page
        from engage.pages.messages import register_refusals
        from mailbox.actions.forgetting import register_forgetting
        from mailbox.library.actions import forget_in_library
        from mailbox.library.pages import LIBRARY
        from mailbox.library.words import REFUSALS

        register_refusals(REFUSALS)
        register_page(LIBRARY)
        register_forgetting(forget_in_library)
