"""The coding desk in the desk's bar, with its keys."""

from django.utils.translation import gettext_lazy as _

from consultations.coding.access import ROLES
from engage.desk.registry import DeskPage, Key

CODING = DeskPage(
    code="coding",
    label=_("Coding"),
    roles=ROLES,
    url_name="coding_home",
    keys=(
        Key(("1", "–", "9"), _("Give the theme to the chosen words, the chosen point or the whole comment")),
        Key(("n",), _("New theme")),
        Key(("d",), _("Decide about the chosen point or its theme")),
        Key(("p",), _("Next point of the comment")),
        Key(("f",), _("Done with it, next comment")),
        Key(("o",), _("Nothing to answer, next comment")),
        Key(("u", "z"), _("Take back your last step")),
        Key(("j", "k"), _("Next comment, previous comment")),
        Key(("/",), _("Find a theme")),
    ),
)
