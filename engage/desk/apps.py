from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "engage.desk"
    label = "desk"

    def ready(self) -> None:
        """Register the room's sentences."""
        from engage.pages.messages import register_refusals

        register_refusals(
            {
                "nothing_chosen": _("Choose at least one row first."),
                "too_many_chosen": _("Choose at most %(limit)s rows at a time."),
                "one_at_a_time": _("This can be done with one row at a time only."),
                "undo_too_late": (_("It is too late to undo this."), 409),
                "view_needs_name": _("Give the view a name."),
                "view_name_too_long": _("The name can have at most %(limit)s characters."),
                "view_name_taken": (_("You have a view of this name already."), 409),
                "too_many_views": _("You can keep at most %(limit)s views here. Delete one first."),
            }
        )
