"""The telephone desk's place in the desk's bar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engage.desk.registry import CONSULTATIONS, DeskPage, Key
from surveys.telephone.models import INTERVIEWERS, SUPERVISORS

TELEPHONE = DeskPage(
    code="telephone",
    label=pgettext_lazy("desk", "Interviews"),
    roles=(*INTERVIEWERS, *SUPERVISORS),
    url_name="telephone",
    group=CONSULTATIONS,
    keys=(
        Key(("g",), _("Get the next number; put its result down")),
        Key(("1", "–", "9"), _("Answer, or result of the call")),
        Key(("n",), _("Does not know")),
        Key(("x",), _("Does not want to answer")),
    ),
)
