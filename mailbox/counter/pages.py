"""The counter's place in the desk's bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.accounts.actors import Role
from engage.desk.registry import MAILBOX, DeskPage, Key

COUNTER = DeskPage(
    code="counter",
    label=pgettext_lazy("desk", "Counter"),
    roles=(Role.OFFICER,),
    url_name="counter",
    group=MAILBOX,
    keys=(
        Key(("1", "–", "4"), _("Choose the kind")),
        Key(("Ctrl", "Enter"), _("Go on: check, register")),
        Key(("p",), _("Open the slip to print")),
        Key(("n",), _("Key in the next")),
    ),
)
