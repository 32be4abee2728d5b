"""The sheet somebody is filling in: the row behind its code, opened, and what it looks like now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from cryptography.fernet import InvalidToken
from django.db.models import QuerySet
from django.utils import timezone

from engage.participation.queries import about_options
from engage.rows import Reading
from surveys import queries
from surveys.answering import codes
from surveys.definition.model import Mode
from surveys.definition.runtime import Course, Sitting
from surveys.models import Response, SavedResponse, Version

# Kiosks and frames of other sites show what the web shows.
_ASKED_AS: Mapping[str, Mode] = {Response.Mode.PHONE: "phone", Response.Mode.PAPER: "paper"}


def asked_as(mode: str) -> Mode:
    """Return how a questionnaire is asked where its answers come by a `Response.Mode`."""
    return _ASKED_AS.get(mode, "web")


# A published version may be answered, also one that was replaced meanwhile: whoever began on it finishes on it.
ANSWERABLE = frozenset({Version.State.PUBLISHED, Version.State.SUPERSEDED})


@dataclass
class Filled:
    """What is sealed under the code.

    `answers` are raw, as they were typed. `seen` are the places of pages that were sent once. `parameters` came with
    the address, `calculated` from the last look at it. `link` is the secret of a single-use link. `files` are names and
    sizes in bytes of files that were given, by the random names that stand in the answers.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    calculated: dict[str, Any] = field(default_factory=dict)
    link: str = ""
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_state(self) -> dict[str, Any]:
        """As JSON."""
        return {name: value for name, value in vars(self).items() if value}


@dataclass
class Sheet:
    """One sitting: the code, the row, its version, and what is filled in."""

    code: str
    saved: SavedResponse
    shown: queries.Shown
    filled: Filled

    @property
    def is_kiosk(self) -> bool:
        """Whether it is filled in on a device that others use after this person."""
        return self.saved.mode == Response.Mode.KIOSK

    @property
    def is_embedded(self) -> bool:
        """Whether it is filled in inside a page of another site."""
        return self.saved.mode == Response.Mode.EMBED

    @property
    def stands_alone(self) -> bool:
        """Whether its pages have no ways to the rest of the site: others come next, or there is no room for it."""
        return self.is_kiosk or self.is_embedded

    @cached_property
    def regions(self) -> list[tuple[str, str]]:
        """The regions of the house, as (code, name), where a question is answered with one."""
        return about_options("region") if self.shown.ready.asks_where else []

    def course(self, now: datetime) -> Course:
        """What the questionnaire looks like for these answers."""
        return self.shown.runtime.course(self.filled.answers, self.sitting(now))

    def sitting(self, now: datetime) -> Sitting:
        """What is fixed while this person answers."""
        return Sitting(
            now=timezone.localtime(now).replace(tzinfo=None),
            seed=self.saved.seed,
            mode=asked_as(self.saved.mode),
            language=self.shown.language,
            parameters=self.filled.parameters,
            meta=self.meta(),
            calculated=self.filled.calculated,
            regions=frozenset(code for code, _ in self.regions) or None,
        )

    def meta(self) -> Mapping[str, str]:
        """What the platform knows of the sitting, for questions of type meta."""
        started = timezone.localtime(self.saved.started_at).replace(tzinfo=None).isoformat(timespec="seconds")
        return {"start": started, "mode": self.saved.mode, "version": str(self.shown.version.number)}


def _saved(digest: Any, now: Any) -> QuerySet[SavedResponse]:
    rows = SavedResponse.objects.filter(code_digest=digest, expires_at__gt=now)
    return rows.select_related("version__questionnaire__department").defer("version__definition")


_SAVED = Reading(_saved)


def find(code: str, *, key: str = "", language: str, now: datetime) -> Sheet | None:
    """Open the sheet of a code (of the questionnaire with that key, where one is given); None when there is none.

    One query, one more when the process does not know the definition yet.
    """
    if not code:
        return None
    saved = _SAVED.first(codes.digest_of(code), now)
    if saved is None or (key and saved.version.questionnaire.key != key):
        return None
    try:
        state = codes.unseal(saved.sealed, code)
    except InvalidToken:
        return None
    shown = queries.shown(saved.version, language=language, now=now)
    return Sheet(code, saved, shown, Filled(**state))
