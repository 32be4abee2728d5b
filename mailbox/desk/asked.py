"""Facts of the desk's page: how it came to the counter, what was asked for beside the words, how it was rated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from mailbox.letterbox.words import LEVELS, RATING_REASONS
from mailbox.models import Rating
from mailbox.words import listed

if TYPE_CHECKING:
    from mailbox.desk.board import Board

Fact = tuple[str, str]


def asked_facts(board: Board) -> list[Fact]:
    """Return how it was brought, what it is about, the unit and the delivery that are wished for, the last rating."""
    facts: list[Fact] = []
    entry = getattr(board.case, "entry", None)
    if entry is not None:
        facts.append((gettext("How it came"), entry.get_way_display()))
        facts.append((gettext("Day of receipt"), date_format(entry.received_on, "DATE_FORMAT")))
        facts.append((gettext("Identity"), entry.get_identity_display()))
    about = next((message.url for message in board.messages if message.url), "")
    if about:
        facts.append((gettext("About this"), _linked(about)))
    wish = getattr(board.case, "wish", None)
    if wish is not None and wish.department is not None:
        facts.append((gettext("Meant for"), str(wish.department)))
    if wish is not None and wish.delivery:
        facts.append((gettext("Wants the information"), wish.get_delivery_display()))
    if board.rating is not None:
        facts.append((pgettext("fact of a case", "Rated"), rating_words(board.rating)))
    return facts


def _linked(address: str) -> str:
    """Link an address of this site; what came on another way may name any other."""
    if address.startswith("/") and not address.startswith("//"):
        return format_html('<a class="typed" href="{}">{}</a>', address, address)
    return format_html('<span class="typed">{}</span>', address)


def rating_words(rating: Rating) -> SafeString:
    """Return a rating with its reasons and what was written."""
    reasons = listed(str(RATING_REASONS[code]) for code in rating.reasons if code in RATING_REASONS)
    level = str(dict(LEVELS)[rating.score])
    said = gettext("%(level)s: %(reasons)s") % {"level": level, "reasons": reasons} if reasons else level
    typed = format_html(' <span class="typed">{}</span>', rating.text) if rating.text else ""
    return format_html("{}{}", said, typed)
