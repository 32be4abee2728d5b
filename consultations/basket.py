"""Comments not sent yet: kept in the visitor's session, so that they survive without JavaScript and without account."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from consultations.actions import CommentInput
from consultations.voices import files
from engage.errors import Refused
from engage.participation import limits
from engage.participation.challenge import sign_moment
from engage.participation.rules import Window, token_digest
from engage.participation.vault import seal, unseal

SESSION_KEY = "baskets"
# New baskets per address, generous enough for a library or a factory gate.
NEW_WINDOWS = (Window(60, 60), Window(600, 3600))


@dataclass
class Item:
    """One comment in the basket; `id` names it in addresses."""

    id: str
    key: str
    stance: str
    text: str
    suggested: str = ""
    language: str = ""
    confidential: bool = False
    # Start and end of the marked words; empty for the whole clause.
    passage: list[int] = field(default_factory=list)

    def as_input(self) -> CommentInput:
        """Return what the action takes."""
        return CommentInput(
            key=self.key,
            stance=self.stance,
            text=self.text,
            suggested=self.suggested,
            language=self.language,
            confidential=self.confidential,
            item=self.id,
            passage=(self.passage[0], self.passage[1]) if self.passage else None,
        )


@dataclass
class Basket:
    """The comments on one call, what the sender said about themselves, and the token that makes sending idempotent."""

    token: str
    opened: str
    items: list[Item] = field(default_factory=list)
    about: dict[str, str] = field(default_factory=dict)

    @property
    def clause_count(self) -> int:
        """On how many clauses (the whole draft counts as one)."""
        return len({item.key for item in self.items})

    @property
    def keys(self) -> set[str]:
        """The clauses commented on."""
        return {item.key for item in self.items}

    @property
    def digest(self) -> str:
        """The keyed hash of its token, under which files wait for it."""
        return token_digest(uuid.UUID(self.token).bytes, settings.TRACKING_KEY)

    def item(self, item_id: str) -> Item | None:
        """Find a comment by its id."""
        return next((item for item in self.items if item.id == item_id), None)


def read(request: HttpRequest, slug: str) -> Basket | None:
    """Return the basket of a call; None when nothing was put into it. Touches no session that does not exist."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    kept: dict[str, Any] | None = request.session.get(SESSION_KEY, {}).get(slug)
    if not kept:
        return None
    about = dict(kept["about"])
    if about.get("email"):
        about["email"] = _unsealed(about["email"])
    return Basket(kept["token"], kept["opened"], [Item(**item) for item in kept["items"]], about)


def _unsealed(address: str) -> str:
    try:
        return unseal(address)
    except Refused:  # its key was taken out of the settings meanwhile: the sender types it again
        return ""


def write(request: HttpRequest, slug: str, basket: Basket) -> None:
    """Keep the basket; the address in it is sealed, because a session lies readable in database and cache."""
    baskets = request.session.get(SESSION_KEY, {})
    baskets[slug] = asdict(basket)
    if address := basket.about.get("email"):
        baskets[slug]["about"]["email"] = seal(address)
    request.session[SESSION_KEY] = baskets


def drop(request: HttpRequest, slug: str) -> None:
    """Forget the basket after sending."""
    baskets = request.session.get(SESSION_KEY, {})
    if baskets.pop(slug, None) is not None:
        request.session[SESSION_KEY] = baskets


def put(request: HttpRequest, slug: str, given: CommentInput, item_id: str = "") -> Item:
    """Add a comment, or replace the one with `item_id`.

    Raises Refused("basket_full", most=...) at the limit and Refused("too_many", ...) after too many new baskets.
    """
    basket = read(request, slug)
    if basket is None:
        # Each is kept for two weeks, sent or not: without a limit one program fills the database.
        limits.check("basket", limits.client_address(request), NEW_WINDOWS)
        basket = Basket(token=str(uuid.uuid4()), opened=sign_moment(timezone.now()))
    existing = basket.item(item_id) if item_id else None
    if existing is None:
        if len(basket.items) >= settings.BASKET_MAX_COMMENTS:
            raise Refused("basket_full", most=settings.BASKET_MAX_COMMENTS)
        existing = Item(id=uuid.uuid4().hex[:8], key=given.key, stance="", text="")
        basket.items.append(existing)
    existing.stance, existing.text = given.stance, given.text
    existing.suggested, existing.language = given.suggested, given.language
    existing.key, existing.confidential = given.key, given.confidential
    existing.passage = list(given.passage or ())
    write(request, slug, basket)
    return existing


def take_out(request: HttpRequest, slug: str, item_id: str) -> None:
    """Remove one comment; an id that the basket does not know changes nothing."""
    basket = read(request, slug)
    if basket is not None and (gone := basket.item(item_id)) is not None:
        files.drop(basket.digest, gone.id)
        basket.items.remove(gone)
        write(request, slug, basket)
