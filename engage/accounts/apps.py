from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "engage.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register the room's sentences and listen to allauth."""
        from engage.accounts import receivers  # noqa: F401
        from engage.pages.messages import register_refusals

        register_refusals(
            {
                "last_administrator": (
                    _("There must be one administrator left. Give the role to somebody first."),
                    409,
                ),
                "demo_off": (_("This works only on a demonstration site."), 404),
            }
        )
