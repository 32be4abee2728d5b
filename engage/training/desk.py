"""The help centre in the desk's bar: for everybody who works here."""

from django.utils.translation import gettext_lazy as _

from engage.accounts.actors import STAFF_ROLES
from engage.desk.registry import ALONE, DeskPage

HELP = DeskPage(
    code="help", label=_("Help and practice"), roles=tuple(sorted(STAFF_ROLES)), url_name="help", group=ALONE
)
