from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "engage.journal"
    label = "journal"

    def ready(self) -> None:
        from engage.pages.messages import register_refusals

        register_refusals({"journal_append_only": (_("What the journal holds is never changed or deleted."), 403)})
