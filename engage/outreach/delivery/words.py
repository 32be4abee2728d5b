"""The sentences of channels and deliveries: refusals, counts, labels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from engage.outreach.delivery import adapters, rules

if TYPE_CHECKING:
    from engage.outreach.delivery.models import Channel, Delivery, Variant

Text = str | Promise


def language_name(code: str) -> str:
    """Name a language in the active one."""
    return {"zh-hans": gettext("Chinese"), "en": gettext("English")}.get(code, code)


def variant_label(variant: Variant) -> str:
    """Name a variant: its channel and language."""
    return pair_label(variant.channel, variant.language)


def pair_label(channel: Channel, language: str) -> str:
    """Name a channel in one language."""
    return gettext("%(channel)s, in %(language)s") % {"channel": channel, "language": language_name(language)}


# --- counts ---------------------------------------------------------------------------------------------------------

# What a counter says; the page's module fills the same sentences while somebody types.
COUNTS: dict[str, Promise] = {
    rules.CHARACTERS: _("%(used)s of %(most)s characters"),
    rules.WEIBO: _("%(used)s of %(most)s units; a Chinese character takes two"),
    rules.X: _("%(used)s of %(most)s units; a Chinese character takes two"),
    rules.BYTES: _("%(used)s of %(most)s bytes; a Chinese character takes three"),
    rules.SMS: _("Parts: %(used)s of %(most)s. Signs: %(units)s, and %(room)s fit into these parts"),
}
OVER: dict[str, Promise] = {
    rules.CHARACTERS: _("%(used)s characters, and %(most)s are allowed: cut %(over)s"),
    rules.WEIBO: _("%(used)s units, and %(most)s are allowed: cut %(over)s, that is %(signs)s Chinese characters"),
    rules.X: _("%(used)s units, and %(most)s are allowed: cut %(over)s, that is %(signs)s Chinese characters"),
    rules.BYTES: _("%(used)s bytes, and %(most)s are allowed: cut %(over)s, that is %(signs)s Chinese characters"),
    rules.SMS: _("%(used)s parts, and %(most)s are allowed: cut %(over)s signs"),
}
# In how many units of its measure a Chinese character is counted.
CHINESE_UNITS = {rules.WEIBO: 2, rules.X: 2, rules.BYTES: 3}


def count_sentence(count: rules.Count) -> str:
    """Say how much a text has, and how much has to go."""
    signs = math.ceil(count.over / CHINESE_UNITS.get(count.measure, 1))
    values = {"used": count.used, "most": count.most, "units": count.units, "room": count.room, "over": count.over}
    told = {name: f"{number:,}" for name, number in {**values, "signs": signs}.items()}
    return str((COUNTS if count.fits else OVER)[count.measure]) % told


_MISSING = {"title": _("The title is missing"), "body": _("The text is missing")}
_WHERE = {
    "title": _("The title has %(count)s"),
    "body": _("The text has %(count)s"),
    "whole": _("The whole message has %(count)s"),
}


def fault_sentence(fault: rules.Fault) -> str:
    """Say why a variant cannot go out."""
    if fault.count is None:
        return str(_MISSING[fault.part])
    return str(_WHERE[fault.part]) % {"count": count_sentence(fault.count)}


def reason_sentence(code: str, values: dict[str, Any]) -> str:
    """Say why a delivery failed."""
    from engage.errors import Refused
    from engage.pages.messages import refusal_message, registered_codes

    return refusal_message(Refused(code, **values)) if code in registered_codes() else ""


def state_label(delivery: Delivery) -> Text:
    """Say how far a delivery is: what nobody acknowledges is simply handed over."""
    if delivery.state != "sent":
        return delivery.get_state_display()
    adapter = adapters.find(delivery.channel.adapter)
    if delivery.channel.adapter == "file":
        return pgettext("delivery", "exported, not posted yet")
    awaited = adapter is not None and adapter.until_acknowledged
    return delivery.get_state_display() if awaited else pgettext("delivery", "handed over")


def state_kind(delivery: Delivery) -> str:
    """Return the colour of a delivery's state."""
    return {"acknowledged": "ok", "sent": "ok", "failed": "warn", "given_up": "bad"}.get(delivery.state, "info")


# --- refusals -------------------------------------------------------------------------------------------------------


def _late(values: dict[str, Any]) -> str:
    return ngettext(
        "The other side did not answer within %(seconds)d second",
        "The other side did not answer within %(seconds)d seconds",
        values["seconds"],
    ) % {"seconds": values["seconds"]}


REFUSALS = {
    "outbound_address_wrong": _("This is not a complete web address. Write it as https://name/path"),
    "outbound_scheme": _("The address must begin with https://"),
    "outbound_credentials": _("Take the user name and the password out of the address"),
    "outbound_port": _("The site may not connect to port %(port)s"),
    "outbound_host_closed": _("%(host)s lies in a closed network, where the site may not send anything"),
    "outbound_host_unknown": _("There is no server of the name %(host)s"),
    "outbound_redirects": _("The address leads on more than %(most)d times"),
    "outbound_redirect_scheme": _("The address leads on to another kind of address"),
    "outbound_late": _late,
    "outbound_too_large": _("The answer is larger than %(most)d bytes"),
    "outbound_unreachable": _("%(host)s cannot be reached, or breaks off"),
    "outbound_tls": _("The certificate of %(host)s is not valid"),
    # channels
    "adapter_missing": (_("What carries this channel is not installed: %(adapter)s"), 409),
    "sender_missing": (_("No part of the site writes to followers on this way"), 409),
    "channel_addresses": _("Write 1 to %(most)d e-mail addresses, one a line"),
    "channel_address_wrong": _("“%(address)s” is no e-mail address"),
    "channel_secret_short": _("The secret needs at least %(least)d characters"),
    "channel_answered": _("The other side answered with the status %(status)d"),
    "channel_fault": _("It could not be handed over: %(fault)s"),
    "channel_form": _("What carries this channel does not take this form"),
    "channel_limit": _("Give the text and the title a limit above 0; a text message is counted in parts"),
    "channel_code_taken": (_("There is another channel of this code"), 409),
    "channel_field_missing": _("%(field)s: fill this in"),
    "channel_no_secret": (_("This channel has no secret"), 409),
    "channel_gone": (_("One of the channels is not in use any more. Load the page again"), 409),
    # items
    "subject_gone": (_("What you want to tell about is not public, or not there"), 409),
    "item_language": _("Write the words in this language first: %(language)s"),
    "outbox_text_too_long": _("This may have at most %(most)d characters"),
    "outbox_address_wrong": _("Write the address as https://name/path, or as /path for a page of this site"),
    "item_released": (_("It was released: what goes out no longer changes. Write another one for a correction"), 409),
    "item_changed_meanwhile": (_("Somebody else changed it meanwhile. Look at it, then send yours again"), 409),
    "item_handed_in": (_("It was handed in once and stays in the record"), 409),
    # the ledger
    "acknowledgement_unsigned": (_("The acknowledgement is not signed, or too old"), 403),
    "delivery_not_failed": (_("Only what failed or was not acknowledged can be tried again"), 409),
    "delivery_not_open": (_("It is done, or being handed over at this moment"), 409),
    "delivery_not_by_hand": (_("Only an export file that was written can be marked as posted"), 409),
    "delivery_unacknowledged": _("It was handed over again and again and never acknowledged"),
    "delivery_taken_back": _("The item was taken back before it went out"),
    "delivery_stopped": _("Somebody stopped it"),
    # messages
    "message_channel_wrong": _("“%(channel)s” is no name of a channel: use letters, digits, hyphens and dots"),
    "message_file_missing": _("There is no file of this name that can be read: %(file)s"),
    "message_id_twice": _("Two rows have the id %(external_id)s"),
    "message_in_future": _("The time lies in the future"),
    "message_time_wrong": _("“%(given)s” is no time. Write it like 2026-03-09 14:05"),
    "message_known_differs": _("The id %(external_id)s was taken in before with other words"),
}

TIMELINE = {
    "message_done": _("Read and dealt with"),
    "message_open": _("Taken up again"),
}
