"""The sentences of this room."""

from django.utils.translation import gettext_lazy as _

REFUSALS = {
    "route_columns_unusable": _("Name the columns of the text and of the office."),
    "route_no_letters": _("No letter is left in %(file)s."),
}
