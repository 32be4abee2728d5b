"""Which words of consent forms show now, and whether a form that comes back showed those."""

from __future__ import annotations

from dataclasses import dataclass

from engage.participation.models import ConsentText
from engage.settled import Settled
from mailbox.petitions import consent
from mailbox.petitions.queries import settings


@dataclass(frozen=True)
class Shown:
    """The words for one part of a petition, and the months that they promise."""

    part: str
    months: int

    @property
    def told(self) -> str:
        """What stands beside the button, in the active language."""
        return consent.told(self.part, self.months)

    @property
    def mark(self) -> str:
        """What the form carries to say which words it showed."""
        return consent.mark(self.part, self.months)


def shown(part: str) -> Shown:
    """Return what forms of this part show now."""
    return Shown(part, settings.rules().keep_months)


def agreed(part: str, typed: str) -> Shown | None:
    """Return the words that a form showed, by its mark; None when they are other ones by now.

    A form that carries none is one that did not know of marks yet: it showed what is in force.
    """
    known = shown(part)
    if typed in ("", known.mark):
        return known
    # Another process may have shown the newest words a second before this one hears of them.
    fresh = Shown(part, settings.read().keep_months)
    return fresh if typed == fresh.mark else None


def _version(part: str, months: int) -> tuple[int, int] | None:
    text_zh, text_en = consent.texts(part, months)
    same = ConsentText.objects.filter(code=consent.CODES[part], text_zh=text_zh, text_en=text_en)
    return same.order_by("-version").values_list("version", "pk").first()


# Number and key of the version with these words; None while nobody agreed to them. Asked with every signature.
version = Settled(_version, ConsentText)
