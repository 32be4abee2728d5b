"""How petitions are run here, read once in a few seconds: the hot pages ask for it with every request."""

from __future__ import annotations

from django.core.cache import cache

from mailbox.petitions.models import PetitionRules

_KEPT_SECONDS = 5
KEY = "petition-rules"


def rules() -> PetitionRules:
    """Return the rules in force; the defaults where nobody has set any. A change shows within five seconds."""
    found = cache.get(KEY)
    if found is None:
        found = read()
        cache.set(KEY, found, _KEPT_SECONDS)
    return found


def read() -> PetitionRules:
    """Return the rules as they stand in the database this moment."""
    return PetitionRules.objects.first() or PetitionRules()
