from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelephoneConfig(AppConfig):
    name = "surveys.telephone"
    label = "telephone"
    verbose_name = _("Telephone desk")

    def ready(self) -> None:
        """Plug the telephone desk into the desk, and its study into the demo."""
        from engage.desk.registry import register_page
        from engage.pages import demo_content
        from surveys.telephone import demo
        from surveys.telephone.pages import TELEPHONE

        register_page(TELEPHONE)
        demo_content.register("telephone", order=71, load=demo.load)
