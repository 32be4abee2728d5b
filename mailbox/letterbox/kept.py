"""The letter that is not sent yet: kept in the visitor's session, so that it survives without JavaScript and account.

One letter at a time. What was typed stays when it moves to another kind: `values` holds every field of every kind.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from engage.errors import Refused
from engage.participation import limits
from engage.participation.challenge import sign_moment
from engage.participation.rules import Window, token_digest
from engage.participation.vault import seal, unseal
from engage.sessions import SessionStore

SESSION_KEY = "letter"
# New letters per address, generous enough for a library or a factory gate.
NEW_WINDOWS = (Window(60, 60), Window(600, 3600))
# What says who somebody is lies sealed: a session is readable in database and cache.
PERSONAL = (
    "name",
    "email",
    "phone",
    "address",
    *(f"{what}{n}" for n in range(1, 6) for what in ("rep_name", "rep_email")),
)


@dataclass
class Letter:
    """What was typed so far, and the token that makes sending idempotent. `checked`: the form found nothing wrong.

    `files` and `helped` are whether a file was ever put to it and an answer found: sending looks for no others.
    """

    token: str
    opened: str
    kind: str
    values: dict[str, Any] = field(default_factory=dict)
    checked: bool = False
    files: bool = False
    helped: bool = False

    @property
    def digest(self) -> str:
        """The keyed hash of its token, under which files wait for it."""
        return token_digest(uuid.UUID(self.token).bytes, settings.TRACKING_KEY)

    def ready_values(self, fields: Sequence[str]) -> dict[str, Any] | None:
        """Return what the form of its kind made of it; None while it has not found everything right.

        `values` also holds what was typed for other kinds, and nothing that a sealed part lost with its key.
        """
        if not self.checked or any(name not in self.values for name in fields if name not in PERSONAL):
            return None
        return {name: self.values.get(name, "") for name in fields}


def read(request: HttpRequest) -> Letter | None:
    """Return the letter of this session; None when there is none. Touches no session that does not exist."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    return read_from(request.session)


def read_from(session: SessionBase) -> Letter | None:
    """Return the letter of a session."""
    kept = session.get(SESSION_KEY)
    if not kept:
        return None
    values, checked = dict(kept["values"]), kept["checked"]
    if sealed := values.pop("sealed", ""):
        try:
            values |= json.loads(unseal(sealed))
        except Refused:  # its key was taken out of the settings meanwhile: the sender types it again
            checked = False
    return Letter(
        kept["token"],
        kept["opened"],
        kept["kind"],
        values,
        checked,
        kept.get("files", False),
        kept.get("helped", False),
    )


def write(request: HttpRequest, letter: Letter) -> None:
    """Keep the letter."""
    personal = {name: letter.values[name] for name in PERSONAL if letter.values.get(name)}
    plain = {name: value for name, value in letter.values.items() if name not in PERSONAL}
    if personal:
        plain["sealed"] = seal(json.dumps(personal))
    request.session[SESSION_KEY] = vars(letter) | {"values": plain}


def drop(request: HttpRequest) -> None:
    """Forget the letter after sending."""
    request.session.pop(SESSION_KEY, None)


class Dropping:
    """Forgets a letter in the statement that writes its case, where sessions can be written so; else after it."""

    def __init__(self, session: SessionBase) -> None:
        self._session = session
        self._is_written = False

    def write(self) -> None:
        """Write the session without the letter, beside the case; the letter is there again when that fails."""
        if not isinstance(self._session, SessionStore):
            return
        letter = self._session.pop(SESSION_KEY)
        try:
            self._session.save_beside()
        finally:
            self._session[SESSION_KEY] = letter
        self._is_written = True

    def finish(self) -> None:
        """Forget it, after the case is committed."""
        self._session.pop(SESSION_KEY, None)
        if self._is_written:
            self._session.saved_beside()  # type: ignore[attr-defined]


def put(request: HttpRequest, kind: str, values: dict[str, Any], *, checked: bool) -> Letter:
    """Take what was typed into the letter, begun where there is none; fields of other kinds stay.

    Raises Refused("too_many", ...) after too many new letters: each is kept for two weeks, sent or not.
    """
    letter = read(request)
    if letter is None:
        limits.check("letter", limits.client_address(request), NEW_WINDOWS)
        letter = Letter(token=str(uuid.uuid4()), opened=sign_moment(timezone.now()), kind=kind)
    letter.kind, letter.checked = kind, checked
    letter.values |= values
    write(request, letter)
    return letter
