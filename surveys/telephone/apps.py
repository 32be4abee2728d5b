from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephoneConfig(AppConfig):
    name = "surveys.telephone"
    label = "telephone"
    verbose_name = _("Telephone desk")

    def ready(self) -> None:
        """Plug the telephone desk into the desk."""
        from engage.desk.registry import register_page
        from surveys.telephone.pages import TELEPHONE

        register_page(TELEPHONE)
