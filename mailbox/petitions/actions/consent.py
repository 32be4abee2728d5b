"""Keeps the words of consent: a version of its own for each wording that somebody agreed to."""

from __future__ import annotations

from engage.participation import actions as participation
from mailbox.petitions import consent
from mailbox.petitions.queries.consent import Shown, version


def keep(shown: Shown) -> tuple[int, int]:
    """Return number and key of the version with these words, written when somebody first agrees to them.

    In the caller's transaction: where that is refused nobody agreed.
    """
    known = version(shown.part, shown.months)
    if known is not None:
        return known
    text = participation.consent_text(consent.CODES[shown.part], *consent.texts(shown.part, shown.months))
    return text.version, text.pk
