"""The petition that is not sent yet: kept in the visitor's session, so that it survives without JavaScript and account.

The token makes sending idempotent. `looked` says that what is like it was shown; `sent_to` is the address we wrote to.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from engage.errors import Refused
from engage.participation import limits
from engage.participation.challenge import sign_moment
from engage.participation.rules import Window
from engage.participation.vault import seal, unseal

SESSION_KEY = "petition"
# New drafts per address, generous enough for a library or a campus.
NEW_WINDOWS = (Window(60, 60), Window(600, 3600))
# What says who somebody is lies sealed: a session is readable in database and cache.
PERSONAL = ("name", "email")
WORDS = ("title", "action", "background", "details")


@dataclass
class Draft:
    """What was typed so far. `checked`: the form found nothing wrong."""

    token: str
    opened: str
    values: dict[str, Any] = field(default_factory=dict)
    looked: bool = False
    checked: bool = False
    again: int | None = None
    sent_to: str = ""


def read(request: HttpRequest) -> Draft | None:
    """Return the draft of this session; None when there is none. Touches no session that does not exist."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    kept = request.session.get(SESSION_KEY)
    if not kept:
        return None
    own = _unsealed(kept.get("sealed", ""))
    values = kept["values"] | {name: own[name] for name in PERSONAL if name in own}
    plain = {name: value for name, value in kept.items() if name not in ("values", "sealed")}
    return Draft(**plain, values=values, sent_to=own.get("sent_to", ""))


def _unsealed(sealed: str) -> dict[str, str]:
    if not sealed:
        return {}
    try:
        values: dict[str, str] = json.loads(unseal(sealed))
    except Refused:  # its key was taken out of the settings meanwhile: the starter types it again
        return {}
    return values


def write(request: HttpRequest, draft: Draft) -> None:
    """Keep the draft."""
    kept = asdict(draft)
    own = {name: kept["values"].pop(name) for name in PERSONAL if name in kept["values"]}
    own["sent_to"] = kept.pop("sent_to")
    request.session[SESSION_KEY] = kept | {"sealed": seal(json.dumps(own)) if any(own.values()) else ""}


def drop(request: HttpRequest) -> None:
    """Forget the draft."""
    request.session.pop(SESSION_KEY, None)


def put(request: HttpRequest, values: dict[str, Any], **more: Any) -> Draft:
    """Take what was typed into the draft, begun where there is none or the one that is there was sent.

    Raises Refused("too_many", ...) after too many new ones: each is kept for two weeks, sent or not.
    """
    draft = read(request)
    if draft is None:
        limits.check("petition-draft", limits.client_address(request), NEW_WINDOWS)
        draft = Draft(token=str(uuid.uuid4()), opened=sign_moment(timezone.now()))
    elif draft.sent_to:
        draft.token, draft.opened, draft.sent_to = str(uuid.uuid4()), sign_moment(timezone.now()), ""
    draft.values |= values
    for name, value in more.items():
        setattr(draft, name, value)
    write(request, draft)
    return draft
