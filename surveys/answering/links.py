"""Single-use links that lead from no answer to an invitation; docs/anonymity.md has the argument.

The link holds a secret. The invitation keeps one keyed hash of it, the response another: without the secret nobody
can tell that two belong together, not even with both keys. That a link was used is a unique column of the response.
"""

from __future__ import annotations

import hmac
import random
import secrets
from collections import defaultdict
from hashlib import sha256
from threading import Lock

from django.conf import settings
from django.db import connection, transaction

from surveys.models import SpentInvitation

# A pool mix (Serjantov, Dingledine, Syverson 2002): so many wait that each batch is drawn from twice its size.
POOL, BATCH = 20, 10
SECRET_MOST = 64


def new_secret() -> str:
    """Draw the secret of a link: 128 bits."""
    return secrets.token_urlsafe(16)


def _keyed(purpose: str, key: str, secret: str) -> str:
    own = hmac.digest(key.encode(), f"survey-link:{purpose}".encode(), sha256)
    return hmac.digest(own, secret.encode(), sha256).hex()


def invited_digest(secret: str) -> str:
    """Return what an invitation keeps of the secret."""
    return _keyed("invited", settings.INDEX_KEY, secret)


def nullifier(secret: str) -> str:
    """Return what a response keeps of the secret: the same link gives the same, and no invitation knows it."""
    return _keyed("answered", settings.TRACKING_KEY, secret)


class SpentPool:
    """Used links of anonymous questionnaires, kept in memory until a batch of them can be written.

    A batch is drawn at random from twice as many of the same questionnaire and written in its own transaction, sorted:
    neither its moment, its order nor its transaction tells which answer belongs to which link. What a stopped process
    held is lost: somebody who has answered is reminded once more.
    """

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int], set[str]] = defaultdict(set)
        self._lock = Lock()
        self._drawing = random.SystemRandom()

    def add(self, questionnaire_id: int, digest: str) -> None:
        """Take in the digest of a used invitation, after its response was committed; perhaps write a batch."""
        # A practice site is another database: its links never mix with these.
        place = (str(connection.settings_dict["NAME"]), questionnaire_id)
        with self._lock:
            waiting = self._waiting[place]
            waiting.add(digest)
            if len(waiting) < POOL:
                return
            batch = self._drawing.sample(sorted(waiting), BATCH)
            waiting.difference_update(batch)
        with transaction.atomic():
            SpentInvitation.objects.bulk_create(
                [SpentInvitation(digest=digest) for digest in sorted(batch)], ignore_conflicts=True
            )

    def waiting(self, questionnaire_id: int) -> int:
        """Return how many wait in this process."""
        return len(self._waiting[str(connection.settings_dict["NAME"]), questionnaire_id])


spent = SpentPool()
