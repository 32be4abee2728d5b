"""Which version of the words of consent is in force. New words become a version when a form first shows them."""

from __future__ import annotations

from dataclasses import dataclass

from engage.participation import actions as participation
from engage.participation.models import ConsentText
from engage.settled import Settled
from mailbox.petitions import consent
from mailbox.petitions.models import PetitionRules
from mailbox.petitions.queries import settings


@dataclass(frozen=True)
class InForce:
    """A version of the text for one part: its number (kept with a signature), its key, and what the form says."""

    part: str
    version: int
    key: int
    months: int

    @property
    def told(self) -> str:
        """What stands beside the button, in the active language."""
        return consent.told(self.part, self.months)


def _in_force(part: str, *, fresh: bool = False) -> InForce:
    months = (settings.read() if fresh else settings.rules()).keep_months
    text_zh, text_en = consent.texts(part, months)
    text = participation.consent_text(consent.CODES[part], text_zh, text_en)  # type: ignore[index]
    return InForce(part, text.version, text.pk, months)


# Asked with every signature, so it costs nothing most of the time.
in_force = Settled(_in_force, ConsentText, PetitionRules)


def agreed(part: str, typed: str) -> InForce | None:
    """Return the version that a form showed; None when the words are other ones by now.

    A form that names none is one that did not know of versions yet: it showed what is in force.
    """
    known = in_force(part)
    if typed in ("", str(known.version)):
        return known
    # Another process may have shown the newest words a second before this one hears of them.
    fresh = _in_force(part, fresh=True)
    return fresh if typed == str(fresh.version) else None
