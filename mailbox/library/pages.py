"""The place of the library in the desk's bar."""

from django.utils.translation import gettext_lazy as _

from engage.desk.registry import MAILBOX, DeskPage
from mailbox.models import DESK_ROLES

LIBRARY = DeskPage("library", _("Case library"), DESK_ROLES, "desk_library", group=MAILBOX)
