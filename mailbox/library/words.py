"""What the library refuses, in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from engage.pages.messages import Sentence
from mailbox.words import listed


def _personal(values: dict[str, Any]) -> str:
    said = gettext(
        "This still tells who somebody is: %(words)s. Take it out, or say of each that it may stay because it is "
        "nobody's"
    )
    return said % {"words": listed(values["words"])}


REFUSALS: dict[str, Sentence | tuple[Sentence, int]] = {
    "library_personal": _personal,
    "library_not_answered": (_("Only an answered case goes into the library. Answer it first"), 409),
    "library_accuses": (
        _("This case accuses a unit, whose people read the library, too. It does not go into it"),
        409,
    ),
    "library_text_missing": _("Write title, question and answer"),
}
