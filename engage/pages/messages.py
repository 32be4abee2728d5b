"""One catalogue of refusals: the stable code of `engage.errors.Refused` to a sentence and a status.

Rooms register their codes in `apps.py`; a code without a sentence is a fault that a test finds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from engage.errors import Refused

Sentence = str | Promise | Callable[[dict[str, Any]], str]


@dataclass(frozen=True)
class Message:
    """A sentence with named placeholders and the HTTP status it goes with."""

    sentence: Sentence
    status: int = 422


_catalogue: dict[str, Message] = {
    "not_allowed": Message(_("You may not do this."), 403),
}


def register_refusals(messages: dict[str, tuple[Sentence, int] | Sentence]) -> None:
    """Add a room's refusal codes; a code has one sentence, so a second registration is an error."""
    for code, entry in messages.items():
        message = Message(*entry) if isinstance(entry, tuple) else Message(entry)
        if code in _catalogue and _catalogue[code] != message:
            raise ValueError(f"refusal code {code!r} is registered twice")
        _catalogue[code] = message


def refusal_message(refusal: Refused) -> str:
    """Return the sentence for a refusal in the active language; KeyError for an unregistered code."""
    sentence = _catalogue[refusal.code].sentence
    if callable(sentence):
        return sentence(refusal.values)
    return str(sentence) % refusal.values if refusal.values else str(sentence)


def refusal_status(code: str) -> int:
    """Return the HTTP status that goes with a refusal code."""
    return _catalogue[code].status


def registered_codes() -> frozenset[str]:
    """List the codes that have a sentence."""
    return frozenset(_catalogue)
