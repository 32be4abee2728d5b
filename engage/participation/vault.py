"""Contact data at rest: encryption with rotating keys, and a keyed index that finds without decrypting."""

import hmac
import unicodedata
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

from engage.errors import Refused


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def seal(text: str) -> str:
    """Encrypt with the newest key; returns urlsafe text."""
    return _box(tuple(settings.CONTACT_KEYS)).encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypt with whichever configured key fits; raises Refused("key_missing") when none does."""
    try:
        return _box(tuple(settings.CONTACT_KEYS)).decrypt(sealed.encode()).decode()
    except InvalidToken as exc:
        raise Refused("key_missing") from exc


def normalised_email(address: str) -> str:
    """Fold an address so that the same mailbox gives the same index: NFKC, lower case, no outer space."""
    return unicodedata.normalize("NFKC", address).strip().lower()


def blind_index(purpose: str, value: str) -> str:
    """Return a keyed hash (hex) by which equal values are found; the purpose keeps columns apart."""
    return hmac.digest(settings.INDEX_KEY.encode(), f"{purpose}:{value}".encode(), sha256).hex()


class SealedTextField(models.TextField):
    """A text column that holds ciphertext; Python sees the plain text. Empty stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        value = super().get_prep_value(value)
        return seal(value) if value else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """Decrypt on the way out."""
        return unseal(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse comparisons: ciphertext of equal texts differs, so a filter would silently find nothing."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise TypeError("a sealed column cannot be compared; filter on its blind index")
