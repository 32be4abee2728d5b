"""What people agree to who start, support or sign a petition: word for word as the form shows it.

Whoever changes a word here gives new requests a new version of the text (actions/consent.py); older ones keep theirs.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mailbox.petitions.models import Signature

CODES: dict[str, str] = {
    Signature.Part.STARTER: "petition-start",
    Signature.Part.SPONSOR: "petition-support",
    Signature.Part.SIGNER: "petition-sign",
}
# The tick that makes a signature one.
ELIGIBLE = _("I live, work or study here, or I am a citizen who lives abroad")


def told(part: str, months: int) -> str:
    """Return what the form says beside its button, in the active language: what becomes of name and address."""
    values = {"months": months}
    if part == Signature.Part.STARTER:
        return (
            gettext(
                "The words are public then, without your name. Your name and e-mail are kept encrypted, used only to "
                "confirm, to prevent double signatures and to tell you the result, and deleted %(months)s months after "
                "the petition has ended."
            )
            % values
        )
    if part == Signature.Part.SPONSOR:
        return (
            gettext(
                "Your name and e-mail are not shown, also not to its starter, and are deleted %(months)s months after "
                "the petition has ended."
            )
            % values
        )
    return (
        gettext(
            "Your name and e-mail are shown to nobody and deleted %(months)s months after the petition has ended. Only "
            "counts by region stay."
        )
        % values
    )


@lru_cache(maxsize=32)
def texts(part: str, months: int) -> tuple[str, str]:
    """Return the whole text that is agreed to, in Chinese and in English."""
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(f"{ELIGIBLE}\n{told(part, months)}")
    return found[0], found[1]


@lru_cache(maxsize=32)
def mark(part: str, months: int) -> str:
    """Return what tells these words from all others; a form carries it."""
    return sha256("\n".join(texts(part, months)).encode()).hexdigest()[:16]
